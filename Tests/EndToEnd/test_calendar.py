# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Steps on the calendar: the last day of a month that lacks the anchor's day, and back to it (contract, 5 and 12)."""

import calendar
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from harness.checks import parse_time
from harness.documents import after
from harness.worker import complete

BERLIN = ZoneInfo("Europe/Berlin")


def month_ends(moment, count):
    """The first instants after a moment at which the clock in Berlin shows 09:00 on a month's last day."""
    year, month, found = moment.year, moment.month, []
    while len(found) < count:
        day = calendar.monthrange(year, month)[1]
        slot = datetime(year, month, day, 9, tzinfo=BERLIN).astimezone(timezone.utc).replace(tzinfo=None)
        if slot > moment:
            found.append(slot)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def a_month_later(moment):
    """The same time of UTC a month later."""
    year, month = (moment.year + 1, 1) if moment.month == 12 else (moment.year, moment.month + 1)
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


@pytest.mark.both_stores
def test_the_31st_outlives_firings_and_restarts(world):
    slot = after(2)
    job = world.insert("month-end", next_run_at=slot, every={"months": 1}, timeZone="Europe/Berlin",
                       anchor=datetime(2024, 1, 31, 8))
    worker = world.worker(job, complete)
    scheduler = world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed")
    assert run["scheduledTime"] == slot
    expected = month_ends(slot, 26)
    world.eventually(lambda: world.job(job)["nextRunAt"] == expected[0], 5, "the month's last day")
    assert scheduler.term_and_wait()[0] == 0
    world.scheduler()
    world.wait_until_served([job])
    api = world.api_client()
    shown = [parse_time(entry["scheduledTime"]) for entry in api.get(f"/api/jobs/{job}/preview?count=26").json()]
    assert shown == expected
    assert world.job(job)["nextRunAt"] == expected[0] and len(world.runs_of(job)) == 1
    world.settle(worker)


def test_a_slot_that_is_set_in_the_database_is_the_anchor(world):
    first = after(2)
    job = world.insert("by-hand", next_run_at=first, every={"months": 1})
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_runs(job, 1, status="completed")
    world.eventually(lambda: world.job(job)["nextRunAt"] == a_month_later(first), 5, "the next slot, a month later")
    assert world.job(job)["anchor"] == first
    second = after(1.5)
    world.jobs.update_one({"_id": job}, {"$set": {"nextRunAt": second}})
    world.wait_for_runs(job, 2, status="completed")
    world.eventually(lambda: world.job(job)["nextRunAt"] == a_month_later(second), 5, "the next slot, a month later")
    assert world.job(job)["anchor"] == second
    world.settle(worker)


@pytest.mark.both_stores
def test_what_was_missed_is_made_up_for_by_the_calendar(world):
    # The seventh of these slots is the next to come.
    first = after(-6 * 86_400 - 3_600)
    job = world.insert("missed", next_run_at=first, every={"days": 1}, misfirePolicy="all", maxCatchUp=3,
                       allow_concurrent_runs=True)
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_runs(job, 3, status="completed")
    world.settle(worker)
    slots = [first + timedelta(days=number) for number in range(8)]
    assert [run["scheduledTime"] for run in world.runs_of(job)] == slots[4:7]
    assert world.job(job)["nextRunAt"] == slots[7]
    api = world.api_client()
    assert api.get(f"/api/jobs/{job}").json()["every"] == {"days": 1}
