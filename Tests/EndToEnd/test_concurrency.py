# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Serial jobs and queue limits (contract, 5: allowConcurrentRuns, maxQueueCount)."""

import pytest

from harness import checks
from harness.documents import after
from harness.waiting import throughout
from harness.worker import running, silent

pytestmark = pytest.mark.both_stores


def test_a_serial_job_publishes_the_next_run_only_when_the_last_one_ended(world):
    job = world.insert("serial", next_run_at=after(1), interval=300, allow_concurrent_runs=False)
    worker = world.worker(job, running)
    world.scheduler()
    world.wait_for_runs(job, 4)
    order = [str(run["_id"]) for run in world.runs_of(job)]
    for turn in range(3):
        world.wait_for_actions(worker, turn + 1, timeout=5)
        throughout(lambda: len(worker.actions) == turn + 1, 0.7, f"only {turn + 1} actions while a run is active")
        assert [action.run for action in worker.actions] == order[:turn + 1], "oldest first"
        world.wait_for_status(world.runs_of(job)[turn]["_id"], "running")
        waiting = world.runs_of(job)[turn + 1:]
        assert {run["status"] for run in waiting} <= {"pending"}, "the others wait"
        world.broker.status(job, order[turn], ["completed", "failed", "cancelled"][turn])
    world.wait_for_actions(worker, 4, timeout=5)
    world.update(job, enabled=False)
    checks.check_contiguous(world.runs_of(job), world.runs_of(job)[0]["scheduledTime"], 300)


def test_a_serial_job_waits_for_a_published_run_that_has_not_started(world):
    job = world.insert("serial", next_run_at=after(1), interval=300, allow_concurrent_runs=False)
    worker = world.worker(job, silent)
    world.scheduler()
    world.wait_for_runs(job, 4)
    assert len(worker.actions) == 1


def test_a_serial_job_goes_on_after_a_restart(world):
    job = world.insert("serial", next_run_at=after(1), interval=300, allow_concurrent_runs=False)
    worker = world.worker(job, running)
    first = world.scheduler()
    world.wait_for_runs(job, 3)
    assert first.term_and_wait()[0] == 0
    second = world.scheduler()
    world.wait_until_owned(job)
    assert world.owner(job) == second.manager_id
    throughout(lambda: len({a.run for a in worker.actions}) == 1, 1.5, "one active run, before and after the restart")
    oldest = world.runs_of(job)[:2]
    world.broker.status(job, oldest[0]["_id"], "completed")
    world.eventually(
        lambda: [a.run for a in worker.actions if a.run != str(oldest[0]["_id"])][:1] == [str(oldest[1]["_id"])], 5,
        "the second run's action")


def check_limit(world, job, limit, rounds=25):
    def pending():
        return len(world.all_runs(jobName=job, status="pending"))

    throughout(lambda: pending() <= limit, rounds * 0.1, f"at most {limit} pending runs of {job}")


def test_at_most_max_queue_count_runs_are_pending_and_slots_go_on(world):
    start = after(1)
    serial = world.insert("serial", next_run_at=start, interval=200, allow_concurrent_runs=False, max_queue_count=2)
    concurrent = world.insert("concurrent", next_run_at=start, interval=200, max_queue_count=3)
    worker = world.worker([serial], running)
    other = world.worker([concurrent], silent)
    world.scheduler()
    world.wait_for_runs(serial, 3)
    world.wait_for_runs(concurrent, 3)
    before = world.job(concurrent)["nextRunAt"]
    check_limit(world, serial, 2)
    check_limit(world, concurrent, 3, rounds=5)
    assert len(world.runs_of(concurrent)) == 3, "slots over the limit make no runs"
    world.eventually(lambda: world.job(concurrent)["nextRunAt"] > before, 5, "nextRunAt to move on over skipped slots")
    assert len(other.actions) == 3

    for run in world.runs_of(concurrent):
        world.broker.status(concurrent, run["_id"], "completed")
    active = worker.actions[0].run
    world.broker.status(serial, active, "completed")
    world.eventually(lambda: len(world.runs_of(concurrent)) >= 5, 5, "new runs once there is room")
    world.eventually(lambda: len(world.runs_of(serial)) >= 4, 5, "a new run of the serial job once there is room")
    check_limit(world, serial, 2, rounds=5)
    for job in (serial, concurrent):
        ks = checks.numbers(world.runs_of(job), start, 200)
        assert ks[:2] == [0, 1], f"the first slots of {job}: {ks}"
        assert ks[-1] - ks[2] > 5, f"skipped slots of {job} were made up for later: {ks}"


def test_a_concurrent_job_publishes_every_run_without_waiting(world):
    start = after(1)
    job = world.insert("concurrent", next_run_at=start, interval=200, allow_concurrent_runs=True)
    worker = world.worker(job, silent)
    world.scheduler()
    world.wait_for_actions(worker, 8)
    world.settle(worker)
    runs = world.runs_of(job)
    assert {run["status"] for run in runs} == {"pending"}, "without time-outs a silent run stays as it is"
    checks.check_contiguous(runs, start, 200)
    checks.check_messages(runs, worker.actions)
