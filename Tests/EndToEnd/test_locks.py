# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Who owns a job, and how it changes hands (contract, 1 and 4)."""

import socket
import time
from collections import Counter
from datetime import timedelta

import pytest
from bson import ObjectId

from harness import checks
from harness.documents import ZERO_ID, after, go_job, now
from harness.outages import Outages
from harness.waiting import throughout
from harness.worker import complete, silent

TIMEOUT = 3.0
"""HEARTBEAT_TIMEOUT of the quick settings, in seconds."""


def owners(world, names):
    return {job["_id"]: job.get("managerId") for job in world.jobs.find({"_id": {"$in": list(names)}})}


def insert_many(world, count, **fields):
    names = [world.name(f"job-{k}") for k in range(count)]
    world.jobs.insert_many(go_job(name, **fields) for name in names)
    return names


def test_a_scheduler_locks_jobs_and_beats_in_managers(world):
    names = insert_many(world, 3, next_run_at=after(3600), interval=1000)
    scheduler = world.scheduler()
    world.wait_until_owned(*names)
    assert set(owners(world, names).values()) == {scheduler.manager_id}
    manager = world.managers.find_one({"_id": scheduler.manager_id})
    assert isinstance(manager["_id"], ObjectId)
    assert manager["hostname"] == socket.gethostname()
    seen = set()

    def moved():
        seen.add(world.managers.find_one({"_id": scheduler.manager_id})["heartbeat"])
        return len(seen) >= 4

    world.eventually(moved, 4, "the manager's heartbeat to move three times")
    assert abs(max(seen) - now()) < timedelta(seconds=1)


def test_absent_null_and_zero_count_as_unlocked(world):
    start = after(2)
    names = [world.insert("absent", next_run_at=start, interval=400)]
    names.append(world.insert("null", next_run_at=start, interval=400, managerId=None))
    names.append(world.insert("zero", next_run_at=start, interval=400, managerId=ZERO_ID))
    names.append(world.insert("zero-beating", next_run_at=start, interval=400, managerId=ZERO_ID, heartbeat=now()))
    worker = world.worker(names, complete)
    scheduler = world.scheduler()
    world.wait_until_owned(*names)
    assert set(owners(world, names).values()) == {scheduler.manager_id}
    for name in names:
        world.wait_for_runs(name, 2)
    world.settle(worker)
    for name in names:
        assert "managerId" not in world.job(name), "unlocking removes managerId"
        checks.check_contiguous(world.runs_of(name), start, 400)


@pytest.mark.parametrize("signal", ["term", "interrupt"])
def test_a_stop_under_load_ends_clean_and_unlocks(world, signal):
    names = insert_many(world, 50, next_run_at=after(3600), interval=200)
    worker = world.worker(names, complete, declare="queue")
    scheduler = world.scheduler()
    world.arm(names, after=1.5)
    world.wait_for_actions(worker, 300, timeout=20)
    begun = time.monotonic()
    getattr(scheduler, signal)()
    code = scheduler.wait(10.5)
    took = time.monotonic() - begun
    assert code == 0 and took < 10, f"exit code {code} after {took:.1f} s"
    locked = [job["_id"] for job in world.jobs.find({"managerId": {"$exists": True}})]
    assert not locked, f"{len(locked)} jobs are still locked"
    runs = list(world.runs.find())
    world.settle(worker)
    assert len(runs) == world.runs.count_documents({})
    checks.check_messages(runs, worker.actions)
    for name in names:
        mine = [run for run in runs if run["jobName"] == name]
        checks.check_contiguous(mine, mine[0]["scheduledTime"], 200)
        assert world.job(name)["nextRunAt"] > max(checks.slots(mine))


def test_a_stopped_schedulers_jobs_go_on_under_the_next_one(world):
    start = after(2)
    names = insert_many(world, 10, next_run_at=start, interval=1000)
    worker = world.worker(names, complete, declare="queue")
    for _ in range(3):
        scheduler = world.scheduler()
        world.wait_until_owned(*names, timeout=5)
        assert set(owners(world, names).values()) == {scheduler.manager_id}
        before = world.runs.count_documents({})
        world.eventually(lambda: world.runs.count_documents({}) >= before + len(names), 5, "a slot of each job")
        assert scheduler.term_and_wait()[0] == 0
    world.scheduler()
    world.wait_for_runs(names[0], 5, timeout=15)
    world.settle(worker)
    for name in names:
        checks.numbers(world.runs_of(name), start, 1000)
    checks.check_messages(list(world.runs.find()), worker.actions)


def test_two_schedulers_started_together_share_without_doubling(world):
    names = insert_many(world, 300, next_run_at=after(3600), interval=2000)
    worker = world.worker(names, silent, declare="queue")
    world.scheduler(wait=False)
    world.scheduler(wait=False)
    world.wait_until_owned(*names, timeout=30)
    start = world.arm(names, after=2)
    first = owners(world, names)
    managers = set(world.managers.distinct("_id"))
    assert len(managers) == 2 and set(first.values()) <= managers
    world.eventually(lambda: len(world.runs_of(names[-1])) >= 3, 30, "three slots", every=0.3)
    assert owners(world, names) == first, "an owner changed"
    world.settle(worker)
    runs = list(world.runs.find())
    for name in names:
        checks.check_contiguous([run for run in runs if run["jobName"] == name], start, 2000, first=0)
    checks.check_messages(runs, worker.actions)


def test_the_jobs_of_a_killed_scheduler_are_taken_over(world):
    interval = 500
    names = insert_many(world, 40, next_run_at=after(3600), interval=interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    victim = world.scheduler(MAX_JOBS=20)
    world.eventually(lambda: Counter(owners(world, names).values())[victim.manager_id] == 20, 10, "20 locked jobs")
    heir = world.scheduler()
    world.wait_until_owned(*names)
    start = world.arm(names, after=2)
    lost = [name for name, owner in owners(world, names).items() if owner == victim.manager_id]
    kept = [name for name in names if name not in lost]
    assert len(lost) == 20
    world.wait_for_actions(worker, 40 * 4, timeout=20)
    killed = now()
    victim.kill9()
    world.eventually(
        lambda: set(owners(world, lost).values()) == {heir.manager_id}, TIMEOUT + 2,
        "all jobs of the killed Scheduler to be the other one's")
    taken = now()
    assert taken - killed > timedelta(seconds=1.5), "taken over while the lock was alive"
    recovered = taken + timedelta(seconds=0.5)
    world.eventually(
        lambda: world.runs_of(lost[0])[-1]["scheduledTime"] > recovered + timedelta(seconds=1.5), 10,
        "slots after the take-over")
    world.settle(worker)
    runs = list(world.runs.find())
    checks.check_unique(runs)
    checks.check_messages(runs, worker.actions, exactly_once=False)
    by_name = {name: [run for run in runs if run["jobName"] == name] for name in names}
    for name in kept:
        checks.check_contiguous(by_name[name], start, interval)
    for name in lost:
        holes = checks.gaps(by_name[name], start, interval)
        assert len(holes) <= 1, f"{name} has slots missing in several places: {holes}"
        for begin, end in holes:
            assert begin > killed - timedelta(milliseconds=interval) and end < recovered, (
                f"slots {begin} to {end} are missing; killed {killed}, taken over {taken}")
    outages = Outages(interval)
    outages.add(killed, recovered)
    outages.check_repetitions(runs, worker.actions)


def test_the_custodian_unlocks_dead_locks_and_only_those(world):
    dead = now() - timedelta(minutes=1)
    someone = ObjectId()

    def locked(suffix, heartbeat, manager):
        return world.insert(suffix, next_run_at=after(3600), interval=1000, heartbeat=heartbeat, managerId=manager)

    stale = locked("stale", dead, ObjectId())
    never_beat = world.insert("never-beat", next_run_at=after(3600), interval=1000, managerId=ObjectId())
    dead_manager = locked("dead-manager", dead, someone)
    world.managers.insert_one({"_id": someone, "hostname": "elsewhere", "heartbeat": dead})
    go_manager = ObjectId()
    world.managers.insert_one({"_id": go_manager, "hostname": "go"})
    by_job, by_manager = ObjectId(), ObjectId()
    job_beats = locked("job-beats", now(), by_job)
    manager_beats = locked("manager-beats", dead, by_manager)
    go_beats = locked("go-beats", now(), go_manager)
    world.managers.insert_one({"_id": by_manager, "hostname": "here", "heartbeat": now()})

    def beat():
        world.jobs.update_many({"_id": {"$in": [job_beats, go_beats]}}, {"$currentDate": {"heartbeat": True}})
        world.managers.update_one({"_id": by_manager}, {"$currentDate": {"heartbeat": True}})
        return True

    world.custodian()
    world.custodian()
    world.eventually(
        lambda: beat() and all("managerId" not in world.job(name) for name in (stale, never_beat, dead_manager)), 8,
        "three dead locks to be removed")
    throughout(
        lambda: beat() and owners(world, [job_beats, manager_beats, go_beats]) == {
            job_beats: by_job, manager_beats: by_manager, go_beats: go_manager}, TIMEOUT + 0.5,
        "live locks to stay")
    world.eventually(
        lambda: "managerId" not in world.job(job_beats), TIMEOUT + 2, "a lock that fell silent to be removed")


def test_a_stale_lock_is_freed_and_its_job_fires(world):
    job = world.insert("left", next_run_at=after(1), interval=500, managerId=ObjectId(), heartbeat=after(-60))
    worker = world.worker(job, complete)
    world.scheduler()
    throughout(lambda: not worker.actions, 1.5, "no action while the job is another's")
    world.custodian()
    world.wait_for_actions(worker, 2, timeout=TIMEOUT + 4)


def test_a_live_scheduler_is_never_unlocked(world):
    names = insert_many(world, 20, next_run_at=after(2.5), interval=500)
    worker = world.worker(names, complete, declare="queue")
    scheduler = world.scheduler()
    world.custodian()
    world.wait_until_owned(*names)
    throughout(
        lambda: set(owners(world, names).values()) == {scheduler.manager_id}, 3 * TIMEOUT, "the owner to stay",
        every=0.02)
    world.settle(worker)
    runs = list(world.runs.find())
    for name in names:
        mine = [run for run in runs if run["jobName"] == name]
        checks.check_contiguous(mine, mine[0]["scheduledTime"], 500)
        assert len(mine) > 10
    checks.check_messages(runs, worker.actions)


def test_max_jobs_is_respected(world):
    names = insert_many(world, 12, next_run_at=after(3600), interval=1000)

    def counts():
        return Counter(owner for owner in owners(world, names).values() if owner)

    first = world.scheduler(MAX_JOBS=5)
    world.eventually(lambda: counts() == {first.manager_id: 5}, 5, "five jobs of the first")
    throughout(lambda: counts() == {first.manager_id: 5}, 1.5, "no more than five jobs locked")
    second = world.scheduler(MAX_JOBS=5)
    world.eventually(lambda: counts()[second.manager_id] == 5, 5, "five jobs of the second")
    throughout(lambda: max(counts().values()) == 5 and len(counts()) == 2, 1.5, "no more than five jobs each")
    gone = next(name for name, owner in owners(world, names).items() if owner == first.manager_id)
    world.jobs.delete_one({"_id": gone})
    world.eventually(lambda: counts()[first.manager_id] == 5, 5, "another job in the place of a deleted one")
    second.term_and_wait()
    assert counts() == {first.manager_id: 5}
