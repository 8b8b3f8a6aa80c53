# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Edits between a slot and its jittered firing: the slot is fired, or its skip is recorded (docs/schedules.md, Edits)."""

import json
from datetime import timedelta

import pytest

from harness.documents import after, now

CONTROL = "scheduler.control"
# What is edited, and how, and whether that can take a reached slot away.
EDITS = {
    "interval": ({"interval": 60_000}, True), "cron": ({"interval": 0, "cron": "*/20 * * * * *"}, True),
    "nextRunAt": ({"nextRunAt": 3600}, True), "startAt": ({"startAt": 3600}, True), "endAt": ({"endAt": -3600}, True),
    "jitter": ({"jitter": 0}, False), "payload": ({"payload": {"a": 1}}, False),
}


def outcomes(world, job, slot):
    rows = [row["reason"] for row in world.job(job).get("skips", []) if row["firstSlot"] <= slot <= row["lastSlot"]]
    return rows + ["fired" for run in world.runs_of(job) if run.get("scheduledTime") == slot]


@pytest.mark.parametrize("door", ["api", "database"])
def test_no_slot_is_lost_by_an_edit_before_its_firing(world, door):
    api = world.api_client() if door == "api" else None
    slot = after(4)
    jobs = {
        world.insert(f"{kind}-{number}", next_run_at=slot, interval=8_000, jitter=7_500, allow_concurrent_runs=True): kind
        for kind in EDITS for number in range(3)}
    world.scheduler()
    world.wait_until_served(list(jobs))
    world.eventually(lambda: now() > slot + timedelta(seconds=0.3), 10, "the slot")
    for job, kind in jobs.items():
        change, _ = EDITS[kind]
        change = {name: after(value) if name.endswith("At") else value for name, value in change.items()}
        if api:
            body = {name: value.isoformat(timespec="milliseconds") + "Z" if name.endswith("At") else value
                    for name, value in change.items()}
            assert api.patch(f"/api/jobs/{job}", body).status_code == 204
        else:
            world.jobs.update_one({"_id": job}, {"$set": change})
            world.broker.publish(CONTROL, "", {"type": "job-changed", "jobName": job})
    world.eventually(lambda: all(outcomes(world, job, slot) for job in jobs), 12, "an outcome of each job's slot")
    found = {job: outcomes(world, job, slot) for job in jobs}
    assert all(len(outcome) == 1 for outcome in found.values()), found
    for kind, (_, takes_away) in EDITS.items():
        ends = {found[job][0] for job in jobs if jobs[job] == kind}
        assert ends <= ({"fired", "edited"} if takes_away else {"fired"}), (kind, found)
    assert sum("edited" in outcome for outcome in found.values()) >= 5, found
    for job, outcome in found.items():
        reasons = world.job(job).get("skipped", {})
        assert ("edited" in outcome) == ("edited" in reasons), (job, json.dumps(reasons))


def test_a_row_that_has_not_begun_stays_where_it_was_put(world):
    slot = after(64 * 365 * 86_400)
    job = world.insert("far", next_run_at=slot, interval=60_000)
    by_hand = world.insert("by-hand", next_run_at=slot, interval=60_000)
    api = world.api_client()
    world.scheduler()
    world.wait_until_served([job, by_hand])
    assert api.patch(f"/api/jobs/{job}", {"interval": 5_000}).status_code == 204
    world.jobs.update_one({"_id": by_hand}, {"$set": {"interval": 5_000}})
    world.eventually(lambda: world.job(by_hand).get("edition") == 1, 10, "the Scheduler to see the edit")
    assert world.job(job)["nextRunAt"] == slot and world.job(by_hand)["nextRunAt"] == slot


def test_an_edit_in_the_database_arms_a_schedule_as_the_api_does(world):
    minutely = {"interval": 0, "cron": "* * * * *"}
    job = world.insert("cron", next_run_at=after(3_000), **minutely)
    natural = world.insert("natural", next_run_at=now().replace(second=0, microsecond=0) + timedelta(minutes=1), **minutely)
    world.scheduler()
    world.wait_until_served([job, natural])
    world.jobs.update_many({"_id": {"$in": [job, natural]}}, {"$set": {"cron": "0 0 1 1 *"}})
    world.eventually(lambda: all(world.job(name).get("edition") == 1 for name in (job, natural)), 10, "both to be seen")
    assert world.job(natural)["nextRunAt"].strftime("%m-%dT%H:%M:%S") == "01-01T00:00:00"
    assert world.job(job)["nextRunAt"] < after(3_000)
