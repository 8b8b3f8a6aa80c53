# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What becomes of the slots of a time in which no Scheduler was there (contract, 5)."""

from datetime import timedelta

import pytest

from harness.documents import after
from harness.worker import complete

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("policy, limit", [("once", 100), ("skip", 100), ("all", 100), ("all", 3)])
def test_each_policy_does_what_it_says_after_a_downtime_of_everything(world, policy, limit):
    first = after(1)
    job = world.insert("missed", next_run_at=first, interval=1000, allow_concurrent_runs=True, misfirePolicy=policy,
                       maxCatchUp=limit)
    worker = world.worker(job, complete)
    scheduler = world.scheduler()
    world.wait_for_runs(job, 2)
    assert scheduler.term_and_wait()[0] == 0
    # As if nobody had been there for twelve seconds: all times of the job go back by that.
    before = world.job(job)["nextRunAt"]
    down = before - 12 * SECOND
    world.runs.delete_many({"jobName": job})
    world.jobs.update_one({"_id": job}, {"$set": {"nextRunAt": down}, "$unset": {"skips": 1, "skipped": 1}})
    scheduler = world.scheduler()
    world.wait_for_runs(job, 2, status="completed")
    world.settle(worker)
    runs = world.runs_of(job)
    taken = min(run["createdTime"] for run in runs)
    fired = {run["scheduledTime"] for run in runs}
    document = world.job(job)
    rows = document.get("skips", [])
    slots = [down + n * SECOND for n in range(200) if down + n * SECOND < document["nextRunAt"]]
    skipped = {slot for slot in slots for row in rows if row["firstSlot"] <= slot <= row["lastSlot"]}
    assert fired | skipped == set(slots) and not fired & skipped, (sorted(fired), rows)
    assert {row["reason"] for row in rows} <= {"misfire"} and sum(row["count"] for row in rows) == len(skipped)
    # Two seconds late is late, not missed; one more for the moment in which that was decided.
    missed = [slot for slot in slots if slot < taken - 3 * SECOND]
    assert len(missed) >= 8, (missed, taken)
    if policy == "all":
        assert len(fired & set(missed)) >= min(limit, len(missed)) - 1 and (limit > len(missed)) == (not skipped)
        assert sorted(fired) == slots[-len(fired):], "the newest are kept, in order"
    else:
        assert not fired & set(missed)
        assert document["skipped"]["misfire"] == len(skipped)
        latest = max(slot for slot in slots if slot <= taken)
        assert (latest in fired) or policy == "skip"
