# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Receivers that agree on HTTP/2 and then do what they should not: an error in one line, little memory, and nobody else is held up."""

import pytest

from harness.authority import Authority
from harness.documents import after, now, seconds
from harness.hostile_http2 import WAYS, HostileServer
from harness.receiver import Receiver
from test_http_receivers import hook, tls_file

pytestmark = [pytest.mark.without_servers, pytest.mark.alone]

CLOSED = "the connection was closed before the whole answer was there"
ERRORS = {"timeout after 1 s", CLOSED, "the connection was broken off", "the answer is not HTTP as it should be"}


@pytest.fixture(scope="module")
def store():
    return "sqlite-none"


@pytest.mark.parametrize("way", WAYS)
def test_a_hostile_server_harms_itself_alone(world, way):
    authority = Authority(world.folder)
    server = world.closing(HostileServer(authority.issue("localhost"), way))
    receiver = world.closing(Receiver())
    program = world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    jobs = [world.insert(f"hostile-{number}", next_run_at=after(1), interval=400, allow_concurrent_runs=True,
                         delivery=hook(f"https://localhost:{server.port}/", timeout=1000)) for number in range(4)]
    quiet = world.insert("quiet", next_run_at=after(1), interval=100, delivery=hook(receiver.url))
    begun, most = now(), 0
    for job in jobs:
        # Each has ended at least eight times.
        def ended():
            nonlocal most
            most = max(most, program.rss_bytes())
            return len([run for run in world.runs_of(job) if run["status"] in ("failed", "completed")]) >= 8

        world.eventually(ended, 30, f"runs of {job} to end", every=0.1)
    runs = [run for job in jobs for run in world.runs_of(job)]
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
