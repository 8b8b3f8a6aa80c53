# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""An OpenID provider whose logins go as a test wants them to, with refresh tokens that are good for one use."""

import base64
import hashlib
import secrets
import threading
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

from .issuer import Issuer


class LoginIssuer(Issuer):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()
        self.codes = {}
        self.refresh_tokens = {}
        self.devices = {}
        self.refreshes = 0
        self.revoked = []
        self.logins = 0
        # What a test may change:
        self.refusal = None
        """Error and description that the login page sends back instead of a code."""
        self.id_claims = {}
        """Claims of ID tokens that are not as they should be."""
        self.access_claims = {}
        """Claims of access tokens that are not as they usually are."""
        self.lifetime = 3600
        self.delay = 0
        """Seconds that a refresh takes."""
        self.device_answers = []
        """Errors that questions of a device get, in their order, before the tokens."""

    def documents(self):
        documents = super().documents()
        documents["/.well-known/openid-configuration"] |= {
            "device_authorization_endpoint": f"{self.url}/device", "revocation_endpoint": f"{self.url}/revoke"}
        return documents

    def get(self, path):
        """The login page lets everybody in at once."""
        parts = urlsplit(path)
        if parts.path != "/auth":
            return super().get(path)
        question = dict(parse_qsl(parts.query))
        answer = {"state": question["state"]}
        if self.refusal:
            answer |= {"error": self.refusal[0], "error_description": self.refusal[1]}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self.codes[answer["code"]] = question
        return 302, {}, [("Location", f"{question['redirect_uri']}?{urlencode(answer)}")]

    def post(self, path, form, headers):
        if path == "/revoke":
            self.revoked.append(form["token"])
            return 200, {}
        if path == "/device":
            self.devices[code := secrets.token_urlsafe(16)] = form
            return 200, {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/activate",
                         "expires_in": 600, "interval": 1}
        if path != "/token":
            return super().post(path, form, headers)
        return getattr(self, "_" + form["grant_type"].rsplit(":", 1)[-1])(form)

    def _authorization_code(self, form):
        question = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not question or question["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens(question["scope"]) | {"id_token": self._id_token(question)}

    def _refresh_token(self, form):
        time.sleep(self.delay)
        with self.lock:
            scope = self.refresh_tokens.pop(form["refresh_token"], None)
            if scope is None:
                return 400, {"error": "invalid_grant", "error_description": "used already"}
            self.refreshes += 1
        return 200, self._tokens(scope)

    def _client_credentials(self, form):
        tokens = self._tokens(form["scope"])
        del tokens["refresh_token"]
        return 200, tokens

    def _device_code(self, form):
        if form["device_code"] not in self.devices:
            return 400, {"error": "invalid_grant"}
        if self.device_answers:
            return 400, {"error": self.device_answers.pop(0)}
        return 200, self._tokens(self.devices[form["device_code"]]["scope"])

    def _tokens(self, scope):
        refresh = secrets.token_urlsafe(16)
        self.refresh_tokens[refresh] = scope
        self.logins += 1
        # Each differs from the one before, though both may be of one second.
        claims = {"jti": refresh[::-1], "scope": scope} | self.access_claims
        access = self.token(subject="alice", lifetime=max(self.lifetime, 60), **claims)
        return {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime, "refresh_token": refresh,
                "scope": scope}

    def _id_token(self, question):
        claims = {"aud": question["client_id"], "nonce": question["nonce"], "preferred_username": "alice"}
        return self.token(subject="alice", **(claims | self.id_claims))
