# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Runs that somebody asked for: at once, in the queue's order, and without touching the schedule."""

import time

import pytest

from harness.documents import after
from harness.users import User
from harness.worker import complete, running


def idle(world, suffix, **fields):
    return world.insert(suffix, **({"next_run_at": after(3600), "interval": 3_600_000} | fields))


@pytest.mark.both_stores
def test_a_manual_run_comes_at_once_by_a_hint(world):
    job = idle(world, "asked", payload="the job's")
    slot = world.job(job)["nextRunAt"]
    worker = world.worker(job, complete)
    world.scheduler(CLEANUP_INTERVAL="5000", CACHE_REFRESH_INTERVAL="5000")
    world.wait_until_served([job])
    user = world.user()
    waits = []
    for payload in ({"n": 1}, None, [1]):
        begin = time.time()
        run = user.trigger(job, **({} if payload is None else {"payload": payload}))
        action = world.eventually(lambda: worker.for_run(run), 5, "the action")[0]
        waits.append(action.arrival - begin)
        assert action.body["payload"] == (payload or "the job's") and "scheduledTime" not in action.body
        world.wait_for_status(run, "completed")
    assert min(waits) < 0.1, f"it took {waits}"
    assert world.job(job)["nextRunAt"] == slot, "the schedule was touched"


def test_without_a_hint_the_next_sweep_finds_it_and_a_disabled_job_runs_it(world):
    job = idle(world, "disabled", enabled=False, allow_concurrent_runs=False)
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_until_owned(job)
    run = User(world, hints=False).trigger(job)
    world.wait_for_status(run, "completed")
    assert len(worker.of(job)) == 1


@pytest.mark.both_stores
def test_manual_runs_of_a_serial_job_queue_in_order(world):
    job = idle(world, "queue", allow_concurrent_runs=False)
    worker = world.worker(job, running)
    world.scheduler()
    world.wait_until_served([job])
    user = world.user()
    runs = []
    for _ in range(3):
        runs.append(user.trigger(job))
        time.sleep(0.02)
    for place, run in enumerate(runs):
        world.wait_for_status(run, "running")
        assert [a.run for a in worker.of(job)] == [str(r) for r in runs[:place + 1]]
        world.broker.status(job, run, "completed")
    world.wait_for_status(runs[-1], "completed")


def test_a_manual_run_waits_until_somebody_holds_its_job(world):
    job = idle(world, "unheld")
    worker = world.worker(job, complete)
    run = User(world, hints=False).trigger(job)
    world.scheduler()
    world.wait_for_status(run, "completed", timeout=10)
    assert len(worker.for_run(run)) == 1
