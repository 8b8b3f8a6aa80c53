# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Requests made through the API take effect at once, and also when the broker is away meanwhile."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from harness.bus import KINDS, part
from harness.documents import now
from harness.proxy import Proxy
from harness.waiting import throughout
from harness.worker import complete, running, status


@pytest.fixture
def proxy(world):
    """The way of the programs to the broker; the tests and their workers have a way of their own."""
    address = urlsplit(world.environment.rabbitmq)
    proxy = world.closing(Proxy(address.hostname, address.port).open())
    proxy.url = f"amqp://{address.username}:{address.password}@127.0.0.1:{proxy.port}/"
    return proxy


def made(world, api, suffix, **fields):
    name = world.name(suffix)
    answer = api.post("/api/jobs", {"name": name, "interval": 3_600_000, "enabled": False} | fields)
    assert answer.status_code == 201, answer.text
    return name


def run_of(world, api, job):
    """A run that a worker is at."""
    run = api.post(f"/api/jobs/{job}/run").json()["id"]
    world.eventually(lambda: api.get(f"/api/runs/{run}").json()["status"] == "running", 10, "the run to start")
    return run


def ended(world, api, run, word, timeout=10):
    world.eventually(lambda: api.get(f"/api/runs/{run}").json()["status"] == word, timeout, f"run {run} to be {word}")


@pytest.mark.both_stores
def test_a_cancel_takes_effect_at_once(world):
    api = world.api_client()
    world.scheduler(CLEANUP_INTERVAL="5000", CACHE_REFRESH_INTERVAL="5000")
    job = made(world, api, "at-once")
    worker = world.worker(job, running)
    run = run_of(world, api, job)
    begin = time.time()
    answer = api.post(f"/api/runs/{run}/cancel")
    assert answer.status_code == 202
    [cancel] = world.wait_for_actions(worker, 1, kind="cancel")
    assert cancel.arrival - begin < 0.5, f"the cancel took {cancel.arrival - begin:.3f} s"
    ended(world, api, run, "cancelled")
    answer = api.post(f"/api/runs/{run}/cancel")
    assert answer.status_code == 409 and answer.json()["runStatus"] == "cancelled"


def test_without_its_broker_the_api_is_heard_at_the_next_sweep(world, proxy):
    api = world.api_client(MESSAGEBUS_CONNECTION_STRING=proxy.url)
    world.scheduler()
    job = made(world, api, "unheard")
    worker = world.worker(job, running)
    run = run_of(world, api, job)
    proxy.close()
    assert api.post(f"/api/runs/{run}/cancel").status_code == 202
    world.wait_for_actions(worker, 1, kind="cancel", timeout=5)
    ended(world, api, run, "cancelled")
    second = api.post(f"/api/jobs/{job}/run").json()["id"]
    ended(world, api, second, "running")


def test_requests_made_while_the_broker_is_away_are_done_when_it_is_back(world, proxy):
    api = world.api_client(MESSAGEBUS_CONNECTION_STRING=proxy.url)
    world.scheduler(MESSAGEBUS_CONNECTION_STRING=proxy.url)
    cancelled, triggered = made(world, api, "cancelled"), made(world, api, "triggered")
    worker = world.worker([cancelled, triggered], running)
    world.wait_until_served([cancelled, triggered])
    run = run_of(world, api, cancelled)
    proxy.close()
    world.eventually(
        lambda: "not connected" in api.get("/readyz").json()["checks"]["messagebus"]["detail"], 10,
        "the API to notice")
    assert api.post(f"/api/runs/{run}/cancel").status_code == 202
    requested = api.post(f"/api/jobs/{triggered}/run").json()["id"]
    withdrawn = api.post(f"/api/jobs/{triggered}/run").json()["id"]
    throughout(
        lambda: [api.get(f"/api/runs/{id}").json()["status"] for id in (run, requested)] == ["cancelling", "pending"], 1.5,
        "the wishes to wait for the broker")
    assert api.post(f"/api/runs/{withdrawn}/cancel").status_code == 202
    proxy.open()
    ended(world, api, run, "cancelled", timeout=20)
    ended(world, api, requested, "running", timeout=20)
    ended(world, api, withdrawn, "cancelled", timeout=20)
    assert not worker.for_run(withdrawn, "run"), "a run that was cancelled before it left was published"


def test_a_job_deleted_while_the_broker_is_away_is_cleared_when_it_is_back(world, proxy):
    api = world.api_client(MESSAGEBUS_CONNECTION_STRING=proxy.url)
    world.scheduler(MESSAGEBUS_CONNECTION_STRING=proxy.url)
    idle, busy = made(world, api, "idle", enabled=True, interval=300), made(world, api, "busy")
    world.worker(idle, complete)
    worker = world.worker(busy, lambda action: [status("running" if action.kind == "run" else "cancelled")])
    world.wait_for_runs(idle, 2, status="completed")
    run = run_of(world, api, busy)
    proxy.close()
    deleted = now()
    for job in (idle, busy):
        assert api.delete(f"/api/jobs/{job}").status_code == 204
        assert api.get(f"/api/jobs/{job}").status_code == 404
    # The refresh (0.5 s) and the batch then in flight.
    late = {"jobName": idle, "scheduledTime": {"$gt": deleted + timedelta(seconds=1.5)}}
    throughout(lambda: not world.runs.find_one(late), 2.5, "a deleted job does not fire")
    proxy.open()
    world.wait_for_actions(worker, 1, kind="cancel", timeout=20)
    ended(world, api, run, "cancelled")
    world.eventually(
        lambda: all(world.broker.depth(part(job, kind)) is None for job in (idle, busy) for kind in KINDS), 30,
        "the end of the queues", every=0.2)
    world.eventually(lambda: not world.db.deletions.count_documents({}), 25, "the end of the notes", every=0.2)
    assert {run["status"] for run in world.runs_of(idle)} <= {"completed", "cancelled"}
