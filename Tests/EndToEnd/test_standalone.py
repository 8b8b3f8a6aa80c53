# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Everything in one process, over one file (contract, 8)."""

import hashlib
import os
import sqlite3
import time
from collections import Counter
from datetime import datetime

import pytest
import requests

from harness.api import API
from harness.cli import CLI
from harness.issuer import Issuer
from harness.programs import Custodian, Scheduler, run_once
from harness.standalone import NOBODY, Standalone
from harness.waiting import eventually, throughout

pytestmark = pytest.mark.without_servers


@pytest.fixture
def start(environment, tmp_path):
    """Starts the program; all of a test share a data folder unless it says otherwise."""
    begun = []

    def start(*arguments, wait=True, **settings):
        program = Standalone(environment, tmp_path, f"standalone-{len(begun) + 1}", *arguments, **settings)
        begun.append(program)
        return program.begin() if wait else program.start()

    yield start
    for program in begun:
        program.end()
        for word in ("Fatal error", "AddressSanitizer"):
            assert word not in program.log(), program.tail()
        if program.token_file.exists():
            secret = program.token
            assert secret not in program.log(), "the token was printed"


@pytest.fixture
def refused(environment, tmp_path):
    """Runs the program, which must end with 78; gives what it said."""

    def refused(*arguments, **settings):
        program = Standalone(environment, tmp_path, f"refused-{time.monotonic_ns()}", *arguments, **settings)
        program.start()
        assert program.wait(10) == 78, program.tail()
        return program.log()

    return refused


def runs(client, job):
    return client.get(f"/api/runs?jobName={job}&limit=1000").json()


def add(client, name, **fields):
    answer = client.post("/api/jobs", {"name": name, "interval": 200, "allowConcurrentRuns": True} | fields)
    assert answer.status_code == 201, answer.text


# Starting and settings


@pytest.mark.alone
def test_the_first_answer_comes_soon(start, environment):
    limit = 0.3 if environment.is_release else 1
    start().term_and_wait()
    program = start(wait=False)
    begun = time.monotonic()
    eventually(lambda: program.address, 10, "the address", every=0.002)
    assert program.get("/api/status").json() == {"status": "OK"}
    took = time.monotonic() - begun
    assert took < limit, f"{took * 1000:.0f} ms"


def test_it_says_where_everything_is_and_stops_when_asked(start):
    program = start()
    log = program.log()
    assert str(program.data) in log and program.link.startswith(program.address) and "simple-scheduler-cli add job" in log
    code, seconds = program.term_and_wait()
    assert code == 0 and seconds < 5


def test_quiet_prints_the_address_and_nothing_else(start):
    program = start("--quiet")
    assert program.log() == f"{program.address}/api\n"
    assert program.get("/api/status").ok


def test_check_contacts_nothing_and_makes_nothing(environment, tmp_path):
    data = tmp_path / "data"
    result = run_once(
        environment.binaries / Standalone.executable, "--check", "--data", data, folder=tmp_path)
    assert result.returncode == 0, result
    assert "SIMPLE_SCHEDULER_DB_CONNECTION_STRING=sqlite:simple-scheduler.db # default" in result.stdout
    assert "SIMPLE_SCHEDULER_MESSAGEBUS_TYPE=none # default" in result.stdout
    assert not data.exists()


def test_without_an_issuer_only_this_machine_is_served(refused):
    assert "SIMPLE_SCHEDULER_API_URL" in refused(API_URL=":8080")
    assert "SIMPLE_SCHEDULER_API_URL" in refused(API_URL="0.0.0.0:0")


@pytest.mark.parametrize("settings", [{"DB_TYPE": "postgresql"}, {"DB_CONNECTION_STRING": "postgresql://u:s3cret@h/x"}])
def test_what_is_not_there_yet_is_refused(refused, settings):
    log = refused(**settings)
    assert "postgresql" in log and "s3cret" not in log


@pytest.mark.parametrize("program", [Scheduler, Custodian, API], ids=lambda program: program.executable)
def test_a_file_is_for_standalone_alone(environment, tmp_path, program):
    settings = {"SIMPLE_SCHEDULER_DB_CONNECTION_STRING": "sqlite:x.db", "SIMPLE_SCHEDULER_OIDC_ISSUER": "https://id.example.com"}
    result = run_once(environment.binaries / program.executable, folder=tmp_path, settings=settings)
    assert result.returncode == 78 and "simple-scheduler-standalone" in result.stderr, result


def test_a_second_process_is_told_who_has_the_folder(start, refused):
    program = start()
    assert f"process {program.pid}" in refused()
    assert program.get("/api/status").ok


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_file_of_others_ends_the_start_and_stays_as_it_is(refused, tmp_path, content):
    file = tmp_path / "data/simple-scheduler.db"
    file.parent.mkdir()
    file.write_bytes(content)
    assert str(file) in refused()
    assert file.read_bytes() == content


# The owner


def test_the_owner_needs_no_provider(start):
    program = start()
    token = program.token
    assert program.token_mode == 0o600 and len(token) >= 32
    client = program.client()
    assert client.get("/api/jobs").json() == [] and client.get("/api/runs").ok and client.get("/api/managers").ok
    assert program.get("/api/jobs").status_code == 401
    assert program.client("wrong").get("/api/jobs").status_code == 401
    program.term_and_wait()
    assert start().token == token, "it is kept"


def test_a_token_that_others_can_read_is_made_anew(start):
    program = start()
    token = program.token
    program.term_and_wait()
    program.token_file.chmod(0o644)
    again = start()
    assert again.token != token and again.token_mode == 0o600
    assert again.client(token).get("/api/jobs").status_code == 401 and again.client().get("/api/jobs").ok


def test_the_link_works_once(start):
    program = start()
    assert program.get("/").status_code == 401
    assert program.get("/login?code=wrong").status_code == 401
    browser = requests.Session()
    answer = browser.get(program.link, allow_redirects=False)
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert "HttpOnly" in answer.headers["Set-Cookie"] and "SameSite" in answer.headers["Set-Cookie"]
    page = browser.get(program.address + "/")
    assert page.status_code == 200 and "<h1>" in page.text
    assert browser.get(program.address + "/api/jobs").status_code == 401
    assert requests.get(program.link, allow_redirects=False).status_code == 401, "once"
    program.term_and_wait()
    again = start()
    assert again.link.split("code=")[1] != program.link.split("code=")[1]
    assert again.get("/", cookies=browser.cookies.get_dict()).status_code == 200, "a session survives a restart"


def test_a_name_that_leads_here_and_pages_of_others_are_refused(start):
    program = start()
    port = program.address.rsplit(":", 1)[1]
    for path in ("/", "/api/status", "/api/jobs", "/livez", "/metrics", "/nothing"):
        assert program.get(path, headers={"Host": f"evil.example:{port}"}).status_code == 403
    assert program.get("/api/status", headers={"Host": f"localhost:{port}"}).ok
    client = program.client()
    for origin in ("https://evil.example", f"https://127.0.0.1:{port}", "http://127.0.0.1:1", f"http://localhost:{port}", "null"):
        assert client.delete("/api/jobs/a", headers={"Origin": origin}).status_code == 403
    assert client.delete("/api/jobs/a", headers={"Origin": program.address}).status_code == 404
    assert client.delete("/api/jobs/a").status_code == 404


def test_with_an_issuer_it_is_as_strict_as_the_api(start, tmp_path):
    issuer = Issuer()
    try:
        program = start(OIDC_ISSUER=issuer.url, API_URL="0.0.0.0:0")
        assert "/login" not in program.log() and not program.token_file.exists()
        eventually(lambda: program.get("/readyz").ok, 10, "the issuer's keys")
        assert program.client(issuer.token()).get("/api/jobs").ok
        assert program.client("x").get("/api/jobs").status_code == 401
        assert program.get("/").status_code == 404
        assert program.get("/api/status", headers={"Host": "scheduler.example"}).ok
    finally:
        issuer.close()


def test_static_tokens(start, refused, tmp_path):
    tokens = tmp_path / "tokens"
    digest = hashlib.sha256(b"machine").hexdigest()
    tokens.write_text(f"# machines\nci {digest} jobs:read\n")
    program = start(API_TOKENS_FILE=tokens, MESSAGEBUS_CONNECTION_STRING=NOBODY)
    machine = program.client("machine")
    assert machine.get("/api/jobs").ok and machine.get("/api/runs").status_code == 403
    assert program.client().get("/api/runs").ok
    tokens.write_text(f"nonsense\nci2 {digest} jobs:write,jobs:read\n")
    eventually(lambda: machine.post("/api/jobs", {"name": "a", "interval": 1000}).status_code == 201, 5, "the new scopes")
    assert program.log_lines("audit", "subject=ci2", "createJob") and program.log_lines("tokens:1")
    tokens.write_text("")
    eventually(lambda: machine.get("/api/jobs").status_code == 401, 5, "the end of the token")
    program.term_and_wait()
    tokens.write_text("\nnonsense\n")
    assert f"{tokens}:2" in refused(API_TOKENS_FILE=tokens)
    assert "SIMPLE_SCHEDULER_API_TOKENS_FILE" in refused(API_TOKENS_FILE=tmp_path / "missing")


def test_the_command_line_finds_the_local_one(start, environment, tmp_path):
    share = tmp_path / "share"
    program = start(data=share / "simple-scheduler", MESSAGEBUS_CONNECTION_STRING=NOBODY)
    folder = tmp_path / "cli"
    folder.mkdir()
    cli = CLI(environment, folder, XDG_DATA_HOME=share)
    cli.secrets.add(program.token)
    api = f"{program.address}/api"
    cli.ok("add", "job", "hello", "--interval", "1h", "-u", api)
    assert [job["name"] for job in cli.json("list", "jobs", "-u", api)] == ["hello"]
    assert cli.json("whoami", "-u", api)["login"] == "local"
    program.token_file.chmod(0o644)
    cli.fails(1, "list", "jobs", "-u", api)
    program.token_file.unlink()
    cli.fails(77, "list", "jobs", "-u", api)
    cli.close()


# Jobs


def test_without_a_bus_a_job_that_needs_one_is_refused(start):
    client = start().client()
    answer = client.post("/api/jobs", {"name": "a", "interval": 1000})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "delivery", answer.text


def test_without_its_bus_a_stored_job_is_left_alone_and_reported(start):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    add(program.client(), "a", nextRunAt="2100-01-01T00:00:00Z")
    program.term_and_wait()
    again = start()
    eventually(lambda: again.log_lines("job=a", "message bus"), 10, "a word on the job")
    assert [manager["jobs"] for manager in again.client().get("/api/managers").json()] == [0]


def test_a_change_takes_effect_at_once(start):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY, CACHE_REFRESH_INTERVAL=600_000)
    client = program.client()
    eventually(lambda: client.get("/api/managers").json(), 10, "the Scheduler")
    time.sleep(0.5)
    add(client, "a")
    eventually(lambda: len(runs(client, "a")) >= 3, 3, "runs of the new job")
    client.patch("/api/jobs/a", {"enabled": False})
    time.sleep(0.5)
    count = len(runs(client, "a"))
    throughout(lambda: len(runs(client, "a")) == count, 1, "no more runs")


def slots_of(client, job):
    slots = [run["scheduledTime"] for run in runs(client, job)]
    assert all(count == 1 for count in Counter(slots).values()), slots
    return sorted(slots)


def steps(slots):
    """The milliseconds between them."""
    moments = [datetime.fromisoformat(slot) for slot in slots]
    return {round((later - earlier).total_seconds() * 1000) for earlier, later in zip(moments, moments[1:])}


def test_after_kill_9_it_takes_its_jobs_at_once_and_loses_no_slot(start):
    settings = {"MESSAGEBUS_CONNECTION_STRING": NOBODY, "HEARTBEAT_TIMEOUT": 600_000}
    program = start(**settings)
    add(program.client(), "a", misfirePolicy="all", maxCatchUp=1000)
    for round in range(3):
        eventually(lambda: len(runs(program.client(), "a")) >= 5 * (round + 1), 10, "runs")
        program.kill9()
        begun = time.monotonic()
        program = start(**settings)
        before = len(runs(program.client(), "a"))
        eventually(lambda: len(runs(program.client(), "a")) > before, 5, "the next run")
        assert time.monotonic() - begun < 5
        assert program.log_lines("unlocked jobs of a process that has died", "count=1")
    client = program.client()
    client.patch("/api/jobs/a", {"enabled": False})
    slots = slots_of(client, "a")
    assert steps(slots) == {200}, "a slot is missing"


def test_a_clean_stop_unlocks(start):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    add(program.client(), "a", nextRunAt="2100-01-01T00:00:00Z")
    eventually(lambda: program.client().get("/api/managers").json()[0]["jobs"] == 1, 10, "the job to be locked")
    code, _ = program.term_and_wait()
    assert code == 0
    with sqlite3.connect(f"file:{program.data}/simple-scheduler.db?mode=ro", uri=True) as file:
        assert file.execute("SELECT manager_id FROM jobs").fetchall() == [(None,)]
        assert file.execute("SELECT count(*) FROM managers").fetchone() == (0,)
    again = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    eventually(lambda: again.log_lines("locked jobs"), 10, "the job to be locked again")
    assert not again.log_lines("has died")


# Looking after the data


def test_backup_check_and_restore(start, tmp_path):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    client = program.client()
    add(client, "a")
    eventually(lambda: runs(client, "a"), 10, "a run")
    backup = tmp_path / "a backup.db"
    done = program.care("backup", backup)
    assert done.returncode == 0, done
    assert backup.stat().st_mode & 0o777 == 0o600
    again = program.care("backup", backup)
    assert again.returncode == 1 and "--force" in again.stderr, again
    assert program.care("backup", backup, "--force").returncode == 0
    checked = program.care("check")
    assert checked.returncode == 0 and "no fault" in checked.stdout, checked
    add(client, "later", nextRunAt="2100-01-01T00:00:00Z")
    running = program.care("restore", backup, "--force")
    assert running.returncode == 1 and f"process {program.pid}" in running.stderr, running
    assert client.get("/api/jobs/later").ok
    program.kill9()

    assert program.care("check").returncode == 0
    assert program.care("backup", tmp_path / "second.db").returncode == 0, "nobody has the folder"
    kept = program.care("restore", backup)
    assert kept.returncode == 1 and "--force" in kept.stderr, kept
    assert program.care("restore", backup, "--force").returncode == 0
    client = start(MESSAGEBUS_CONNECTION_STRING=NOBODY).client()
    assert [job["name"] for job in client.get("/api/jobs").json()] == ["a"]
    assert slots_of(client, "a")


def test_what_is_no_backup_is_not_restored(start, tmp_path):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    add(program.client(), "a")
    program.term_and_wait()
    other = tmp_path / "other.db"
    other.write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert program.care("restore", other, "--force").returncode == 1
    assert program.care("restore", tmp_path / "missing", "--force").returncode == 1
    assert start(MESSAGEBUS_CONNECTION_STRING=NOBODY).client().get("/api/jobs/a").ok


def test_a_damaged_file_is_told_and_not_touched(start, refused):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    for number in range(50):
        add(program.client(), f"job-{number}", nextRunAt="2100-01-01T00:00:00Z", description="x" * 500)
    program.term_and_wait()
    file = program.data / "simple-scheduler.db"
    damaged = bytearray(file.read_bytes())
    for page in range(4096, len(damaged), 4096):
        damaged[page:page + 200] = os.urandom(200)
    file.write_bytes(damaged)
    checked = program.care("check")
    assert checked.returncode == 1 and "damaged" in checked.stderr, checked
    assert "damaged" in refused()
    assert file.read_bytes() == damaged


def test_check_of_a_folder_without_data(environment, tmp_path):
    result = run_once(
        environment.binaries / Standalone.executable, "check", "--data", tmp_path / "nowhere", folder=tmp_path)
    assert result.returncode == 1 and "there is no database" in result.stderr, result
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("words", [["backup"], ["restore"], ["check", "x"], ["backup", "a", "b"], ["--port", "65536"]])
def test_bad_usage_is_64(environment, tmp_path, words):
    result = run_once(environment.binaries / Standalone.executable, *words, folder=tmp_path)
    assert result.returncode == 64, result


@pytest.mark.parametrize("words", [["--help"], ["backup", "--help"], ["restore", "--help"], ["check", "--help"]])
def test_each_command_has_help(environment, tmp_path, words):
    result = run_once(environment.binaries / Standalone.executable, *words, folder=tmp_path)
    assert result.returncode == 0 and "--data" in result.stdout, result


def test_a_file_that_another_program_locks_is_waited_for(start):
    program = start(MESSAGEBUS_CONNECTION_STRING=NOBODY)
    client = program.client()
    add(client, "a", misfirePolicy="all", maxCatchUp=1000)
    eventually(lambda: runs(client, "a"), 10, "a run")
    other = sqlite3.connect(program.data / "simple-scheduler.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    eventually(lambda: program.get("/readyz").status_code == 503, 20, "not ready")
    answer = client.post("/api/jobs", {"name": "b", "interval": 1000})
    assert answer.status_code == 503 and answer.headers["Retry-After"], answer.text
    assert client.get("/api/jobs/a").ok, "what is there can be read"
    other.execute("ROLLBACK")
    other.close()
    eventually(lambda: client.post(
        "/api/jobs", {"name": "b", "interval": 1000}).status_code == 201, 15, "writes again")
    client.patch("/api/jobs/a", {"enabled": False})
    slots = slots_of(client, "a")
    assert len(slots) > 5 and steps(slots) == {200}, "a slot is missing"
