# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A Scheduler that is killed or frozen in the middle of firing loses no slot and doubles none (contract, 3 to 5)."""

import time
from collections import Counter
from datetime import timedelta

from harness import checks
from harness.documents import after, go_job, now, seconds
from harness.worker import complete

TIMEOUT = 3.0
"""HEARTBEAT_TIMEOUT of the quick settings, in seconds."""


class Outages:
    """Stretches in which nobody fired the jobs: a slot may be missing there and nowhere else."""

    def __init__(self, interval):
        self._margin = timedelta(milliseconds=interval)
        self.spans = []

    def add(self, begin, end):
        self.spans.append((begin, end))

    def covers(self, begin, end):
        return any(b - self._margin <= begin and end <= e + self._margin for b, e in self.spans)

    def near_beginning(self, moment):
        return any(abs(moment - begin) < timedelta(seconds=1.5) for begin, _ in self.spans)

    def check_slots(self, runs, anchor, interval):
        """Anchored, single, and without a hole outside the outages."""
        checks.check_unique(runs)
        for begin, end in checks.gaps(runs, anchor, interval):
            assert self.covers(begin, end), (
                f"{runs[0]['jobName']} has no run for the slots {begin} to {end}, outside the outages {self.spans}")

    def check_latest_missed(self, runs, interval):
        """Of the slots missed in an outage the latest one was made up for: the hole ends before the take-over."""
        for begin, end in self.spans:
            fired = [run for run in runs if begin < run["scheduledTime"] <= end]
            assert fired, f"{runs[0]['jobName']}: no slot between {begin} and {end} was fired"
            late = end - max(run["scheduledTime"] for run in fired)
            assert late < timedelta(seconds=1, milliseconds=interval), (
                f"{runs[0]['jobName']}: the latest slot before {end} was not fired, the last one is {late} older")

    def check_repetitions(self, actions):
        """Only what was in flight at a crash may arrive twice."""
        counts = Counter(action.message_id for action in actions)
        for action in actions:
            if counts[action.message_id] > 1:
                slot = checks.parse_time(action.body["scheduledTime"])
                assert self.near_beginning(slot), f"{action.message_id} of slot {slot} arrived twice: {self.spans}"


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
    start = after(3)
    names = insert_many(world, 50, start, interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    outages = Outages(interval)
    scheduler = world.scheduler()
    wait_until_all_owned_by(world, scheduler.manager_id, names, 5)
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
    outages.check_repetitions(worker.actions)


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
    start = after(3)
    names = insert_many(world, 20, start, interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    zombie = world.scheduler()
    wait_until_all_owned_by(world, zombie.manager_id, names, 5)
    heir = world.scheduler()
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
    outages.check_repetitions(worker.actions)
    for action in worker.actions:
        slot = checks.parse_time(action.body["scheduledTime"])
        late = action.arrival > seconds(woken) and slot < woken - timedelta(seconds=1)
        assert not late, f"the frozen Scheduler published {action.body}, a slot before {woken}, when it woke"


def test_a_short_freeze_changes_no_owner(world):
    interval = 400
    start = after(2.5)
    names = insert_many(world, 10, start, interval)
    worker = world.worker(names, complete, declare="queue")
    world.custodian()
    scheduler = world.scheduler()
    wait_until_all_fired_after(world, names, start)
    outages = Outages(interval)
    frozen = now()
    scheduler.stop()
    time.sleep(1.2)
    scheduler.resume()
    outages.add(frozen, now() + timedelta(seconds=0.5))
    wait_until_all_fired_after(world, names, after(1.5))
    assert world.jobs.distinct("managerId") == [scheduler.manager_id]
    world.settle(worker)
    by_name = grouped(world, names)
    for runs in by_name.values():
        outages.check_slots(runs, start, interval)
    checks.check_messages([run for runs in by_name.values() for run in runs], worker.actions)
