# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Documents exactly as the Go program of the same name writes them, and times as MongoDB keeps them."""

from datetime import datetime, timedelta, timezone

from bson import ObjectId

YEAR_ONE = datetime(1, 1, 1)
"""Go's zero time: "not yet"."""

ZERO_ID = ObjectId("0" * 24)


def now():
    """The present in UTC, cut to milliseconds and without a zone, as pymongo returns dates."""
    moment = datetime.now(timezone.utc).replace(tzinfo=None)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def after(seconds):
    return now() + timedelta(seconds=seconds)


def milliseconds(moment):
    """Whole milliseconds since 1970 of a MongoDB date."""
    return round((moment - datetime(1970, 1, 1)) / timedelta(milliseconds=1))


def seconds(moment):
    """Seconds since 1970, comparable with `time.time()`."""
    return milliseconds(moment) / 1000


def moment(seconds):
    """The MongoDB date of seconds since 1970, unrounded."""
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)


def present(moment):
    """A stored time, or None when it is absent, null or Go's year 1."""
    return None if moment is None or moment.year <= 1 else moment


def go_job(name, *, next_run_at, interval=0, enabled=True, run_execution_timeout=0, run_start_timeout=0,
           max_queue_count=0, allow_concurrent_runs=True, heartbeat_timeout=0, **other):
    """A job document; `other` sets further fields or replaces these."""
    return {
        "_id": name,
        "enabled": enabled,
        "nextRunAt": next_run_at,
        "interval": interval,
        "runExecutionTimeout": run_execution_timeout,
        "runStartTimeout": run_start_timeout,
        "maxQueueCount": max_queue_count,
        "allowConcurrentRuns": allow_concurrent_runs,
        "heartbeatTimeout": heartbeat_timeout,
        "heartbeat": YEAR_ONE,
    } | other


def go_run(job_name, status, *, created=None, start=YEAR_ONE, end=YEAR_ONE, heartbeat=YEAR_ONE, **other):
    """A run document with an id of its own."""
    return {
        "_id": ObjectId(),
        "jobName": job_name,
        "status": status,
        "createdTime": created or now(),
        "startTime": start,
        "endTime": end,
        "heartbeat": heartbeat,
    } | other
