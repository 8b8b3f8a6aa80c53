# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Too much at once: thousands of jobs on one second, a backlog of days, thousands of failures."""

import time
from datetime import timedelta

import pytest

from harness import checks
from harness.documents import after, go_job, seconds
from harness.metrics import Metrics
from harness.trial import Trial
from harness.waiting import throughout
from harness.worker import status


@pytest.mark.slow
def test_thousands_of_jobs_on_one_second_go_out_together(world):
    count = 1200
    names = [world.name(f"burst-{k}") for k in range(count)]
    world.jobs.insert_many(go_job(name, next_run_at=after(3600), interval=3_600_000) for name in names)
    begun = time.monotonic()
    world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    world.eventually(
        lambda: world.jobs.count_documents({"managerId": {"$exists": True}}) == count, 30, "all jobs to be held")
    world.wait_until_served(names[-20:], timeout=30)
    took = time.monotonic() - begun
    print(f"{count} jobs were taken up within {took:.1f} s")
    assert took < 15, f"{count} jobs were taken up after {took:.1f} s"
    slot = after(3)
    world.jobs.update_many({}, {"$set": {"nextRunAt": slot}})
    world.eventually(
        lambda: world.runs.count_documents({"publishedAt": {"$exists": True}}) == count, 30, "all runs to be published",
        every=0.2)
    runs = list(world.runs.find())
    assert len(runs) == count and {run["scheduledTime"] for run in runs} == {slot}
    last = (max(run["publishedAt"] for run in runs) - slot).total_seconds()
    print(f"{count} jobs on one slot: the last one was confirmed {last:.2f} s after it")


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["once", "all"])
def test_a_backlog_of_days_does_not_make_the_others_late(world, policy):
    """A job of each second, two days behind; with `all` its last hundred are made up for."""
    trial = Trial(world)
    world.scheduler()
    trial.begin()
    bomb = world.insert("bomb", next_run_at=after(-2 * 24 * 3600), interval=1000, misfirePolicy=policy, maxCatchUp=100)
    anchor = world.job(bomb)["nextRunAt"]
    worker = world.worker([bomb], lambda action: [status("completed")], declare="queue")
    world.wait_for_runs(bomb, 5, timeout=20)
    trial.goes_on()
    throughout(lambda: world.check_alive() or True, 3, "the others to fire beside it")
    world.jobs.update_one({"_id": bomb}, {"$set": {"enabled": False}})
    runs = trial.conclude()
    late = checks.lags(runs, trial.worker.actions)
    assert late[-1] < 2, f"other jobs were up to {late[-1]:.2f} s late"
    job = world.job(bomb)
    made = world.runs.count_documents({"jobName": bomb})
    slots = (job["nextRunAt"] - anchor) / timedelta(seconds=1)
    assert made + job["skipped"]["misfire"] == slots, "each slot of the two days has its outcome"
    assert made < 200 and (made > 90 if policy == "all" else made < 60), made
    assert len({action.run for action in worker.actions}) == made


@pytest.mark.slow
def test_thousands_of_failures_are_retried_spread_out(world):
    count = 2000
    jobs = [world.name(f"storm-{k}") for k in range(20)]
    world.jobs.insert_many(
        go_job(name, next_run_at=after(3600), interval=0) | {
            "maxAttempts": 2, "retryBackoff": {"initial": 4000, "factor": 1, "max": 4000}} for name in jobs)
    arrivals = []

    def answer(action):
        if action.attempt > 1:
            arrivals.append(action.arrival)
        return [status("failed" if action.attempt == 1 else "completed", attempt=action.attempt)]

    worker = world.worker(jobs, answer, declare="queue")
    page = Metrics(world.scheduler(HEALTH_ADDRESS="127.0.0.1:0"))
    world.wait_until_served(jobs)
    moment = after(0)
    world.runs.insert_many(
        {"jobName": jobs[k % 20], "status": "pending", "trigger": "manual", "attempt": 1, "createdTime": moment,
         "deadline": moment} for k in range(count))
    world.eventually(
        lambda: world.runs.count_documents({"status": "completed"}) == count, 90, "every second attempt to succeed",
        every=0.3)
    assert page.value("dead_letters_total") == 0
    assert len(worker.actions) == 2 * count
    by_run = {}
    for run in world.runs.find():
        first, second = run["attempts"]
        by_run[str(run["_id"])] = seconds(first["endTime"])
    waits = sorted(
        action.arrival - by_run[action.run] for action in worker.actions if action.attempt == 2)
    print(f"waits between {waits[0]:.2f} and {waits[-1]:.2f} s")
    assert waits[0] > 3.15, "nothing comes before the backoff less a fifth"
    assert waits[-1] - waits[0] > 0.5, "the retries are spread out"
