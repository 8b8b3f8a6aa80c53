# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""An OpenID provider of the test's own: discovery, keys, and whatever token a test wants."""

import base64
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ALL_SCOPES = "jobs:read jobs:write runs:read runs:write"


class Issuer:
    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.requests = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.requests.append(self.path)
                self.answer(*issuer.get(self.path))

            def do_POST(self):
                form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                self.answer(*issuer.post(self.path, dict(parse_qsl(form)), self.headers))

            def answer(self, status, body, headers=()):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def get(self, path):
        """Status and body, and more headers if there are any."""
        body = self.documents().get(path)
        return (200, body) if body else (404, {})

    def post(self, path, form, headers):
        return 404, {}

    def documents(self):
        numbers = self.key.public_key().public_numbers()

        def encode(number):
            return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).rstrip(b"=").decode()

        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url, "jwks_uri": f"{self.url}/keys",
                "token_endpoint": f"{self.url}/token", "authorization_endpoint": f"{self.url}/auth",
            },
            "/keys": {"keys": [{
                "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one", "n": encode(numbers.n),
                "e": encode(numbers.e)}]},
        }

    def token(self, scope=ALL_SCOPES, subject="tester", lifetime=3600, key=None, **claims):
        now = int(time.time())
        payload = {"iss": self.url, "sub": subject, "iat": now, "exp": now + lifetime, "scope": scope,
                   "client_id": "tests"} | claims
        return jwt.encode(payload, key or self.key, algorithm="RS256", headers={"kid": "one"})

    def close(self):
        self._server.shutdown()
        self._server.server_close()
