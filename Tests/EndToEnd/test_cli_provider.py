# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Logins of the command line at a real provider (Glewlwyd), whose pages are used in Chromium as a person uses them."""

import re

import pytest

from harness.chromium import Chromium
from harness.cli import CLI
from harness.provider import setting

pytestmark = [pytest.mark.usefixtures("callback_port"), pytest.mark.both_stores]


@pytest.fixture
def api(world, environment):
    return world.api_client(OIDC_ISSUER=environment.issuer).program


@pytest.fixture
def cli(world, environment, tmp_path):
    cli = world.closing(CLI(environment, tmp_path))
    cli.secrets |= {setting("CLIENT_SECRET"), setting("READER_CLIENT_SECRET")}
    return cli


@pytest.fixture
def chromium(world, tmp_path):
    return world.closing(Chromium(tmp_path))


def words(environment, api, *more):
    return ["login", "-c", setting("CLI_CLIENT_ID"), "-i", environment.issuer, "-u", f"{api.url}/api", *more]


def test_a_person_logs_in_in_a_browser(environment, api, cli, chromium):
    login = cli.start(*words(environment, api))
    chromium.open(login.line_with("/auth?"))
    chromium.log_in(setting("USER"), setting("PASSWORD"))
    chromium.click("Continue")
    page = chromium.page("You may close this page")
    result = login.wait()
    assert result.code == 0 and result.out.startswith(f"Logged in to {api.url}/api as "), result
    login = cli.tokens()["default"]
    assert not any(login[secret] in chromium.source for secret in ("accessToken", "refreshToken"))
    assert "logged in as" in page
    me = cli.json("whoami")
    assert {"jobs:read", "jobs:write", "runs:read", "runs:write"} <= set(me["scopes"]), me
    assert cli.json("list", "jobs") == []
    file = cli.folder / "tokens.json"
    file.write_text(re.sub(r'"expiresAt" *: *\d+', '"expiresAt": 1000', file.read_text()))
    assert cli.json("list", "jobs") == []
    assert cli.tokens()["default"]["accessToken"] != login["accessToken"]
    result = cli.run("logout")
    # Glewlwyd takes tokens back only from clients with a secret: the person is told.
    assert result.code == 0 and result.out.startswith("Logged out") and "until they expire" in result.err, result
    cli.fails(77, "list", "jobs")


def test_a_person_approves_a_device_in_a_browser(environment, api, cli, chromium):
    terminal = cli.terminal(*words(environment, api, "--device"), columns=200)
    shown = terminal.read_until("Waiting for the login")
    chromium.open(re.search(r"^  (http\S+)$", shown, re.M).group(1))
    code = re.search(r"enter the code +(\S+)", shown).group(1)
    chromium.approve_device(code, setting("USER"), setting("PASSWORD"))
    assert terminal.wait(60) == 0 and "Logged in to" in terminal.plain, terminal.plain
    assert cli.tokens()["default"]["grant"] == "device-code"
    assert cli.json("list", "jobs") == []


def test_a_program_logs_in_as_itself(environment, api, cli):
    secret = setting("CLIENT_SECRET")
    login = ["login", "-c", setting("CLIENT_ID"), "-i", environment.issuer, "-u", f"{api.url}/api",
             "--client-credentials"]
    result = cli.fails(64, *login)
    assert "SIMPLE_SCHEDULER_CLIENT_SECRET" in result.err
    result = cli.run(*login, SIMPLE_SCHEDULER_CLIENT_SECRET=secret)
    assert result.code == 0 and result.err == "", result
    assert cli.json("list", "jobs") == []
    assert cli.ok("logout").startswith("Logged out")
    assert cli.run(*login, "-s", "-", input=secret + "\n").code == 0
    assert cli.run(*login, "-s", "-", input=f"\ufeff{secret}\r\n").code == 0, "as Windows writes a file"
    first = cli.tokens()["default"]["accessToken"]
    # Another token comes without anybody being asked.
    file = cli.folder / "tokens.json"
    file.write_text(re.sub(r'"expiresAt" *: *\d+', '"expiresAt": 1000', file.read_text()))
    assert cli.json("list", "jobs") == []
    assert cli.tokens()["default"]["accessToken"] != first
    result = cli.run(*login, "-s", secret)
    assert result.code == 0 and "warning" in result.err and "processes" in result.err, result
    result = cli.fails(77, *login, SIMPLE_SCHEDULER_CLIENT_SECRET="wrong-secret")
    assert "wrong-secret" not in result.err
    for wrong in ("-Lou7", "---x", "-o=json"):
        result = cli.fails(77, *login, "-s", wrong)
        assert wrong not in result.err


def test_a_secret_that_is_typed_is_not_shown(environment, api, cli):
    login = ["login", "-c", setting("CLIENT_ID"), "-i", environment.issuer, "-u", f"{api.url}/api",
             "--client-credentials"]
    terminal = cli.terminal(*login)
    terminal.read_until("Client secret: ")
    assert not terminal.echoes
    terminal.type(setting("CLIENT_SECRET") + "\n")
    assert terminal.wait() == 0 and "Logged in" in terminal.plain, terminal.plain
    assert terminal.text.count("Client secret") == 1
    terminal = cli.terminal(*login)
    terminal.read_until("Client secret: ")
    terminal.interrupt()
    assert terminal.wait(5) == 130
    assert terminal.echoes


def test_a_client_that_may_only_read_is_told_what_it_lacks(environment, world, api, cli):
    result = cli.run(
        "login", "-c", setting("READER_CLIENT_ID"), "-i", environment.issuer, "-u", f"{api.url}/api",
        "--client-credentials", "--scope", "jobs:read runs:read",
        SIMPLE_SCHEDULER_CLIENT_SECRET=setting("READER_CLIENT_SECRET"))
    assert result.code == 0, result
    assert cli.json("list", "jobs") == []
    result = cli.fails(77, "add", "job", world.name("refused"), "--interval", "1h", "--enabled", "false")
    assert "jobs:write" in result.err
