# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A Scheduler that is killed or frozen in the middle of firing loses no slot and doubles none (contract, 3 to 5)."""

import time
from datetime import timedelta

from harness import checks
from harness.documents import after, go_job, now, seconds
from harness.outages import Outages
from harness.waiting import throughout
from harness.worker import complete

TIMEOUT = 3.0
"""HEARTBEAT_TIMEOUT of the quick settings, in seconds."""


def grouped(world, names):
    result = {name: [] for name in names}
    for run in world.runs.find().sort("scheduledTime", 1):
        result[run["jobName"]].append(run)
    return result


def insert_many(world, count, start, interval):
    names = [world.name(f"job-{k}") for k in range(count)]
    world.jobs.insert_many(go_job(name, next_run_at=start, interval=interval) for name in names)
    return names


def wait_until_all_owned_by(world, manager, names, timeout):
    world.eventually(
        lambda: world.jobs.count_documents({"managerId": manager}) == len(names), timeout,
        f"all {len(names)} jobs to be owned by {manager}")


def wait_until_all_fired_after(world, names, moment, timeout=10):
    world.eventually(
        lambda: len(world.runs.distinct("jobName", {"scheduledTime": {"$gt": moment}})) == len(names), timeout,
        f"a slot after {moment} of each job", every=0.2)


def test_a_scheduler_killed_again_and_again_loses_and_doubles_nothing(world):
    interval = 200
    names = insert_many(world, 50, after(3600), interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    outages = Outages(interval)
    scheduler = world.scheduler()
    wait_until_all_owned_by(world, scheduler.manager_id, names, 5)
    start = world.arm(names, after=1.5)
    wait_until_all_fired_after(world, names, start)
    for firing in (1.0, 0.1, 0.5):  # how long it fires before it is killed: in full swing, and while it takes over
        time.sleep(firing)
        scheduler.kill9()
        killed = now()
        scheduler = world.scheduler()
        wait_until_all_owned_by(world, scheduler.manager_id, names, TIMEOUT + 2)
        outages.add(killed, now() + timedelta(seconds=0.5))
    wait_until_all_fired_after(world, names, after(1.5))
    world.settle(worker)
    by_name = grouped(world, names)
    for runs in by_name.values():
        outages.check_slots(runs, start, interval)
        outages.check_latest_missed(runs, interval)
    every = [run for runs in by_name.values() for run in runs]
    checks.check_messages(every, worker.actions, exactly_once=False)
    outages.check_repetitions(every, worker.actions)


def test_runs_of_a_killed_scheduler_come_to_their_end(world):
    """Serial jobs too: what was inserted and not yet published is published by the next one, in order."""
    start = after(2.5)
    names = [world.name(f"serial-{k}") for k in range(10)]
    world.jobs.insert_many(
        go_job(name, next_run_at=start, interval=200, allow_concurrent_runs=False) for name in names)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    scheduler = world.scheduler()
    wait_until_all_fired_after(world, names, start + timedelta(seconds=1), timeout=12)
    scheduler.kill9()
    world.scheduler()
    wait_until_all_fired_after(world, names, now() + timedelta(seconds=TIMEOUT + 1), timeout=12)
    world.jobs.update_many({}, {"$set": {"enabled": False}})
    world.eventually(
        lambda: world.runs.count_documents({"status": {"$ne": "completed"}}) == 0, 10, "every run to be completed")
    world.settle(worker)
    by_name = grouped(world, names)
    checks.check_messages([run for runs in by_name.values() for run in runs], worker.actions, exactly_once=False)
    for name, runs in by_name.items():
        first = list(dict.fromkeys(action.run for action in worker.of(name, "run")))
        assert first == [str(run["_id"]) for run in runs], f"{name}: published in another order than the slots"


def test_a_frozen_scheduler_does_no_harm_when_it_wakes(world):
    interval = 400
    names = insert_many(world, 20, after(3600), interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    zombie = world.scheduler()
    wait_until_all_owned_by(world, zombie.manager_id, names, 5)
    heir = world.scheduler()
    start = world.arm(names, after=1.5)
    wait_until_all_fired_after(world, names, start + timedelta(seconds=1))
    outages = Outages(interval)
    frozen = now()
    zombie.stop()
    wait_until_all_owned_by(world, heir.manager_id, names, TIMEOUT + 2)
    outages.add(frozen, now() + timedelta(seconds=0.5))
    wait_until_all_fired_after(world, names, after(0.5))
    woken = now()
    zombie.resume()
    wait_until_all_fired_after(world, names, after(3))
    owners = world.jobs.distinct("managerId")
    assert owners == [heir.manager_id], "the job's owner changed when the frozen Scheduler woke"
    world.settle(worker)
    by_name = grouped(world, names)
    for runs in by_name.values():
        outages.check_slots(runs, start, interval)
    checks.check_messages(
        [run for runs in by_name.values() for run in runs], worker.actions, exactly_once=False)
    outages.check_repetitions(list(world.runs.find()), worker.actions)
    for action in worker.actions:
        slot = checks.parse_time(action.body["scheduledTime"])
        late = action.arrival > seconds(woken) and slot < woken - timedelta(seconds=1)
        assert not late, f"the frozen Scheduler published {action.body}, a slot before {woken}, when it woke"


def test_a_short_freeze_changes_no_owner(world):
    interval = 400
    start = after(1.5)
    names = insert_many(world, 10, start, interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    scheduler = world.scheduler()
    wait_until_all_fired_after(world, names, start)
    outages = Outages(interval)
    frozen = now()
    scheduler.stop()
    throughout(lambda: world.jobs.distinct("managerId") == [scheduler.manager_id], 1.2, "the jobs to stay its own")
    scheduler.resume()
    outages.add(frozen, now() + timedelta(seconds=0.5))
    wait_until_all_fired_after(world, names, after(1.5))
    assert world.jobs.distinct("managerId") == [scheduler.manager_id]
    world.settle(worker)
    by_name = grouped(world, names)
    for runs in by_name.values():
        outages.check_slots(runs, start, interval)
    checks.check_messages([run for runs in by_name.values() for run in runs], worker.actions)
