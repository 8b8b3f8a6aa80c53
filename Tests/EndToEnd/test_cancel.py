# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Cancels through the API: at once where nobody knows of the run, by an action where somebody does."""

import time
from urllib.parse import urlsplit

import pytest

from harness.documents import after, present
from harness.proxy import Proxy
from harness.waiting import throughout
from harness.worker import complete, running, status


@pytest.mark.both_stores
def test_a_running_run_is_cancelled_at_once_by_a_hint(world):
    job = world.insert("running", next_run_at=after(1))
    worker = world.worker(job, running)
    world.scheduler(CLEANUP_INTERVAL="5000", CACHE_REFRESH_INTERVAL="5000")
    run = world.wait_for_runs(job, 1, status="running")[0]["_id"]
    begin = time.time()
    assert world.user().cancel(run) == "cancelling"
    [cancel] = world.wait_for_actions(worker, 1, kind="cancel")
    assert cancel.arrival - begin < 0.3, f"the cancel took {cancel.arrival - begin:.3f} s"
    assert cancel.message_id == f"{run}:cancel:1"
    document = world.wait_for_status(run, "cancelled")
    assert present(document["endTime"]) and [row["status"] for row in document["attempts"]] == ["cancelled"]
    throughout(lambda: len(worker.for_run(run)) == 2, 0.7, "nothing is published again")


@pytest.mark.both_stores
def test_waiting_runs_are_cancelled_at_once_and_a_cancelled_one_makes_room(world):
    job = world.insert("serial", next_run_at=after(3600), interval=3_600_000, allow_concurrent_runs=False)
    worker = world.worker(job, running)
    world.scheduler()
    world.wait_until_served([job])
    user = world.user()
    first = user.trigger(job)
    world.wait_for_status(first, "running")
    second, third = user.trigger(job), user.trigger(job)
    throughout(lambda: {world.run(run)["status"] for run in (second, third)} == {"pending"}, 0.5, "two that wait")
    assert user.cancel(second) == "cancelled"
    assert user.cancel(first) == "cancelling"
    world.wait_for_status(first, "cancelled")
    world.wait_for_status(third, "running")
    assert not worker.for_run(second)


def test_a_run_that_never_left_is_cancelled_although_the_broker_is_away(world):
    address = urlsplit(world.environment.rabbitmq)
    proxy = Proxy(address.hostname, address.port)
    job = world.insert("held-back", next_run_at=after(3600), interval=3_600_000)
    worker = world.worker(job, complete)
    world.closing(proxy.open())
    world.scheduler(MESSAGEBUS_CONNECTION_STRING=f"amqp://{address.username}:{address.password}@127.0.0.1:{proxy.port}/")
    world.wait_until_served([job])
    proxy.close()
    world.jobs.update_one({"_id": job}, {"$set": {"nextRunAt": after(0.2)}})
    run = world.wait_for_runs(job, 1)[0]["_id"]
    throughout(lambda: not worker.for_run(run), 0.3, "no action without a broker")
    assert world.user().cancel(run) == "cancelling"
    document = world.wait_for_status(run, "cancelled")
    assert present(document["endTime"]) and "attempts" not in document
    proxy.open()
    throughout(lambda: not worker.for_run(run), 2, "a cancelled run is not published")


@pytest.mark.both_stores
def test_a_silent_worker_does_not_keep_a_cancelled_run(world):
    job = world.insert("deaf", next_run_at=after(1), heartbeat_timeout=700)
    world.worker(job, lambda action: [status("running")] if action.kind == "run" else [])
    world.scheduler()
    run = world.wait_for_runs(job, 1, status="running")[0]["_id"]
    world.user().cancel(run)
    world.wait_for_status(run, "cancelled", timeout=6)
