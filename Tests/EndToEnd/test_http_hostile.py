# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Receivers that do what they should not: an error in one line, little memory, and nobody else is held up."""

import pytest

from harness.authority import Authority
from harness.documents import after, now, seconds
from harness.hostile_http1 import WAYS as HTTP1_WAYS
from harness.hostile_http1 import PlainServer
from harness.hostile_http2 import FLOODS, WAYS, HostileServer
from harness.receiver import Receiver
from test_http_receivers import hook, tls_file

pytestmark = pytest.mark.without_servers

CLOSED = "the connection was closed before the whole answer was there"
BROKEN = "the answer is not HTTP as it should be"
ERRORS = {"timeout after 1 s", CLOSED, "the connection was broken off", BROKEN}


@pytest.fixture(scope="module")
def store():
    return "sqlite-none"


def ended(world, job):
    return [run for run in world.runs_of(job) if run["status"] in ("failed", "completed")]


@pytest.mark.alone
@pytest.mark.parametrize("way", FLOODS)
def test_a_flood_over_http_2_fills_no_memory_and_holds_up_nobody(world, way):
    authority = Authority(world.folder)
    server = world.closing(HostileServer(authority.issue("localhost"), way))
    receiver = world.closing(Receiver())
    program = world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    jobs = [world.insert(f"hostile-{number}", next_run_at=after(1), interval=400, allow_concurrent_runs=True,
                         delivery=hook(f"https://localhost:{server.port}/", timeout=1000)) for number in range(4)]
    quiet = world.insert("quiet", next_run_at=after(1), interval=100, delivery=hook(receiver.url))
    begun, most = now(), 0

    def all_ended():
        nonlocal most
        most = max(most, program.rss_bytes())
        return all(len(ended(world, job)) >= 8 for job in jobs)

    world.eventually(all_ended, 30, "the runs to end", every=0.1)
    runs = [run for job in jobs for run in ended(world, job)]
    errors = {run["error"] for run in runs if run["status"] == "failed"}
    assert errors <= ERRORS, errors
    # An endless body is an answer: its beginning is kept.
    assert any(run["status"] == ("completed" if way == "body" else "failed") for run in runs)
    assert most < 150 << 20, f"{most >> 20} MiB"
    assert server.open <= 8
    slots = {str(run["_id"]): run["scheduledTime"] for run in world.runs_of(quiet)}
    lags = [request["at"] - seconds(slots[request["headers"]["Idempotency-Key"]]) for request in list(receiver.requests)
            if slots.get(request["headers"]["Idempotency-Key"], begun) > begun]
    assert len(lags) > 15 and sorted(lags)[int(len(lags) * 0.9)] < 0.3, sorted(lags)[-5:]


def test_servers_that_break_the_rules_of_http_2_harm_themselves_alone(world):
    authority = Authority(world.folder)
    certificate = authority.issue("localhost")
    program = world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    jobs = {}
    for number, way in enumerate(way for way in WAYS if way not in FLOODS):
        server = world.closing(HostileServer(certificate, way))
        jobs[way] = world.insert(f"hostile-{number}", next_run_at=after(1), interval=500, allow_concurrent_runs=True,
                                 delivery=hook(f"https://localhost:{server.port}/", timeout=1000))
    for way, job in jobs.items():
        world.eventually(lambda: len(ended(world, job)) >= 4, 30, f"runs of {way} to end", every=0.1)
    world.update(*jobs.values(), enabled=False)
    for way, job in jobs.items():
        errors = {run["error"] for run in world.runs_of(job, status="failed")}
        if way in ("status 999", "status 999 and body"):
            assert any(error.startswith("HTTP 999") for error in errors) and {
                error for error in errors if not error.startswith("HTTP 999")} <= ERRORS, errors
        elif way == "after its end" or way.startswith("before the request"):
            assert world.runs_of(job, status="completed") and errors <= ERRORS, errors
        else:
            assert errors and errors <= ERRORS, (way, errors)
            assert not world.runs_of(job, status="completed"), way
    assert program.rss_bytes() < 150 << 20


def test_answers_of_http_1_that_are_out_of_the_ordinary_are_told_in_one_line(world):
    program = world.scheduler()
    jobs = {}
    for number, (way, (first, endless, _)) in enumerate(HTTP1_WAYS.items()):
        server = world.closing(PlainServer(first, endless))
        jobs[way] = world.insert(f"answer-{number}", next_run_at=after(1), interval=500, allow_concurrent_runs=True,
                                 delivery=hook(f"http://127.0.0.1:{server.port}/", timeout=1000))
    for way, job in jobs.items():
        world.eventually(lambda: len(ended(world, job)) >= 3, 30, f"runs of {way} to end", every=0.1)
    world.update(*jobs.values(), enabled=False)
    for way, job in jobs.items():
        ends = {run.get("error") or run.get("result") for run in ended(world, job)}
        wanted = HTTP1_WAYS[way][2]
        assert all(end == wanted or isinstance(wanted, set) and end in wanted for end in ends), (way, ends)
    assert program.rss_bytes() < 150 << 20
