# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Deleted jobs: their runs end, their objects go, and a new job of the name starts clean."""

import pytest

from harness.bus import KINDS, part
from harness.documents import after, now
from harness.waiting import throughout
from harness.worker import complete, running, status


def objects(world, job):
    return [kind for kind in KINDS if world.broker.depth(part(job, kind)) is not None]


def gone(world, job, timeout=10):
    world.eventually(
        lambda: not objects(world, job), timeout, f"the end of the objects of {job}", every=0.2)


@pytest.mark.both_stores
def test_a_deleted_job_fires_no_more_and_leaves_nothing(world):
    job = world.insert("idle", next_run_at=after(1), interval=300)
    world.scheduler()
    world.custodian()
    world.worker(job, complete)
    world.wait_for_runs(job, 3, status="completed")
    world.user().delete(job)
    gone(world, job)
    count = len(world.runs_of(job))
    throughout(lambda: len(world.runs_of(job)) == count, 1, "it fires no more")
    assert {run["status"] for run in world.runs_of(job)} <= {"completed", "cancelled"}


@pytest.mark.both_stores
def test_active_runs_are_cancelled_and_followed_to_their_end(world):
    job = world.insert("busy", next_run_at=after(1), interval=400, allow_concurrent_runs=False)
    world.scheduler()
    worker = world.worker(job, lambda action: [status("running")] if action.kind == "run" else [])
    world.wait_for_runs(job, 1, status="running")
    world.wait_for_runs(job, 2, status="pending")
    [active] = world.runs_of(job, status="running")
    world.user().delete(job)
    [cancel] = world.wait_for_actions(worker, 1, kind="cancel")
    assert cancel.run == str(active["_id"])
    world.eventually(
        lambda: len([run for run in world.runs_of(job) if run["status"] != "cancelled"]) == 1, 5,
        "the end of those that waited")
    assert objects(world, job) == list(KINDS), "the objects went before the last run had ended"
    world.broker.status(job, active["_id"], "completed")
    world.wait_for_status(active["_id"], "completed")
    gone(world, job)
    assert {a.run for a in worker.of(job)} == {str(active["_id"])}


def test_a_job_deleted_while_nobody_was_there_is_cleared_later(world):
    job = world.insert("alone", next_run_at=after(1))
    scheduler = world.scheduler()
    world.worker(job, running)
    run = world.wait_for_runs(job, 1, status="running")[0]["_id"]
    scheduler.term()
    assert scheduler.wait(10) == 0
    world.user().delete(job)
    assert "deadline" not in world.run(run)
    world.scheduler()
    world.wait_for_status(run, "cancelled", timeout=10)
    gone(world, job)


def test_a_job_made_again_starts_clean(world):
    first = after(1.5)
    job = world.insert("twice", next_run_at=first, interval=500, allow_concurrent_runs=False)
    world.scheduler()
    world.worker(job, lambda action: [status("running")] if action.kind == "run" else [])
    [old] = world.wait_for_runs(job, 1, status="running")
    world.eventually(lambda: world.runs_of(job, waiting=True), 5, "one that waits")
    user = world.user()
    user.delete(job)
    user.make_again(job, next_run_at=first, interval=500, allow_concurrent_runs=False)
    # The old run is still at a worker; the new job does not wait for it, and fires the slot anew.
    new = world.eventually(
        lambda: [run for run in world.runs_of(job, status="running", retired=None) if run["_id"] != old["_id"]],
        8, "a run of the new job")[0]
    # What is said of the old run changes the old run.
    world.broker.status(job, old["_id"], "cancelled")
    world.wait_for_status(old["_id"], "cancelled")
    world.broker.status(job, new["_id"], "completed")
    world.wait_for_status(new["_id"], "completed")
    world.eventually(lambda: not world.db.deletions.find_one({"_id": job}), 5, "the end of the tombstone")
    assert objects(world, job) == list(KINDS)
    assert world.eventually(lambda: len(world.runs_of(job, retired=None)) >= 3, 5, "further runs")


@pytest.mark.both_stores
def test_jobs_made_again_and_again_through_the_api_fire_their_slot_each_time(world, store):
    """Under one name, for one slot, as fast as it goes: each job fires it once, and its end is the end of its run."""
    world.scheduler()
    world.scheduler()
    world.custodian()
    api = world.api_client()
    jobs, slot = [world.name(f"hurry-{number}") for number in range(6)], now()
    made = {"interval": 3_600_000, "nextRunAt": slot.isoformat(timespec="milliseconds") + "Z", "heartbeatTimeout": 1_000}
    for number in range(1, 9):
        for job in jobs:
            assert api.post("/api/jobs", {"name": job, **made}).status_code == 201
        for job in jobs:
            world.wait_for_runs(job, number, scheduledTime=slot)
        if number == 8:
            break
        for job in jobs:
            assert api.delete(f"/api/jobs/{job}").status_code == 204
    for job in jobs:
        runs = world.wait_for_runs(job, 7, timeout=20, status="cancelled")
        [last] = world.runs_of(job, status="pending")
        assert len(world.runs_of(job)) == 8
        if store == "mongodb":
            assert all(run["retired"] and "trigger" not in run for run in runs) and "retired" not in last
            # Each job's epoch is later than the one before by its first lock and one more.
            assert last["lockEpoch"] == world.job(job)["lockEpoch"] >= 15
        world.eventually(lambda job=job: objects(world, job) == list(KINDS), 10, f"the objects of {job}")


def test_two_schedulers_do_not_bring_the_objects_back(world):
    jobs = [world.insert(f"many-{n}", next_run_at=after(1), interval=400, heartbeat_timeout=800) for n in range(6)]
    world.scheduler(MAX_JOBS="3")
    world.scheduler(MAX_JOBS="3")
    world.custodian()
    worker = world.worker(jobs, complete)
    for job in jobs:
        world.wait_for_runs(job, 1, status="completed")
    worker.end()
    user = world.user()
    for job in jobs:
        user.delete(job)
    for job in jobs:
        gone(world, job)
    world.eventually(lambda: not world.db.deletions.count_documents({}), 25, "the end of the tombstones", every=0.5)
    assert not any(objects(world, job) for job in jobs)
