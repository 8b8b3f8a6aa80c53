# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The real OpenID provider of the server set (Glewlwyd): its tokens, and its outages."""

import base64
import hashlib
import os
import secrets
from urllib.parse import parse_qs, urlsplit

import requests

from .issuer import ALL_SCOPES
from .servers import Servers

REDIRECT = "http://localhost:5556/callback"


def setting(name):
    return os.environ[f"SIMPLE_SCHEDULER_TEST_OIDC_{name}"]


class Provider:
    def __init__(self, issuer):
        self.issuer = issuer
        self._is_stopped = False

    def _session(self):
        session = requests.Session()
        session.trust_env = False
        return session

    def _tokens(self, session, **options):
        answer = session.post(f"{self.issuer}/token", timeout=15, **options)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        return answer.json()

    def service_token(self, client="", scope=ALL_SCOPES):
        """An access token by client credentials; `client` is "" or "READER_"."""
        with self._session() as session:
            return self._tokens(
                session, auth=(setting(f"{client}CLIENT_ID"), setting(f"{client}CLIENT_SECRET")),
                data={"grant_type": "client_credentials", "scope": scope})["access_token"]

    def user_tokens(self, scope=ALL_SCOPES):
        """What a person's login gives, by authorization code with PKCE: the browser's part is played here."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state, client = secrets.token_urlsafe(12), setting("CLI_CLIENT_ID")
        with self._session() as session:
            login = session.post(
                f"{self.issuer.removesuffix('/oidc')}/auth/", timeout=15,
                json={"username": setting("USER"), "password": setting("PASSWORD")})
            assert login.status_code == 200, login.text
            # g_continue: what Glewlwyd's login page adds once the user has agreed.
            answer = session.get(f"{self.issuer}/auth", timeout=15, allow_redirects=False, params={
                "response_type": "code", "client_id": client, "redirect_uri": REDIRECT, "scope": f"openid {scope}",
                "state": state, "nonce": secrets.token_urlsafe(12), "code_challenge": challenge,
                "code_challenge_method": "S256", "g_continue": ""})
            back = urlsplit(answer.headers["Location"])
            query = parse_qs(back.query)
            assert back._replace(query="").geturl() == REDIRECT and query["state"] == [state], back
            return self._tokens(session, data={
                "grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": REDIRECT,
                "client_id": client, "code_verifier": verifier})

    def stop(self):
        self._is_stopped = True
        Servers().script("stop", "--only", "glewlwyd")

    def start(self):
        """Has it run again, with the keys and the tokens that it had."""
        if self._is_stopped:
            Servers().start()
            self._is_stopped = False
