# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The OpenID provider of a server set: Glewlwyd with a database, keys, clients and a user of its own.

`prepare DIR PORT` writes what the server needs before it starts, `setup DIR PORT PID LIMIT` waits for it and fills it
over its administration interface, `env DIR PORT` prints what tests and programs must know. Everything is in DIR; a set that
gets another port starts anew, because the issuer's name has the port in it, but keeps its secrets.
"""

import http.client
import http.cookiejar
import json
import os
import pathlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

WEBAPP = pathlib.Path("/usr/share/glewlwyd/webapp")
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"
SCOPES = ["jobs:read", "jobs:write", "runs:read", "runs:write"]
READ_SCOPES = ["jobs:read", "runs:read"]
REDIRECT = "http://localhost:5556/callback"
CLI_CLIENT = "simple-scheduler-cli"
SERVICE_CLIENT = "simple-scheduler-service"
READER_CLIENT = "simple-scheduler-reader"
# For development on one's own machine: the server listens on 127.0.0.1 only.
USER, PASSWORD = "guest", "guest"

CONFIG = """\
port = {port}
bind_address = "127.0.0.1"
external_url = "http://127.0.0.1:{port}"
login_url = "login.html"
api_prefix = "api"
static_files_path = "{webapp}/"
static_files_mime_types = (
  {{ extension = ".html", mime_type = "text/html", compress = 1 }},
  {{ extension = ".css", mime_type = "text/css", compress = 1 }},
  {{ extension = ".js", mime_type = "application/javascript", compress = 1 }},
  {{ extension = ".json", mime_type = "application/json", compress = 1 }},
  {{ extension = ".png", mime_type = "image/png", compress = 0 }},
  {{ extension = ".woff2", mime_type = "font/woff2", compress = 0 }},
  {{ extension = ".ico", mime_type = "image/x-icon", compress = 0 }}
)
log_mode = "console"
log_level = "WARNING"
cookie_domain = "127.0.0.1"
cookie_secure = 0
session_key = "GLEWLWYD2_SESSION_ID"
session_expiration = 2419200
admin_scope = "g_admin"
profile_scope = "g_profile"
login_api_enabled = true
user_module_path = "/usr/lib/glewlwyd/user"
user_middleware_module_path = "/usr/lib/glewlwyd/user_middleware"
client_module_path = "/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "/usr/lib/glewlwyd/scheme"
plugin_module_path = "/usr/lib/glewlwyd/plugin"
use_secure_connection = false
secure_connection_key_file = "unused"
secure_connection_pem_file = "unused"
secure_connection_ca_file = "unused"
hash_algorithm = "SHA512"
database = {{
  type = "sqlite3"
  path = "{database}"
}}
"""


class Provider:
    """A session with the administration interface."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}/api"
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def send(self, method, path, body=None):
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with self.opener.open(request, timeout=10) as response:
                return response.read()
        except urllib.error.HTTPError as error:
            # What the server says is wrong repeats no secret.
            sys.exit(f"Glewlwyd refused {method} {path}: {error.code} {error.read().decode(errors='replace')}")

    def login(self, user, password):
        self.send("POST", "/auth/", {"username": user, "password": password})


def private_file(path, text):
    """Writes a file that is never readable by others, not even for a moment, and never half there."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.rename(path)


def prepare(folder, port):
    folder = pathlib.Path(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_secrets(folder)
    marker = folder / "port"
    if not marker.exists() or marker.read_text() != port:
        for name in ("glewlwyd.db", "glewlwyd.db-journal", "complete"):
            (folder / name).unlink(missing_ok=True)
        marker.write_text(port)
    database = folder / "glewlwyd.db"
    if not (folder / "complete").exists():
        database.unlink(missing_ok=True)
        with open(SCHEMA, encoding="utf-8") as file:
            schema = file.read()
        connection = sqlite3.connect(database)
        # One transaction instead of hundreds: the schema takes seconds otherwise.
        connection.executescript("PRAGMA synchronous=OFF; BEGIN;" + schema + "COMMIT;")
        connection.close()
        database.chmod(0o600)
    copy_webapp(folder / "webapp")
    private_file(folder / "glewlwyd.conf", CONFIG.format(port=port, database=database, webapp=folder / "webapp"))


def copy_webapp(target):
    """The login page. The server follows no links, and the package's page is made of links."""
    if target.exists():
        return
    new = target.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for name in ("css", "fonts", "img", "js", "locales"):
        shutil.copytree(WEBAPP / name, new / name, ignore=shutil.ignore_patterns("*.map"))
    for name in ("callback.html", "callback.js", "favicon.ico", "login.html", "login.js"):
        shutil.copy(WEBAPP / name, new / name)
    # In Debian 12 this is a folder with the file in it.
    config = WEBAPP / "config.json"
    shutil.copy(config / "config.json" if config.is_dir() else config, new / "config.json")
    new.rename(target)


def keep_secrets(folder):
    """The secrets and the signing key, made once."""
    if not (folder / "secrets.json").exists():
        names = ["admin", SERVICE_CLIENT, READER_CLIENT]
        private_file(folder / "secrets.json", json.dumps({name: secrets.token_urlsafe(24) for name in names}))
    if not (folder / "public.pem").exists():
        key = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            check=True, capture_output=True, text=True,
        ).stdout
        public = subprocess.run(
            ["openssl", "pkey", "-pubout"], input=key, check=True, capture_output=True, text=True
        ).stdout
        private_file(folder / "private.pem", key)
        private_file(folder / "public.pem", public)


def setup(folder, port, pid, limit):
    folder = pathlib.Path(folder)
    deadline = time.monotonic() + float(limit)
    while not answers(port):
        if not os.path.exists(f"/proc/{pid}"):
            sys.exit("Glewlwyd ended by itself")
        if time.monotonic() > deadline:
            sys.exit(f"Glewlwyd is not ready after {limit} s")
        time.sleep(0.05)
    if not (folder / "complete").exists():
        fill(folder, port)
        (folder / "complete").touch()
    with Provider(port).opener.open(issuer(port) + "/.well-known/openid-configuration", timeout=10) as response:
        if json.load(response)["issuer"] != issuer(port):
            sys.exit("Glewlwyd calls itself by another name")


def answers(port):
    try:
        with Provider(port).opener.open(f"http://127.0.0.1:{port}/config", timeout=2):
            return True
    except (OSError, http.client.HTTPException):
        return False


def issuer(port):
    return f"http://127.0.0.1:{port}/api/oidc"


def fill(folder, port):
    kept = json.loads((folder / "secrets.json").read_text())
    provider = Provider(port)
    provider.login("admin", "password")
    # The well-known password of a fresh database does not stay.
    provider.send("PUT", "/profile/password", {"old_password": "password", "password": kept["admin"]})
    for scope in [*SCOPES, "offline_access", "profile"]:
        provider.send(
            "POST", "/scope/",
            {"name": scope, "display_name": scope, "description": scope, "password_required": True,
             "password_max_age": 0, "scheme": {}},
        )
    provider.send(
        "POST", "/mod/plugin/",
        {"module": "oidc", "name": "oidc", "display_name": "Simple Scheduler", "parameters": plugin(folder, port)},
    )
    client = {"enabled": True, "scope": [], "redirect_uri": [], "confidential": True}
    provider.send(
        "POST", "/client/",
        {**client, "client_id": CLI_CLIENT, "name": "The command line program", "confidential": False,
         "redirect_uri": [REDIRECT], "token_endpoint_auth_method": ["none"],
         "authorization_type": ["code", "refresh_token", "device_authorization"]},
    )
    for name, scopes in ((SERVICE_CLIENT, SCOPES), (READER_CLIENT, READ_SCOPES)):
        provider.send(
            "POST", "/client/",
            {**client, "client_id": name, "name": name, "scope": scopes, "client_secret": kept[name],
             "token_endpoint_auth_method": ["client_secret_basic", "client_secret_post"],
             "authorization_type": ["client_credentials"]},
        )
    allowed = [*SCOPES, "openid", "offline_access", "profile"]
    provider.send(
        "POST", "/user/",
        {"username": USER, "name": "Guest", "password": PASSWORD, "email": "guest@localhost.localdomain",
         "enabled": True, "scope": [*allowed, "g_profile"]},
    )
    # The user has agreed already, so that a login asks for the password only.
    guest = Provider(port)
    guest.login(USER, PASSWORD)
    guest.send("PUT", f"/auth/grant/{CLI_CLIENT}", {"scope": " ".join(allowed)})


def plugin(folder, port):
    return {
        "iss": issuer(port),
        "subject-type": "public",
        "jwt-type": "rsa",
        "jwt-key-size": "256",
        "key": (folder / "private.pem").read_text(),
        "cert": (folder / "public.pem").read_text(),
        "jwks-show": True,
        "access-token-duration": 3600,
        "refresh-token-duration": 1209600,
        "refresh-token-rolling": True,
        "refresh-token-one-use": "never",
        "code-duration": 600,
        "allow-non-oidc": True,
        "auth-type-code-enabled": True,
        "auth-type-token-enabled": False,
        "auth-type-id-token-enabled": True,
        "auth-type-none-enabled": False,
        "auth-type-password-enabled": False,
        "auth-type-client-enabled": True,
        "auth-type-device-enabled": True,
        "auth-type-refresh-enabled": True,
        "device-authorization-expiration": 600,
        "device-authorization-interval": 5,
        "pkce-allowed": True,
        "pkce-required": False,
        "pkce-required-public-client": True,
        "pkce-method-plain-allowed": False,
        "introspection-revocation-allowed": True,
        "introspection-revocation-allow-target-client": True,
        "request-parameter-allow": False,
        "secret-type": "pairwise",
        "allowed-scope": ["openid", *SCOPES, "offline_access", "profile"],
    }


def env(folder, port):
    kept = json.loads((pathlib.Path(folder) / "secrets.json").read_text())
    values = {
        "SIMPLE_SCHEDULER_OIDC_ISSUER": issuer(port),
        "SIMPLE_SCHEDULER_TEST_OIDC_CLI_CLIENT_ID": CLI_CLIENT,
        "SIMPLE_SCHEDULER_TEST_OIDC_CLIENT_ID": SERVICE_CLIENT,
        "SIMPLE_SCHEDULER_TEST_OIDC_CLIENT_SECRET": kept[SERVICE_CLIENT],
        "SIMPLE_SCHEDULER_TEST_OIDC_READER_CLIENT_ID": READER_CLIENT,
        "SIMPLE_SCHEDULER_TEST_OIDC_READER_CLIENT_SECRET": kept[READER_CLIENT],
        "SIMPLE_SCHEDULER_TEST_OIDC_USER": USER,
        "SIMPLE_SCHEDULER_TEST_OIDC_PASSWORD": PASSWORD,
    }
    for name, value in values.items():
        print(f"export {name}='{value}'")


if __name__ == "__main__":
    {"prepare": prepare, "setup": setup, "env": env}[sys.argv[1]](*sys.argv[2:])
