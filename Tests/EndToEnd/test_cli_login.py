# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Logins of the command line at a provider of the test's own, which does whatever can go wrong."""

import os
import re
import signal
import socket
import stat
import time

import pytest
import requests

from harness.cli import CLI
from harness.login_issuer import LoginIssuer
from harness.waiting import eventually

# The port of the callback is fixed: one login in a browser at a time on a machine.
CALLBACK = ("127.0.0.1", 5556)

pytestmark = [pytest.mark.usefixtures("callback_port"), pytest.mark.both_stores(bus="nobody")]


@pytest.fixture
def issuer(world):
    return world.closing(LoginIssuer())


@pytest.fixture
def api(world, issuer):
    return world.api_client(OIDC_ISSUER=issuer.url).program


@pytest.fixture
def cli(world, environment, tmp_path):
    return world.closing(CLI(environment, tmp_path))


def login_words(issuer, api, *more):
    return ["login", "-c", "cli", "-i", issuer.url, "-u", f"{api.url}/api", *more]


def browse(address):
    """What a browser does; returns the page that it ends at."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, timeout=20)


def log_in(cli, issuer, api, *more):
    login = cli.start(*login_words(issuer, api, *more))
    page = browse(login.line_with(f"{issuer.url}/auth?"))
    result = login.wait()
    cli.tokens()
    return result, page


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_after_a_login_commands_need_no_flags(cli, issuer, api):
    result, page = log_in(cli, issuer, api)
    assert result.code == 0 and result.out == f"Logged in to {api.url}/api as alice.\n", result
    assert page.status_code == 200 and "You may close this page" in page.text and "alice" in page.text
    for name, value in (("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")):
        assert page.headers[name] == value
    login = cli.tokens()["default"]
    assert login["accessToken"] not in page.text
    assert mode(cli.folder) == 0o700
    assert {file.name: mode(file) for file in cli.folder.iterdir()} == {
        "config.yaml": 0o600, "tokens.json": 0o600, "lock": 0o600}
    me = cli.json("whoami")
    assert me["user"] == "alice" and me["client"] == "cli" and me["issuer"] == issuer.url, me
    assert me["url"] == f"{api.url}/api" and "jobs:write" in me["scopes"] and me["renewable"] is True
    assert cli.json("list", "jobs") == []
    assert login["accessToken"] not in (cli.folder / "config.yaml").read_text()


def test_a_browser_that_is_there_is_opened_with_the_address(cli, issuer, api, tmp_path):
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{opened}.new" && mv "{opened}.new" "{opened}"\n')
    browser.chmod(0o755)
    terminal = cli.terminal(*login_words(issuer, api), BROWSER=browser)
    shown = terminal.read_until("Waiting for the login")
    address = re.search(r"http://\S+/auth\?\S+", shown.replace("\n", "")).group(0)
    eventually(opened.exists, 5, "the browser to be started")
    assert opened.read_text().strip().startswith(f"{issuer.url}/auth?")
    assert "code_challenge_method=S256" in opened.read_text() and address[:40] in opened.read_text()
    assert browse(opened.read_text().strip()).status_code == 200
    assert terminal.wait() == 0 and "as alice" in terminal.plain
    cli.tokens()


def test_the_providers_refusal_is_shown_on_the_page_and_in_the_terminal(cli, issuer, api):
    issuer.refusal = ("access_denied", "<script>alert(1)</script>\x1b[2Jno")
    result, page = log_in(cli, issuer, api)
    assert result.code == 77 and "access_denied" in result.err, result
    assert "\x1b" not in result.err and r"\u001b[2Jno" in result.err
    assert page.status_code == 400 and "&lt;script&gt;" in page.text and "<script" not in page.text
    assert "\x1b" not in page.text and "You may close this page" in page.text
    assert cli.tokens() == {}


@pytest.mark.parametrize("claims", [
    {"nonce": "another"}, {"aud": "another"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}, {"azp": "another"},
    {"aud": ["cli", "another"]}, {"iat": 2_000_000_000_0},
])
def test_an_id_token_that_is_not_for_this_login_is_refused(cli, issuer, api, claims):
    issuer.id_claims = claims
    result, page = log_in(cli, issuer, api)
    assert result.code == 77 and "ID token" in result.err, result
    assert page.status_code == 400 and "Login failed" in page.text
    assert cli.tokens() == {}


def test_times_may_be_fractions(cli, issuer, api):
    now = time.time()
    issuer.id_claims = {"iat": now, "exp": now + 300.5}
    issuer.access_claims = {"iat": now, "nbf": now, "exp": now + 300.5, "scp": None}
    result, _ = log_in(cli, issuer, api)
    assert result.code == 0, result
    assert cli.json("list", "jobs") == []


@pytest.mark.parametrize("claims, reason", [
    ({"aud": "another"}, "another audience"), ({}, "has no aud"), ({"aud": "this", "token_use": "id"}, "an ID token"),
])
def test_a_fresh_token_that_the_api_refuses_is_told_with_its_reason(world, cli, issuer, claims, reason):
    api = world.api_client(ready=False, OIDC_ISSUER=issuer.url, OIDC_AUDIENCE="this").program
    issuer.access_claims = claims
    result, _ = log_in(cli, issuer, api)
    assert result.code == 0, result
    # However often one logs in: with a refresh token, and without.
    for _ in range(2):
        result = cli.fails(77, "list", "jobs")
        assert "the API does not accept the token" in result.err and reason in result.err, result
        assert "log in again" not in result.err.lower(), result
        file = cli.folder / "tokens.json"
        file.write_text(re.sub(r'"refreshToken" *: *"[^"]*",', "", file.read_text()))


def test_audience_and_scopes_are_asked_for_and_remembered(cli, issuer, api):
    login = cli.start(*login_words(issuer, api, "--audience", "https://x/", "--scope", "jobs:read"))
    for words in (["login"], ["login", "--audience", "", "--scope", ""]):
        address = login.line_with(f"{issuer.url}/auth?")
        assert "audience=https%3A%2F%2Fx%2F" in address and "scope=openid%20jobs%3Aread&" in address, address
        browse(address)
        assert login.wait().code == 0
        cli.tokens()
        login = cli.start(*words)
    address = login.line_with(f"{issuer.url}/auth?")
    assert "audience" not in address and "runs%3Awrite" in address
    browse(address)
    assert login.wait().code == 0
    cli.tokens()


def test_an_answer_to_another_login_is_turned_away_and_the_login_goes_on(cli, issuer, api):
    login = cli.start(*login_words(issuer, api))
    address = login.line_with(f"{issuer.url}/auth?")
    base = "http://localhost:5556"
    for path, status in (("/callback?state=x&code=y", 400), ("/callback", 400), ("/callback?%", 400),
                         ("/callback?state=a&state=b", 400), ("/", 404), ("/favicon.ico", 404)):
        page = browse(base + path)
        assert page.status_code == status and "close this page" in page.text, path
    with socket.create_connection(CALLBACK, timeout=5) as curious:
        curious.sendall(b"HEAD /callback?state=x&code=y HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: curious.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 404 ") and answer.endswith(b"\r\n\r\n"), answer
    with socket.create_connection(CALLBACK, timeout=5) as broken:
        broken.sendall(b"GARBAGE\r\n\r\n")
    silent = socket.create_connection(CALLBACK, timeout=5)
    assert browse(address).status_code == 200
    assert login.wait().code == 0
    silent.close()
    cli.tokens()


def test_a_port_that_is_taken_is_said_to_be(cli, issuer, api):
    with socket.create_server(CALLBACK):
        result = cli.fails(1, *login_words(issuer, api))
        assert "port 5556 is taken" in result.err and "--device" in result.err
    assert log_in(cli, issuer, api)[0].code == 0


def test_ctrl_c_ends_a_login_and_leaves_nothing(cli, issuer, api):
    terminal = cli.terminal(*login_words(issuer, api))
    terminal.read_until("Waiting for the login")
    terminal.interrupt()
    assert terminal.wait(5) in (130, -signal.SIGINT)
    assert cli.tokens() == {}
    with socket.create_server(CALLBACK):
        pass


def test_a_device_waits_until_somebody_approves(cli, issuer, api):
    issuer.device_answers = ["authorization_pending", "slow_down"]
    login = cli.start(*login_words(issuer, api, "--device"))
    login.line_with(f"{issuer.url}/activate")
    login.line_with("WDJB-MJHT")
    result = login.wait()
    assert result.code == 0 and "Logged in" in result.out, result
    assert cli.tokens()["default"]["grant"] == "device-code"
    assert cli.json("list", "jobs") == []
    assert all(code not in result.out + result.err for code in issuer.devices)


@pytest.mark.parametrize("answer, word", [
    ("access_denied", "refused in the browser"), ("expired_token", "in time"), ("invalid_client", "invalid_client")])
def test_a_device_that_is_refused_says_so(cli, issuer, api, answer, word):
    issuer.device_answers = [answer]
    assert word in cli.fails(77, *login_words(issuer, api, "--device")).err


def test_an_issuer_without_tls_elsewhere_needs_a_flag_that_is_never_saved(cli, issuer, api):
    # To this machine the address means itself; to the program it is not one of loopback.
    issuer.url = issuer.url.replace("127.0.0.1", "0.0.0.0")
    result = cli.fails(64, *login_words(issuer, api))
    assert "plain http" in result.err and "--insecure" in result.err
    issuer.lifetime = 1
    result, _ = log_in(cli, issuer, api, "--insecure")
    assert result.code == 0 and "WARNING" in result.err, result
    assert "insecure" not in (cli.folder / "config.yaml").read_text() + (cli.folder / "tokens.json").read_text()
    before = len(issuer.requests)
    expire(cli)
    result = cli.fails(77, "whoami")
    assert "--insecure" in result.err and len(issuer.requests) == before
    assert "plain http" in cli.fails(64, "login").err


def expire(cli):
    """Have the stored token be over."""
    file = cli.folder / "tokens.json"
    cli.tokens()
    text = re.sub(r'"expiresAt" *: *\d+', '"expiresAt": 1000', file.read_text())
    file.write_text(text)


def test_an_expired_token_is_renewed_without_a_word(cli, issuer, api):
    log_in(cli, issuer, api)
    old = cli.tokens()["default"]
    expire(cli)
    result = cli.run("list", "jobs", "-o", "json")
    assert (result.code, result.out, result.err) == (0, "[]\n", ""), result
    new = cli.tokens()["default"]
    assert new["accessToken"] != old["accessToken"] and new["refreshToken"] != old["refreshToken"]
    assert issuer.refreshes == 1


def test_a_token_that_the_api_refuses_is_replaced_once(cli, issuer, api):
    log_in(cli, issuer, api)
    file = cli.folder / "tokens.json"
    good = cli.tokens()["default"]["accessToken"]
    file.write_text(file.read_text().replace(good, "withdrawn"))
    assert cli.json("list", "jobs") == []
    assert issuer.refreshes == 1


def test_many_at_once_spend_the_refresh_token_once(cli, issuer, api):
    log_in(cli, issuer, api)
    issuer.delay = 0.3
    for round in range(1, 4):
        expire(cli)
        running = [cli.start("whoami", "-o", "json") for _ in range(8)]
        results = [process.wait() for process in running]
        assert all(result.code == 0 for result in results), results
        assert issuer.refreshes == round
        assert mode(cli.folder / "tokens.json") == 0o600
        assert cli.tokens()["default"]["refreshToken"] in issuer.refresh_tokens
    assert sorted(file.name for file in cli.folder.iterdir()) == ["config.yaml", "lock", "tokens.json"]


def test_a_killed_refresh_holds_up_nobody(cli, issuer, api):
    log_in(cli, issuer, api)
    expire(cli)
    issuer.delay = 3
    first = cli.start("whoami")
    waiting = len(issuer.requests)
    while len(issuer.requests) == waiting:
        assert first.process.poll() is None
    os.kill(first.process.pid, signal.SIGKILL)
    first.wait(5)
    issuer.delay = 0
    # The refresh token was spent by the one that was killed, or it was not: both are said plainly.
    result = cli.run("whoami", timeout=10)
    assert result.code == 0 or (result.code == 77 and "Log in again" in result.err), result


def test_a_refused_refresh_says_the_whole_command(cli, issuer, api):
    log_in(cli, issuer, api)
    issuer.refresh_tokens.clear()
    expire(cli)
    result = cli.fails(77, "list", "jobs")
    assert f"simple-scheduler-cli login -c cli -i {issuer.url} -u {api.url}/api" in result.err


def test_a_silent_issuer_is_told_from_a_refusal(cli, issuer, api):
    log_in(cli, issuer, api)
    expire(cli)
    issuer.close()
    assert issuer.url in cli.fails(69, "list", "jobs").err
    assert issuer.url in cli.fails(69, "login").err


def test_logout_forgets_and_tells_the_issuer(cli, issuer, api):
    log_in(cli, issuer, api)
    login = cli.tokens()["default"]
    assert cli.ok("logout") == f"Logged out of {api.url}/api.\n"
    assert set(issuer.revoked) == {login["refreshToken"], login["accessToken"]}
    assert cli.tokens() == {}
    assert cli.ok("logout") == f"Not logged in to {api.url}/api.\n"
    result = cli.fails(77, "whoami")
    assert f"not logged in to {api.url}/api" in result.err
    assert f"login -c cli -i {issuer.url} -u {api.url}/api" in result.err
    # What was given before is remembered.
    login = cli.start("login")
    browse(login.line_with(f"{issuer.url}/auth?"))
    assert login.wait().code == 0
    issuer.close()
    result = cli.run("logout")
    assert result.code == 0 and "were not revoked" in result.err and cli.tokens() == {}


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660])
def test_a_token_file_that_is_open_to_others_is_refused(cli, issuer, api, mode):
    log_in(cli, issuer, api)
    file = cli.folder / "tokens.json"
    file.chmod(mode)
    assert f"chmod 600 {file}" in cli.fails(1, "whoami").err
    file.chmod(0o600)
    cli.folder.chmod(0o755)
    assert f"chmod 700 {cli.folder}" in cli.fails(1, "list", "jobs").err
    cli.folder.chmod(0o700)
    file.rename(cli.home / "elsewhere")
    file.symlink_to(cli.home / "elsewhere")
    assert "symbolic link" in cli.fails(1, "whoami").err


def test_a_token_of_the_environment_needs_no_login_and_leaves_nothing(cli, issuer, api):
    token = issuer.token()
    cli.secrets.add(token)
    given = {"SIMPLE_SCHEDULER_TOKEN": token, "SIMPLE_SCHEDULER_URL": f"{api.url}/api"}
    assert cli.json("list", "jobs", **given) == []
    assert cli.json("whoami", **given)["login"] == "SIMPLE_SCHEDULER_TOKEN"
    assert not cli.folder.exists()
    old = issuer.token(lifetime=-120)
    cli.secrets.add(old)
    result = cli.fails(77, "list", "jobs", **(given | {"SIMPLE_SCHEDULER_TOKEN": old}))
    assert "SIMPLE_SCHEDULER_TOKEN" in result.err
    assert cli.run("whoami", **(given | {"SIMPLE_SCHEDULER_TOKEN": "a b"})).code == 64


def test_contexts_keep_several_apis_apart(another_world, cli, issuer, api):
    other = another_world.api(OIDC_ISSUER=issuer.url)
    log_in(cli, issuer, api)
    assert "current" not in cli.ok("context", "add", "other", "-u", f"{other.url}/api/", "-i", issuer.url, "-c", "cli")
    assert "already" in cli.fails(64, "context", "add", "other", "-u", other.url).err
    listed = {item["name"]: item for item in cli.json("context", "list")}
    assert listed["default"]["current"] and listed["default"]["user"] == "alice"
    assert listed["other"] == {"name": "other", "current": False, "url": f"{other.url}/api", "issuer": issuer.url,
                               "client": "cli"}
    # One API's token is not for the other.
    for words in (["--context", "other"], ["-u", f"{other.url}/api"]):
        result = cli.fails(77, "list", "jobs", *words)
        assert f"not logged in to {other.url}/api" in result.err and "--context other" in result.err
    login = cli.start("login", "--context", "other")
    browse(login.line_with(f"{issuer.url}/auth?"))
    assert login.wait().code == 0
    assert set(cli.tokens()) == {"default", "other"}
    assert cli.json("whoami")["context"] == "other"
    assert cli.json("whoami", "--context", "default")["url"] == f"{api.url}/api"
    assert cli.json("whoami", SIMPLE_SCHEDULER_CONTEXT="default")["context"] == "default"
    assert cli.json("whoami", SIMPLE_SCHEDULER_URL=f"{api.url}/api")["context"] == "default"
    assert "current context is default" in cli.ok("context", "use", "default")
    assert cli.json("context", "show")["name"] == "default"
    assert "there is no context" in cli.fails(64, "context", "use", "none").err
    assert cli.fails(64, "list", "jobs", "--context", "none").err.count("other") == 1
    assert "Removed" in cli.ok("context", "remove", "other")
    assert set(cli.tokens()) == {"default"} and len(issuer.revoked) == 2
    assert [item["name"] for item in cli.json("context", "list")] == ["default"]


def test_a_fault_of_the_config_file_is_named_with_its_line(cli, issuer, api):
    cli.folder.mkdir(parents=True, mode=0o700)
    file = cli.folder / "config.yaml"
    for text, words in (
        ("contexts:\n  a:\n    uri: x\n", [f"{file}:3", '"uri"', "url, issuer, client-id"]),
        ("curent: a\n", [f"{file}:1", "current, contexts"]),
        ("contexts: [\n", [f"{file}:2"]),
        ("contexts:\n  a:\n    url: ftp://x\n", [f"{file}:3", "http"]),
        ("\ufeffcontexts:\r\n  a:\r\n    client_id: x\r\n", [f"{file}:3", '"client_id"', "client-id"]),
    ):
        file.write_text(text)
        result = cli.fails(64, "list", "jobs")
        assert all(word in result.err for word in words), result


def test_files_of_ours_may_have_got_a_byte_order_mark(cli, issuer, api):
    assert log_in(cli, issuer, api)[0].code == 0
    for name in ("config.yaml", "tokens.json"):
        file = cli.folder / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert cli.ok("list", "jobs", "-o", "json") == "[]\n"
    (cli.folder / "config.yaml").write_bytes("current: default\n".encode("utf-16"))
    assert "config.yaml:1: is UTF-16, not UTF-8; convert it: iconv -f UTF-16" in cli.fails(64, "list", "jobs").err


def test_names_from_the_issuer_command_no_terminal(cli, issuer, api):
    issuer.id_claims = {"preferred_username": "al\x1b]0;x\x07ice\n\u202e"}
    login = cli.terminal(*login_words(issuer, api), NO_COLOR="1")
    address = re.search(r"http://\S+/auth\?\S+", login.read_until("Waiting").replace("\n", "")).group(0)
    page = browse(address.split("Waiting")[0].strip())
    assert page.status_code == 200 and "\x1b" not in page.text
    assert login.wait() == 0
    cli.tokens()
    for text in (login.text, cli.ok("whoami"), cli.ok("context", "list"), cli.ok("whoami", "-o", "json")):
        assert "\x1b]" not in text and "\x07" not in text and "\u202e" not in text, repr(text)


def test_what_login_must_know_is_asked_for_by_flag(cli):
    assert "-c CLIENT_ID" in cli.fails(64, "login").err
    assert "-i ISSUER_URL" in cli.fails(64, "login", "-c", "x").err
    assert "issuer" in cli.fails(64, "login", "-c", "x", "-i", "nonsense").err
    cli.fails(64, "login", "-c", "x", "-i", "http://127.0.0.1:1", "--device", "--client-credentials")
    assert "http://127.0.0.1:1" in cli.fails(69, "login", "-c", "x", "-i", "http://127.0.0.1:1").err
    result = cli.fails(77, "list", "jobs")
    assert "not logged in to http://localhost:8080/api" in result.err and "simple-scheduler-cli login" in result.err
