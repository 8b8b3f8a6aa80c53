# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Where requests may go, and what answers do beyond ending a run (contract, 9)."""

import time
from email.utils import formatdate

import pytest

from harness.documents import after
from harness.receiver import Receiver

DEFAULT = {"HTTP_DENIED_NETWORKS": None}
"""The harness lets receivers be on this machine; here nothing is set."""


@pytest.fixture
def receiver(world):
    receiver = Receiver()
    world.closing(receiver)
    return receiver


def hook(url, **fields):
    return {"http": {"url": url} | fields}


def port(receiver):
    return receiver.server.server_port


def test_nobody_on_the_machine_is_called_by_any_name(world, receiver):
    left_alone = world.insert("literal", next_run_at=after(1), delivery=hook(f"http://127.0.0.1:{port(receiver)}/"))
    spelled = world.insert("spelled", next_run_at=after(1), delivery=hook(f"http://0x7f.1:{port(receiver)}/"))
    job = world.insert("named", next_run_at=after(1), delivery=hook(f"http://LocalHost.:{port(receiver)}/"), maxAttempts=2,
                       retryBackoff={"initial": 100, "factor": 1, "max": 100})
    scheduler = world.scheduler(**DEFAULT)
    [run] = world.wait_for_runs(job, 1, status="failed", timeout=15)
    assert run["error"] in ("address not allowed: 127.0.0.1 (loopback)", "address not allowed: ::1 (loopback)")
    assert [row["error"] for row in run["attempts"]] == [run["error"]] * 2
    assert all("status" not in row["http"] and row["http"]["resolve"] >= 0 for row in run["attempts"])
    assert world.runs_of(left_alone) == [] and world.runs_of(spelled) == []
    assert "address not allowed: 127.0.0.1 (loopback)" in scheduler.log()
    assert receiver.requests == []


def test_what_is_named_is_called_and_with_a_list_nothing_else(world, receiver):
    other = Receiver()
    world.closing(other)
    job = world.insert("named", next_run_at=after(1), delivery=hook(f"http://localhost:{port(receiver)}/x"))
    refused = world.insert("refused", next_run_at=after(1), delivery=hook(f"http://localhost.localdomain:{port(other)}/"))
    world.scheduler(**DEFAULT, HTTP_ALLOWED_HOSTS=f"localhost:{port(receiver)},10.0.0.0/8")
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=15)
    [row] = run["attempts"]
    assert row["http"]["status"] == 200 and row["http"]["address"] == "127.0.0.1"
    parts = [row["http"][name] for name in ("resolve", "connect", "firstByte", "total")]
    assert all(part >= 0 for part in parts) and parts[2] <= parts[3] and "tls" not in row["http"]
    assert receiver.requests[0]["headers"]["Host"] == f"localhost:{port(receiver)}"
    [run] = world.wait_for_runs(refused, 1, status="failed", timeout=15)
    assert "not allowed" in run["error"] or "name not found" in run["error"]
    assert other.requests == []


@pytest.mark.both_stores(bus="none")
def test_a_retry_after_puts_the_next_attempt_off(world, receiver):
    def answer(request):
        if request["headers"]["Simple-Scheduler-Attempt"] == "1":
            return 503, {"Retry-After": "2"}, b""
        if request["headers"]["Simple-Scheduler-Attempt"] == "2":
            return 429, {"Retry-After": formatdate(time.time() + 3, usegmt=True)}, b""
        return 200, {}, b"{}"

    receiver.answer = answer
    job = world.insert("later", next_run_at=after(1), delivery=hook(receiver.url), maxAttempts=3,
                       retryBackoff={"initial": 100, "factor": 1, "max": 100})
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=20)
    one, two, three = (request["at"] for request in receiver.requests)
    assert 1.9 < two - one < 6 and 1.5 < three - two < 7
    assert [row["http"]["status"] for row in run["attempts"]] == [503, 429, 200]


@pytest.mark.both_stores(bus="none")
def test_gone_disables_the_job(world, receiver):
    receiver.answer = lambda request: (410, {}, b"moved out")
    job = world.insert("gone", next_run_at=after(1), interval=200, delivery=hook(receiver.url), maxAttempts=9)
    scheduler = world.scheduler()
    world.eventually(lambda: not world.job(job)["enabled"], 15, "the job to be disabled")
    time.sleep(1)
    count = len(receiver.requests)
    time.sleep(1.5)
    assert len(receiver.requests) == count
    for run in world.runs_of(job):
        assert (run["status"], run["error"]) == ("failed", "HTTP 410: moved out") and len(run["attempts"]) == 1
    assert "410" in scheduler.log()
