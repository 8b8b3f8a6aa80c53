# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The languages of other services (contract, 12), as their clients speak them: requests and answers, receivers and their signatures."""

import hashlib
import hmac
import json
import re
import secrets
import threading
import time
import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests

from harness.programs import run_once
from harness.receiver import Receiver

SECRET = "a secret of theirs"


@pytest.fixture
def receiver(world):
    receiver = Receiver()
    world.closing(receiver)
    return receiver


class Client:
    """What a client of such a service is: it knows an address, and no token."""

    def __init__(self, url):
        self.url, self.session = url, requests.Session()
        self.session.trust_env = False

    def __call__(self, method, path, body=None, **options):
        if body is not None:
            options["json"] = body
        return self.session.request(method, self.url + path, timeout=15, **options)

    def close(self):
        self.session.close()


@pytest.fixture
def client(world):
    """A client of an API that speaks both dialects, a Scheduler beside it; `client.own` is one of the API itself."""
    return begin(world)


def begin(world, **overrides):
    token = secrets.token_hex(16)
    tokens, assumed = world.folder / "static-tokens", world.folder / "dialect-tokens"
    scopes = "jobs:read,jobs:write,runs:read,runs:write"
    tokens.write_text(
        f"legacy {hashlib.sha256(token.encode()).hexdigest()} {scopes}\n" + (
            f"harness {hashlib.sha256(world._token.encode()).hexdigest()} {scopes}\n" if hasattr(world, "_token") else ""))
    assumed.write_text(f"# who sends none\nclockmonster {token}\njobs {token}\n")
    settings = {"DIALECTS": "clockmonster, jobs", "API_TOKENS_FILE": tokens, "DIALECT_TOKENS_FILE": assumed,
                "HTTP_DENIED_NETWORKS": "169.254.0.0/16"} | overrides
    own = world.api_client(**settings)
    world.scheduler(**{name: value for name, value in overrides.items() if name == "CLOCKMONSTER_EVENTS"})
    client = world.closing(Client(own.url))
    client.own, client.token = own, token
    return client


def soon(seconds=1.5):
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wait_until(world, check, timeout, what):
    return world.eventually(check, timeout, what)


# ClockMonster


def clock_job(receiver, seconds=1, payload=None, path="/job", **more):
    http = {"url": receiver.url.replace("/hook?a=%20b", path), "signingSecret": SECRET, "additionalHeaders": {"X-Team": "a$b${x}"}}
    return {"payload": payload, "time": {"type": "ONCE", "nextRunUnix": int(time.time()) + seconds}, "action": {"http": http}} | more


def check_signature(request, secret=SECRET):
    version, digest = re.fullmatch(r"v=(\d{13}),d=([0-9a-f]{64})", request["headers"]["x-webhook-signature"]).groups()
    expected = hmac.new(secret.encode(), request["body"] + version.encode(), hashlib.sha256).hexdigest()
    assert hmac.compare_digest(digest, expected)
    assert abs(int(version) / 1000 - request["at"]) < 10


def gone(world, client, number, timeout=10):
    wait_until(world, lambda: client("GET", f"/v2/job?id={number}").status_code == 404, timeout, f"the job {number} to go")
    wait_until(world, lambda: world.job(f"clockmonster-{number}") is None, timeout, f"the job {number} to be deleted")


@pytest.mark.both_stores(bus="none")
@pytest.mark.parametrize("payload", ["hé $x", None, {"n": [1, "ü"]}, 5, False])
def test_a_job_of_one_run_is_one_signed_post_and_then_gone(world, client, receiver, payload):
    receiver.answer = lambda request: (202, {}, b"later")
    body = clock_job(receiver, payload=payload, path="/job/$x?a=%20$$y")
    answer = client("POST", "/v2/job", body)
    assert answer.status_code == 200, answer.text
    job = answer.json()
    assert 0 < job["id"] < 2 ** 53 and job["payload"] == payload and SECRET not in answer.text
    assert job["time"] == body["time"] | {"iterationsCount": 0, "iterations": 0, "interval": 0}
    assert job["failure"] == {"backoff": [1, 2, 4, 16, 32, 64], "iterationsCount": 0}
    own = client.own.get(f"/api/jobs/clockmonster-{job['id']}").json()
    assert own["labels"] == {"dialect": "clockmonster"} and SECRET not in str(own)
    gone(world, client, job["id"])
    [request] = receiver.requests
    assert (request["method"], request["path"]) == ("POST", "/job/$x?a=%20$$y")
    assert json.loads(request["body"]) == payload and request["headers"]["Content-Type"] == "application/json"
    assert request["headers"]["x-dispatched-from"] == "ClockMonster" and request["headers"]["X-Team"] == "a$b${x}"
    check_signature(request)
    assert -0.05 <= request["at"] - body["time"]["nextRunUnix"] < 20  # never early; how late is for others to measure


@pytest.mark.both_stores(bus="none")
def test_a_failing_job_follows_its_list_then_its_dead_letter_goes_once_and_the_job_with_it(world, client, receiver):
    letters, answers = Receiver(), iter([(301, {"Location": "/elsewhere"}), (410, {}), (503, {"Retry-After": "3600"}), (404, {})])
    world.closing(letters)
    letters.answer = lambda request: (500, {}, b"")
    receiver.answer = lambda request: (*next(answers), b"no")
    failure = {"backoff": [2, 1, 0], "deadLetter": {"http": {"url": letters.url, "signingSecret": "another"}}}
    job = client("POST", "/v2/job", clock_job(receiver, payload={"n": 1}, failure=failure)).json()
    assert job["failure"]["backoff"] == [2, 1, 0]
    wait_until(world, lambda: len(receiver.requests) == 2, 10, "two attempts")
    shown = wait_until(
        world, lambda: (j := client("GET", f"/v2/job?id={job['id']}").json())["failure"]["iterationsCount"] == 2 and j, 5,
        "two failures to be told")
    assert shown["time"]["type"] == "ONCE"
    gone(world, client, job["id"])
    times = [request["at"] for request in receiver.requests]
    assert len(times) == 4
    for wait, gap in zip([2, 1, 0], (b - a for a, b in zip(times, times[1:]))):
        assert wait - 0.05 <= gap < wait + 20, times  # jitter would make it shorter, Retry-After longer
    time.sleep(1)
    [letter] = letters.requests
    assert json.loads(letter["body"]) == {"n": 1}
    check_signature(letter, "another")
    for request in receiver.requests:
        check_signature(request)
    assert len({request["headers"]["Idempotency-Key"] for request in receiver.requests}) == 1
    assert letter["headers"]["Idempotency-Key"] == receiver.requests[0]["headers"]["Idempotency-Key"] + ".dead-letter"


@pytest.mark.both_stores(bus="none")
def test_a_row_of_runs_has_as_many_as_were_asked_for_one_after_the_other(world, client, receiver):
    slow = threading.Event()
    receiver.answer = lambda request: (slow.wait(1.6) and None or 200, {}, b"")
    start = int(time.time()) + 1
    body = clock_job(receiver, time={"type": "REPEATING", "nextRunUnix": start, "iterations": 4, "interval": 1})
    job = client("POST", "/v2/job", body).json()
    assert job["time"] == body["time"] | {"iterationsCount": 0}
    wait_until(world, lambda: len(receiver.requests) == 2, 10, "two runs")
    shown = client("GET", f"/v2/job?id={job['id']}").json()
    assert 0 < shown["time"]["iterationsCount"] < 4
    slow.set()
    gone(world, client, job["id"], 20)
    time.sleep(1)
    assert len(receiver.requests) == 4
    assert [int(request["headers"]["x-clockmonster-job-target-unix"]) for request in receiver.requests] == [
        start + n for n in range(4)]
    assert len({request["headers"]["Idempotency-Key"] for request in receiver.requests}) == 4


@pytest.mark.both_stores(bus="none")
def test_a_failing_row_has_no_other_run_meanwhile_and_ends(world, client, receiver):
    receiver.answer = lambda request: (500, {}, b"")
    body = clock_job(receiver, time={"type": "REPEATING", "nextRunUnix": 0, "iterations": 50, "interval": 1},
                     failure={"backoff": [1, 2]})
    job = client("POST", "/v2/job", body).json()
    gone(world, client, job["id"], 15)
    time.sleep(1)
    assert len(receiver.requests) == 3
    assert len({request["headers"]["Idempotency-Key"] for request in receiver.requests}) == 1


@pytest.mark.both_stores(bus="none")
def test_an_endless_row_goes_on_until_it_is_deleted(world, client, receiver):
    body = clock_job(receiver, time={"type": "REPEATING", "nextRunUnix": 0, "iterations": -1, "interval": 1})
    job = client("POST", "/v2/job", body).json()
    wait_until(world, lambda: len(receiver.requests) >= 3, 10, "three runs")
    assert client("GET", f"/v2/job?id={job['id']}").json()["time"]["iterationsCount"] >= 2
    for path in [f"/v2/job?id={job['id']}", f"/v2/job?id={job['id']}", f"/v2/job/batch?ids={job['id']},7"]:
        assert client("DELETE", path).status_code == 200
    assert client("GET", f"/v2/job?id={job['id']}").status_code == 404
    time.sleep(0.5)
    count = len(receiver.requests)
    time.sleep(2)
    assert len(receiver.requests) == count


@pytest.mark.both_stores(bus="none")
@pytest.mark.parametrize("step", ["attempt", "letter"])
def test_a_scheduler_that_is_killed_in_the_middle_is_made_good_for(world, client, receiver, step):
    """What was under way is sent again under the same id by the next one, the dead letter too, and the job goes only afterwards."""
    reached, killed = threading.Event(), threading.Event()

    def answer(request):
        is_letter = request["path"] == "/letter"
        if is_letter == (step == "letter") and not killed.is_set():
            reached.set()
            killed.wait(20)
            return None
        return (500, {}, b"")

    receiver.answer = answer
    letter = {"http": {"url": receiver.url.replace("/hook?a=%20b", "/letter")}}
    job = client("POST", "/v2/job", clock_job(receiver, failure={"backoff": [1], "deadLetter": letter})).json()
    assert reached.wait(15)
    scheduler = next(p for p in reversed(world.programs) if p.is_running and p.executable in (
        "simple-scheduler", "simple-scheduler-standalone"))
    scheduler.kill9()
    killed.set()
    assert f"clockmonster-{job['id']}" in world._stored_names(), "the job was gone before its dead letter"
    world.custodian()
    world.scheduler()
    client = world.closing(Client(world._program.url)) if hasattr(world, "_program") else client
    gone(world, client, job["id"], 30)
    jobs = [r for r in receiver.requests if r["path"] == "/job"]
    letters = [r for r in receiver.requests if r["path"] == "/letter"]
    assert len(jobs) == (3 if step == "attempt" else 2) and len(letters) == (2 if step == "letter" else 1)
    assert len({r["headers"]["Idempotency-Key"] for r in jobs}) == len({r["headers"]["Idempotency-Key"] for r in letters}) == 1


@pytest.mark.both_stores
def test_its_events_are_messages_to_a_topic_exchange(world, receiver):
    receiver.answer = lambda request: (200 if request["path"] == "/good" else 400, {}, b"")
    client = begin(world, CLOCKMONSTER_EVENTS="on")
    channel, queue = world.broker.channel, world.name("events")
    channel.exchange_declare("clockmonster.event", "topic", durable=True)
    channel.queue_declare(queue)
    channel.queue_bind(queue, "clockmonster.event", "#")
    good = client("POST", "/v2/job", clock_job(receiver, path="/good")).json()["id"]
    bad = client("POST", "/v2/job", clock_job(receiver, path="/bad", failure={"backoff": [0]})).json()["id"]
    deleted = client("POST", "/v2/job", clock_job(receiver, seconds=3600)).json()["id"]
    client("DELETE", f"/v2/job?id={deleted}")
    events = []

    def told():
        while (found := channel.basic_get(queue, auto_ack=True))[0]:
            body = json.loads(found[2])
            assert found[0].routing_key == body["event"] and abs(body["createdAtUnix"] - time.time()) < 20
            events.append((body["jobId"], body["event"]))
        return len(events) >= 9

    wait_until(world, told, 20, "nine events")
    time.sleep(1)
    told()
    assert [event for number, event in events if number == good] == ["JOB_CREATE", "JOB_INVOKE_SUCCESSFUL", "JOB_REMOVE"]
    assert sorted(event for number, event in events if number == bad) == [
        "JOB_CREATE", "JOB_INVOKE_FAILURE", "JOB_INVOKE_FAILURE", "JOB_REMOVE"]
    assert [event for number, event in events if number == deleted] == ["JOB_CREATE", "JOB_REMOVE"]
    world.broker.channel.queue_delete(queue)


# The Scheduler Service


def service_job(receiver, **more):
    return {"name": "Example, Job", "description": "An example", "type": "http", "target": receiver.url, "payload": {"message": "hé"},
            "schedule_type": "specific_time", "specific_time": soon()} | more


@pytest.mark.both_stores(bus="none")
def test_a_job_of_the_service_is_made_run_listed_and_deleted(world, client, receiver):
    assert client("GET", "/health").json()["status"] == "ok"
    answer = client("POST", "/jobs", service_job(receiver))
    assert answer.status_code == 201 and answer.json()["message"] == "Job created successfully"
    job = answer.json()["job"]
    assert str(uuid.UUID(job["id"])) == job["id"] and job["status"] == "active"
    assert client("GET", f"/jobs/{job['id']}").json() == job
    assert client("GET", "/jobs").json() == [job]
    assert client.own.get("/api/jobs?labels=dialect=jobs").json()[0]["name"] == job["id"]
    wait_until(world, lambda: receiver.requests, 10, "a request")
    [request] = receiver.requests
    assert json.loads(request["body"]) == {"message": "hé"} and request["headers"]["Content-Type"] == "application/json"
    ended = wait_until(
        world, lambda: (j := client("GET", f"/jobs/{job['id']}").json())["last_run"] and j, 10, "the run to be told")
    assert ended["status"] == "active" and ended["next_run"] is None and ended["error_message"] is None
    assert ended["specific_time"] == job["specific_time"] and ended["updated_at"] >= job["updated_at"]
    assert client("POST", f"/jobs/{job['id']}/run").json() == {"message": "Job triggered successfully"}
    wait_until(world, lambda: len(receiver.requests) == 2, 10, "another request")
    assert client("DELETE", f"/jobs/{job['id']}").json()["message"] == "Job deleted successfully"
    for method, path in [("GET", ""), ("DELETE", ""), ("POST", "/run")]:
        answer = client(method, f"/jobs/{job['id']}{path}")
        assert answer.status_code == 404 and set(answer.json()) == {"message", "error"}
    assert client("GET", "/jobs").json() == []


@pytest.mark.both_stores(bus="none")
def test_a_job_that_fails_says_so_goes_on_and_is_active_again(world, client, receiver):
    bad = threading.Event()
    bad.set()
    receiver.answer = lambda request: (404 if bad.is_set() else 200, {}, b"nobody")
    job = client("POST", "/jobs", service_job(
        receiver, schedule_type="cron", cron_expression="* * * * * *", payload=None)).json()["job"]
    assert job["payload"] is None
    failed = wait_until(
        world, lambda: (j := client("GET", f"/jobs/{job['id']}").json())["status"] == "failed" and j, 10, "a failure")
    assert failed["error_message"] == "HTTP 404: nobody" and failed["next_run"]
    assert [j["id"] for j in client("GET", "/jobs?status=failed").json()] == [job["id"]]
    assert client("GET", "/jobs?status=active").json() == []
    bad.clear()
    wait_until(world, lambda: client("GET", f"/jobs/{job['id']}").json()["status"] == "active", 10, "a success to clear it")
    assert json.loads(receiver.requests[0]["body"]) == {}
    answer = client("PATCH", f"/jobs/{job['id']}/status", {"status": "inactive"})
    assert answer.json()["job"]["status"] == "inactive"
    time.sleep(1)
    count = len(receiver.requests)
    time.sleep(2)
    assert len(receiver.requests) == count
    answer = client("PUT", f"/jobs/{job['id']}", {"status": "active", "name": "other", "id": "x", "created_at": None})
    assert answer.json()["job"]["status"] == "active" and answer.json()["job"]["name"] == "other"
    assert client("GET", "/jobs", params={"name": "other"}).json()[0]["id"] == job["id"]
    wait_until(world, lambda: len(receiver.requests) > count, 10, "it to go on")


@pytest.mark.both_stores(bus="none")
def test_a_run_is_tried_three_times(world, client, receiver):
    receiver.answer = lambda request: (503, {}, b"")
    job = client("POST", "/jobs", service_job(receiver)).json()["job"]
    wait_until(world, lambda: client("GET", f"/jobs/{job['id']}").json()["status"] == "failed", 15, "a failure for good")
    first, second, third = (request["at"] for request in receiver.requests)
    assert 0.7 < second - first < 20 and 1.5 < third - second < 20


@pytest.mark.both_stores(bus="none")
def test_hosts_that_are_not_allowed_are_refused_in_the_words_of_the_service(world, receiver):
    client = begin(world, HTTP_ALLOWED_HOSTS=None, HTTP_DENIED_NETWORKS=None)
    answer = client("POST", "/jobs", service_job(receiver, target="http://169.254.169.254/"))
    assert answer.status_code == 400 and answer.json()["errors"]["target"]["_errors"][0].startswith("address not allowed")
    answer = client("POST", "/v2/job", clock_job(receiver) | {"action": {"http": {"url": "http://[::ffff:169.254.169.254]/"}}})
    assert answer.status_code == 400 and answer.json()["error"] is True


# Tokens and settings


@pytest.mark.both_stores(bus="none")
def test_without_the_file_a_request_needs_a_token_and_with_it_the_token_s_scopes_count(world, receiver):
    client = begin(world, DIALECT_TOKENS_FILE=None)
    for method, path, body in [("GET", "/jobs", None), ("POST", "/jobs", service_job(receiver)), ("GET", "/v2/job?id=1", None)]:
        answer = client(method, path, body)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer" and "message" in answer.json()
        assert client(method, path, body, headers={"Authorization": f"Bearer {client.token}"}).status_code != 401
        assert client(method, path, body, headers={"Authorization": "Bearer other"}).status_code == 401
    reader, assumed = secrets.token_hex(16), world.folder / "reader"
    tokens = world.folder / "static-tokens"
    tokens.write_text(tokens.read_text() + f"reader {hashlib.sha256(reader.encode()).hexdigest()} jobs:read\n")
    assumed.write_text(f"jobs {reader}\n")
    client = begin_again(world, client, DIALECT_TOKENS_FILE=assumed)
    wait_until(world, lambda: client("GET", "/jobs").status_code == 200, 10, "the token to be known")
    refused = client("POST", "/jobs", service_job(receiver))
    assert refused.status_code == 403 and refused.json()["missing_scopes"] == ["jobs:write"]
    assert client("GET", "/v2/job?id=1").status_code == 401
    assumed.write_text("nonsense\n")
    wait_until(world, lambda: client("GET", "/jobs").status_code == 401, 10, "the line to be gone")
    log = world.programs[-1].log() if not hasattr(world, "_program") else world._program.log()
    assert reader not in log and client.token not in log


def begin_again(world, client, **overrides):
    again = world.closing(Client(world.api_client(
        DIALECTS="clockmonster,jobs", API_TOKENS_FILE=world.folder / "static-tokens", **overrides).url))
    again.token = client.token
    return again


@pytest.mark.without_servers
@pytest.mark.parametrize("settings, words", [
    ({"DIALECTS": "jobs,other"}, "SIMPLE_SCHEDULER_DIALECTS=\"other\": expected dialects separated by commas, of clockmonster, jobs"),
    ({"DIALECTS": "clockwork"}, "clockwork delivers messages, which this version does not have"),
    ({"DIALECT_TOKENS_FILE": "/nowhere"}, "SIMPLE_SCHEDULER_DIALECT_TOKENS_FILE"),
    ({"DIALECT_TOKENS_FILE": "LINES"}, "tokens:2: expected a dialect and the token"),
    ({"CLOCKMONSTER_EVENTS": "yes"}, "SIMPLE_SCHEDULER_CLOCKMONSTER_EVENTS"),
])
def test_settings_that_cannot_be_are_refused(environment, tmp_path, settings, words):
    lines = tmp_path / "tokens"
    lines.write_text("jobs hushhush\njobs hush hush\nother hushhush\njobs hushhush\n")
    ended = run_once(
        environment.binaries / "simple-scheduler-standalone", "--check", "--data", tmp_path / "data", folder=tmp_path,
        settings={f"SIMPLE_SCHEDULER_{name}": lines if value == "LINES" else value for name, value in settings.items()})
    assert ended.returncode == 78 and words in ended.stderr and "hush" not in ended.stderr, ended.stderr
    if settings.get("DIALECT_TOKENS_FILE") == "LINES":
        assert [int(n) for n in re.findall(r"tokens:(\d+)", ended.stderr)] == [2, 3, 4]


@pytest.mark.without_servers
def test_the_service_s_own_names_of_settings_are_read(environment, tmp_path):
    check = [environment.binaries / "simple-scheduler-standalone", "--check", "--data", tmp_path / "data"]
    names = {"ALLOWED_TARGET_HOSTS": " *.example.com, ,api.other.com ", "ALLOWED_ORIGINS": "http://localhost:3000"}
    shown = run_once(*check, folder=tmp_path, settings=names).stdout
    assert "SIMPLE_SCHEDULER_HTTP_ALLOWED_HOSTS=*.example.com,api.other.com # ALLOWED_TARGET_HOSTS, environment" in shown
    assert "SIMPLE_SCHEDULER_API_CORS_ORIGINS=http://localhost:3000 # ALLOWED_ORIGINS, environment" in shown
    ours = names | {"SIMPLE_SCHEDULER_HTTP_ALLOWED_HOSTS": "ours.example"}
    assert "SIMPLE_SCHEDULER_HTTP_ALLOWED_HOSTS=ours.example # environment" in run_once(*check, folder=tmp_path, settings=ours).stdout
    refused = run_once(*check, folder=tmp_path, settings={"ALLOWED_ORIGINS": "localhost"})
    assert refused.returncode == 78 and refused.stderr.startswith("ALLOWED_ORIGINS=")


# Hostile requests


HOSTILE = [
    None, True, 0, -1, 1.5, 2 ** 53, 2 ** 63, -2 ** 63, 1e308, "", "x", "\u0000", "\ud83d\ude00" * 3000, "${jobName}", "$$", "a\r\nb",
    "http://a b/", "http://user@h/", "http://[::1", "file:///etc/passwd", "http://" + "a" * 9000, [], [[]], [None] * 2000, {},
    {"": ""}, {"$ne": 1}, {"http": None}, {"http": {"url": None}}, {"http": {"url": "http://h/", "additionalHeaders": {"\u0000": "x"}}},
    {"http": {"url": "http://h/", "additionalHeaders": [1]}}, {"sqs": {}, "http": {}}, {"type": "REPEATING", "nextRunUnix": 2 ** 62},
    {"type": "REPEATING", "nextRunUnix": 1, "interval": 2 ** 62, "iterations": 2 ** 62}, {"backoff": [2 ** 62] * 3},
    {"backoff": {}, "deadLetter": 5}, {"a": {"b": {"c": [1, {"d": "x" * 100_000}]}}},
]


def test_whatever_is_sent_there_is_no_500(shared_world):
    world = shared_world
    client = begin(world)
    fields = {
        "/jobs": ("name", "description", "type", "target", "payload", "schedule_type", "cron_expression", "specific_time",
                  "interval", "interval_value", "status", "id", "next_run"),
        "/v2/job": ("payload", "time", "action", "failure", "id"),
    }
    good = {"/jobs": {"name": "a", "type": "http", "target": "http://h/", "schedule_type": "cron", "cron_expression": "0 0 1 1 *"},
            "/v2/job": {"payload": 1, "time": {"type": "ONCE", "nextRunUnix": 4_000_000_000}, "action": {"http": {"url": "http://h/"}}}}
    made = client("POST", "/jobs", good["/jobs"]).json()["job"]["id"]

    def check(answer):
        assert answer.status_code in (200, 201, 400, 404, 413, 415), (answer.request.body or b"")[:300] + answer.content[:300]
        if answer.status_code >= 400:
            body = answer.json()
            # What leads to no route is nobody's: our own problem.
            if answer.headers["Content-Type"] == "application/problem+json":
                assert answer.status_code in (400, 404) and answer.request.path_url not in fields, body
                return
            assert isinstance(body["message"], str) and ("error" in body or "errors" in body), body

    for path, names in fields.items():
        for name in names:
            for value in HOSTILE:
                check(client("POST", path, good[path] | {name: value}))
                if path == "/jobs":
                    check(client("PUT", f"/jobs/{made}", {name: value}))
                    check(client("PATCH", f"/jobs/{made}/status", {name: value}))
        for raw in [b"", b"{", b"\xff\xfe", b"[" * 5000, b'{"a":' * 5000, b"null", b'"x"', b"{}" * 2, b'{"name":"a","name":"b"}', b"x" * 2_000_000]:
            check(client("POST", path, data=raw, headers={"Content-Type": "application/json"}))
        check(client("POST", path, data=b"a=b", headers={"Content-Type": "application/x-www-form-urlencoded"}))
    for query in ["", "?id=", "?id=1e3", "?id=%00", "?id=" + "9" * 5000, "?ids=1,,2", "?ids=" + "1," * 3000, "?id=1&id=2", "?%zz", "?status=%ff"]:
        for method, path in [("GET", "/v2/job"), ("DELETE", "/v2/job"), ("DELETE", "/v2/job/batch"), ("GET", "/jobs")]:
            check(client(method, path + query))
    for part in ["x", "%00", "..%2f", made.upper() + "x", "{id}", "a" * 5000]:
        for method, tail in [("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/run"), ("PATCH", "/status")]:
            check(client(method, f"/jobs/{part}{tail}", {} if method in ("PUT", "PATCH") else None))
