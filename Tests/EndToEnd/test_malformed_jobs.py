# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A malformed job document is reported once and disturbs no other job (contract, 5; the document may be anything)."""

import math
import time
from datetime import timedelta

from bson import Code, MinKey, ObjectId, Regex

from harness import checks
from harness.documents import YEAR_ONE, after, go_job
from harness.worker import complete

TEXT, NUMBER = ("text", 12)
WRONG = {
    "enabled": [TEXT, NUMBER, [], MinKey()],
    "nextRunAt": ["2024-01-01T00:00:00Z", NUMBER, {"$date": 0}, True],
    "allowConcurrentRuns": [TEXT, NUMBER, {}],
}
"""Values of a wrong type or size, per field."""

for _field in ("interval", "runExecutionTimeout", "runStartTimeout", "maxQueueCount", "heartbeatTimeout"):
    WRONG[_field] = [TEXT, "1000", -1, -5.0, 0.5, math.nan, math.inf, 1e300, True, [], {}, YEAR_ONE, ObjectId()]

UNUSABLE_NAMES = ["with spaces", ".dotted", "-dashed", "ünïcode", "ends.action", "ends.status", "ends.heartbeat",
                  "hash#", "star*", "slash/", "x" * 129, "line\nbreak"]


def bad_documents(world):
    """The documents by name, each with one fault."""
    result = {}
    for field, values in WRONG.items():
        for number, value in enumerate(values):
            name = world.name(f"bad-{field}-{number}-end")
            result[name] = go_job(name, next_run_at=after(1), interval=500) | {field: value}
    return result


def steady(world):
    start = after(2)
    job = world.insert("steady", next_run_at=start, interval=300)
    return job, start


def test_malformed_jobs_are_reported_once_and_fire_when_repaired(world):
    job, start = steady(world)
    bad = bad_documents(world)
    world.jobs.insert_many(bad.values())
    worker = world.worker(job, complete)
    scheduler = world.scheduler()
    world.eventually(
        lambda: not (absent := [name for name in bad if not scheduler.log_lines(name)]) or _unreported(absent), 10,
        "each malformed job to be named in the log")
    world.wait_for_runs(job, 8, timeout=15)  # several refreshes later
    checks.check_contiguous(world.runs_of(job), start, 300)
    often = {name: len(scheduler.log_lines(name)) for name in bad if len(scheduler.log_lines(name)) != 1}
    assert not often, f"not reported exactly once: {often}"
    fired = world.runs.distinct("jobName", {"jobName": {"$ne": job}})
    assert not fired, f"malformed jobs fired: {fired}"

    # Another fault is reported again, a repaired document fires.
    some = [name for name in bad if name.endswith("-1-end")]
    changed, repaired = some[0], some[1:]
    world.jobs.update_one({"_id": changed}, {"$set": {"enabled": True, "interval": "another fault"}})
    slot = after(2)
    for name in repaired:
        world.jobs.replace_one({"_id": name}, go_job(name, next_run_at=slot, interval=60_000))
    world.eventually(lambda: len(scheduler.log_lines(changed)) == 2, 5, f"a second report of {changed}")
    for name in repaired:
        assert checks.slots(world.wait_for_runs(name, 1)) == [slot]
    world.settle(worker)
    checks.check_contiguous(world.runs_of(job), start, 300)
    checks.check_messages(world.runs_of(job), worker.actions)


def _unreported(names):
    raise AssertionError(f"{len(names)} are not: {names[:8]}")


def test_unusable_names_are_reported_once(world):
    job, start = steady(world)
    names = [f"{world.id} {name}" if "space" in name else f"{name[:1]}{world.id}{name[1:]}" for name in UNUSABLE_NAMES]
    world.jobs.insert_many(go_job(name, next_run_at=after(1), interval=500) for name in names)
    world.jobs.insert_one(go_job("", next_run_at=after(1), interval=500))
    world.worker(job, complete)
    scheduler = world.scheduler()
    world.wait_for_runs(job, 8, timeout=15)
    checks.check_contiguous(world.runs_of(job), start, 300)
    assert world.runs.distinct("jobName") == [job]
    plain = [name for name in names if name.isascii() and name.isprintable() and len(name) < 129]
    reports = {name: len(scheduler.log_lines(name)) for name in plain}
    assert set(reports.values()) == {1}, reports
    lines = scheduler.log().splitlines()
    assert not [line for line in lines if line.startswith("break")], (
        "a line break in a name breaks a log line")


def test_a_job_of_which_little_is_said_fires(world):
    """What is missing or null is zero, as in the Go program; a cron without a slot gets its next one."""
    slot = after(3)
    jobs = {
        "few": {"enabled": True, "nextRunAt": slot},
        "nulls": {"enabled": True, "nextRunAt": slot} | {
            field: None for field in (
                "interval", "cron", "timeZone", "runExecutionTimeout", "runStartTimeout", "maxQueueCount",
                "heartbeatTimeout", "allowConcurrentRuns", "managerId", "heartbeat", "creation", "lockEpoch", "edition",
                "payload", "labels", "retryBackoff", "misfirePolicy", "startAt", "endAt", "jitter", "retention")},
        "skips": {"enabled": True, "interval": 1000, "nextRunAt": after(-60), "skips": "none", "skipped": 5},
        "cron": {"enabled": True, "cron": "* * * * * *"},
    }
    for name, fields in jobs.items():
        world.jobs.insert_one({"_id": world.name(name)} | fields)
    worker = world.worker([world.name(name) for name in jobs], complete)
    world.scheduler()
    for name in ("few", "nulls"):
        assert checks.slots(world.wait_for_runs(world.name(name), 1)) == [slot]
        world.eventually(lambda name=name: "nextRunAt" not in world.job(world.name(name)), 5, f"{name} to be done")
    world.wait_for_runs(world.name("cron"), 3, timeout=10)
    world.wait_for_runs(world.name("skips"), 3, timeout=10)
    assert world.job(world.name("skips"))["skipped"]["misfire"] > 50
    for name in ("cron", "skips"):
        world.jobs.update_one({"_id": world.name(name)}, {"$set": {"enabled": False}})
    world.settle(worker)


def test_other_odd_documents_disturb_nobody(world):
    """The contract does not say what these mean: whatever that is, the others keep firing on their slots."""
    job, start = steady(world)
    documents = [{"_id": world.name("bare")}]
    for field in go_job("x", next_run_at=after(1), interval=60_000):
        if field != "_id":
            document = go_job(world.name(f"without-{field}"), next_run_at=after(1), interval=60_000)
            del document[field]
            documents.append(document)
    odd = {"managerId": ["text", 5, {}, True], "heartbeat": ["text", 5, None], "payload": [MinKey(), Regex("a")],
           "misfirePolicy": [5, "never"], "cron": [5, "* * *"], "description": [Code("x")], "labels": ["text"]}
    documents += [{"_id": identity} for identity in (42, 1.5, True, {"a": 1}, ObjectId(), YEAR_ONE)]
    documents += [
        go_job(world.name(f"odd-{field}-{number}"), next_run_at=after(1), interval=60_000, **{field: value})
        for field, values in odd.items() for number, value in enumerate(values)]
    documents += [
        go_job(world.name("year-one"), next_run_at=YEAR_ONE, interval=60_000),
        go_job(world.name("tiny"), next_run_at=YEAR_ONE, interval=1, enabled=False),
        go_job(world.name("huge"), next_run_at=after(1), interval=2**53, run_start_timeout=2**53),
        go_job(world.name("year-9999"), next_run_at=YEAR_ONE.replace(year=9999), interval=1),
        go_job(world.name("null"), next_run_at=None, interval=None)]
    world.jobs.insert_many(documents)
    worker = world.worker(job, complete)
    scheduler = world.scheduler()
    world.wait_for_runs(job, 8, timeout=15)
    cpu, begun = scheduler.cpu_seconds(), time.monotonic()
    world.wait_for_runs(job, 14, timeout=10)
    share = (scheduler.cpu_seconds() - cpu) / (time.monotonic() - begun)
    assert share < 0.5, f"{share:.0%} of a processor spent on a few jobs"
    world.settle(worker)
    runs = world.runs_of(job)
    checks.check_contiguous(runs, start, 300)
    checks.check_messages(runs, [action for action in worker.actions if action.job == job])
    assert runs[-1]["createdTime"] - runs[-1]["scheduledTime"] < timedelta(seconds=2)
