# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Receivers that answer 202 and report later, at the address that the request named (contract, 9)."""

import json
import re
import sys
import time

import pytest
import requests

from harness.documents import after
from harness.environment import REPOSITORY
from harness.receiver import Receiver

BASE = "https://scheduler.example/behind/a/proxy"
"""Where receivers are told to report; what they get there is taken to the API by `report`."""

ADDRESS = re.compile(re.escape(BASE) + r"(/api/callbacks/[0-9a-f]{24}\.\d+\.[A-Za-z0-9_-]+)")


@pytest.fixture
def receiver(world):
    def later(request):
        time.sleep(0.02)  # so that the 202 has another time than the start
        return 202, {}, b"later"

    receiver = Receiver(later)
    world.closing(receiver)
    return receiver


class Site:
    """A Scheduler, and an API to report to."""

    def __init__(self, world, **settings):
        self.world, self.settings = world, settings
        self.start()

    def start(self):
        self.scheduler = self.world.scheduler(PUBLIC_URL=BASE, **self.settings)
        if getattr(self.scheduler, "url", None):
            self.url = self.scheduler.url
        elif not hasattr(self, "url"):
            self.url = self.world.api().url

    def report(self, request, what, body=None):
        """`request`: the one whose attempt is spoken of."""
        path = ADDRESS.fullmatch(request["headers"]["Simple-Scheduler-Callback"]).group(1)
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body)
        return requests.post(f"{self.url}{path}/{what}", data=data, timeout=10).status_code


def http(receiver, **fields):
    return {"http": {"url": receiver.url} | fields}


def requests_of(world, receiver, count, timeout=10):
    return world.eventually(
        lambda: len(receiver.requests) >= count and list(receiver.requests), timeout, f"{count} requests")


def wait_until_accepted(world, run):
    """The 202 is stored: it counts as a sign of life, later than the start."""
    def stored():
        now = world.run(run["_id"])
        return now["status"] == "running" and now["heartbeat"] > now["startTime"]

    world.eventually(stored, 5, "the 202 to be stored")


@pytest.mark.both_stores(bus="none")
def test_a_run_goes_on_after_a_202_until_its_receiver_reports(world, receiver):
    job = world.insert("later", next_run_at=after(1), delivery=http(receiver))
    site = Site(world)
    [request] = requests_of(world, receiver, 1)
    [run] = world.wait_for_runs(job, 1, status="running")
    wait_until_accepted(world, run)
    assert site.report(request, "heartbeat") == 204
    assert site.report(request, "heartbeat", {"progress": 0.25}) == 204
    assert world.run(run["_id"])["progress"] == 0.25
    assert site.report(request, "status", {"status": "running", "progress": 0.5}) == 204
    assert site.report(request, "status", {"status": "completed", "result": {"rows": [1, 2]}}) == 204
    run = world.wait_for_status(run["_id"], "completed")
    assert run["result"] == {"rows": [1, 2]}
    [attempt] = run["attempts"]
    assert attempt["status"] == "completed" and attempt["http"]["status"] == 202
    # Over: for a report that comes twice, and for a sign of life.
    assert site.report(request, "status", {"status": "completed"}) == 404
    assert site.report(request, "heartbeat") == 404
    assert len(receiver.requests) == 1
    # Nobody else is told the address.
    code = ADDRESS.fullmatch(request["headers"]["Simple-Scheduler-Callback"]).group(1).rsplit(".", 1)[1]
    assert all(code not in program.log() for program in world.programs)
    assert code not in json.dumps(run, default=str) and code not in json.dumps(world.job(job), default=str)


@pytest.mark.both_stores(bus="none")
def test_without_an_address_to_report_at_a_202_fails_the_attempt(world, receiver):
    job = world.insert("nowhere", next_run_at=after(1), delivery=http(receiver))
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="failed")
    assert "202" in run["error"] and "SIMPLE_SCHEDULER_PUBLIC_URL" in run["error"]
    assert "Simple-Scheduler-Callback" not in receiver.requests[0]["headers"]


@pytest.mark.both_stores(bus="none")
def test_a_receiver_that_falls_silent_has_lost_the_run_and_its_address(world, receiver):
    job = world.insert(
        "silent", next_run_at=after(1), delivery=http(receiver, signingSecrets=["sixteen characters"]), heartbeat_timeout=700)
    site = Site(world)
    first, second = requests_of(world, receiver, 2)[:2]
    assert 0.6 < second["at"] - first["at"] < 4
    assert first["headers"]["webhook-id"] == second["headers"]["webhook-id"] == first["headers"]["Idempotency-Key"]
    assert (first["headers"]["Simple-Scheduler-Attempt"], second["headers"]["Simple-Scheduler-Attempt"]) == ("1", "2")
    assert first["headers"]["Simple-Scheduler-Callback"] != second["headers"]["Simple-Scheduler-Callback"]
    assert site.report(first, "status", {"status": "completed"}) == 404
    assert site.report(second, "status", {"status": "completed"}) == 204
    [run] = world.wait_for_runs(job, 1, status="completed")
    assert [row["status"] for row in run["attempts"]] == ["lost", "completed"]
    assert run["attempts"][0]["http"]["status"] == 202


@pytest.mark.both_stores(bus="none")
def test_heartbeats_keep_a_run_alive_and_no_others_do(world, receiver):
    job = world.insert("alive", next_run_at=after(1), delivery=http(receiver), heartbeat_timeout=1500)
    site = Site(world)
    [request] = requests_of(world, receiver, 1)
    until = time.time() + 4
    while time.time() < until:
        assert site.report(request, "heartbeat") == 204
        time.sleep(0.3)  # a receiver's rhythm
    assert len(receiver.requests) == 1
    assert site.report(request, "status", {"status": "completed"}) == 204
    world.wait_for_runs(job, 1, status="completed")


@pytest.mark.both_stores(bus="none")
def test_a_receiver_is_told_to_stop_and_its_answer_to_that_is_ignored(world, receiver):
    later = receiver.answer
    receiver.answer = lambda request: (
        (500, {}, b"no") if request["headers"]["Simple-Scheduler-Action"] == "cancel" else later(request))
    job = world.insert(
        "stopped", next_run_at=after(1), payload={"a": 1},
        delivery=http(receiver, signingSecrets=["sixteen characters"], headers={"X-Team": "ops"}))
    site = Site(world)
    requests_of(world, receiver, 1)
    [run] = world.wait_for_runs(job, 1, status="running")
    wait_until_accepted(world, run)
    world.user().cancel(run["_id"])
    asked, told = requests_of(world, receiver, 2, timeout=5)
    assert (told["method"], told["path"], told["body"]) == (asked["method"], asked["path"], b"")
    headers = told["headers"]
    assert headers["Simple-Scheduler-Action"] == "cancel" and headers["X-Team"] == "ops"
    assert headers["Idempotency-Key"] == headers["webhook-id"] == f"{run['_id']}.cancel"
    assert headers["Simple-Scheduler-Run-Id"] == str(run["_id"])
    assert headers["Simple-Scheduler-Callback"] == asked["headers"]["Simple-Scheduler-Callback"]
    assert world.run(run["_id"])["status"] == "cancelling"
    assert site.report(asked, "status", {"status": "running"}) == 409
    assert site.report(asked, "status", {"status": "cancelled"}) == 204
    world.wait_for_status(run["_id"], "cancelled")
    assert len(receiver.requests) == 2


@pytest.mark.both_stores(bus="none")
def test_a_receiver_that_is_silent_after_a_cancel_is_waited_for_no_longer_than_its_heartbeat(world, receiver):
    job = world.insert(
        "mute", next_run_at=after(1), delivery=http(receiver), run_execution_timeout=600, heartbeat_timeout=1200)
    Site(world)
    asked, told = requests_of(world, receiver, 2)
    assert told["headers"]["Simple-Scheduler-Action"] == "cancel"
    [run] = world.wait_for_runs(job, 1, status="cancelled")
    assert len(receiver.requests) == 2 and "600 ms" in run["error"]


@pytest.mark.both_stores(bus="none")
def test_the_next_run_of_a_serial_job_follows_a_report_at_once(world, receiver):
    job = world.insert("serial", interval=500, next_run_at=after(1), delivery=http(receiver), allow_concurrent_runs=False)
    site = Site(world, CACHE_REFRESH_INTERVAL=60_000)
    [first] = requests_of(world, receiver, 1)
    [run] = world.wait_for_runs(job, 1, status="running")
    world.eventually(lambda: len(world.runs_of(job)) >= 3, 5, "runs that wait")
    assert len(receiver.requests) == 1
    begin = time.time()
    assert site.report(first, "status", {"status": "completed"}) == 204
    _, second = requests_of(world, receiver, 2, timeout=5)[:2]
    assert second["at"] - begin < 2
    assert world.run(run["_id"])["status"] == "completed"


@pytest.mark.both_stores(bus="none")
def test_a_failure_that_is_reported_is_tried_again_after_its_backoff(world, receiver):
    job = world.insert(
        "failing", next_run_at=after(1), delivery=http(receiver), maxAttempts=2,
        retryBackoff={"initial": 400, "factor": 1, "max": 400})
    site = Site(world, CACHE_REFRESH_INTERVAL=60_000)
    [first] = requests_of(world, receiver, 1)
    begin = time.time()
    assert site.report(first, "status", {"status": "failed", "error": "disk full"}) == 204
    _, second = requests_of(world, receiver, 2, timeout=5)
    assert 0.3 < second["at"] - begin < 2
    assert site.report(second, "status", {"status": "failed", "error": "still full"}) == 204
    [run] = world.wait_for_runs(job, 1, status="failed")
    assert [row["error"] for row in run["attempts"]] == ["disk full", "still full"]
    assert run["error"] == "still full"


@pytest.mark.both_stores(bus="none")
def test_a_crash_after_a_202_changes_nothing_for_the_receiver(world, receiver):
    job = world.insert("outlives", next_run_at=after(1), delivery=http(receiver))
    site = Site(world, HEARTBEAT_TIMEOUT=1500)
    [request] = requests_of(world, receiver, 1)
    [run] = world.wait_for_runs(job, 1, status="running")
    wait_until_accepted(world, run)
    owner = world.owner(job)
    site.scheduler.kill9()
    world.custodian()
    site.start()
    world.eventually(lambda: world.owner(job) not in (None, owner), 15, "a new owner")
    time.sleep(1)
    assert len(receiver.requests) == 1, "it was sent again, though its receiver has it"
    assert site.report(request, "status", {"status": "completed", "result": 7}) == 204
    assert world.wait_for_status(run["_id"], "completed")["result"] == 7


@pytest.mark.both_stores(bus="none")
def test_a_report_that_is_there_before_the_answer_counts(world, receiver):
    answers = []

    def answer(request):
        answers.append(site.report(request, "status", {"status": "completed", "result": "early"}))
        return 202, {}, b""

    site = Site(world)
    receiver.answer = answer
    job = world.insert("early", next_run_at=after(1), delivery=http(receiver))
    [run] = world.wait_for_runs(job, 1, status="completed")
    assert answers == [204] and run["result"] == "early" and len(receiver.requests) == 1


@pytest.mark.both_stores(bus="none")
def test_reports_that_cannot_be_taken_say_so_and_change_nothing(world, receiver):
    job = world.insert("hostile", next_run_at=after(1), delivery=http(receiver))
    site = Site(world)
    [request] = requests_of(world, receiver, 1)
    [run] = world.wait_for_runs(job, 1, status="running")
    for body, code in [
        (b"", 422), (b"{", 422), (b"[]", 422), (b"\xff", 422), (b'{"status": "pending"}', 422), (b'{"status": "done"}', 422),
        (b'{"status": "completed", "attempt": 2}', 422), (b'{"status": "completed", "progress": "much"}', 422),
        (b'{"status": "completed", "result": "' + b"r" * 65_536 + b'"}', 413), (b" " * (1 << 20) + b"{}", 413),
    ]:
        assert site.report(request, "status", body) == code, body[:60]
    address = ADDRESS.fullmatch(request["headers"]["Simple-Scheduler-Callback"]).group(1)
    other = address.replace(str(run["_id"]), "0" * 24)
    for path in [other, address[:-1], address + "A", address.replace(".1.", ".2.")]:
        assert requests.post(f"{site.url}{path}/status", data=b'{"status": "completed"}', timeout=10).status_code == 404, path
    assert requests.get(f"{site.url}{address}/status", timeout=10).status_code == 405
    assert world.run(run["_id"])["status"] == "running"
    assert site.report(request, "status", {"status": "completed"}) == 204


@pytest.mark.both_stores(bus="none")
def test_the_example_receiver_works_later(world):
    program = world.script(
        [sys.executable, "-u", str(REPOSITORY / "examples" / "http-worker" / "worker.py"), "--port", "0"], "http-worker")
    url = world.eventually(lambda: re.search(r"http://127\.0\.0\.1:\d+/", program.log()), 10, "the example to listen").group(0)
    world.scheduler(PUBLIC_URL=world.api().url)
    job = world.insert(
        "example", next_run_at=after(1), delivery={"http": {"url": url}}, payload={"seconds": 1, "later": True},
        heartbeat_timeout=5000)
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=15)
    assert run["result"] == {"greeting": "hello, I waited 1 s"} and run["attempts"][0]["http"]["status"] == 202
