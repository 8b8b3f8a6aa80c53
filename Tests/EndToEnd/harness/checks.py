# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What must hold between slots, run documents and messages; each function raises with the difference it found."""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta

from .documents import milliseconds, seconds

RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


def parse_time(text):
    """A date as MongoDB would return it, from the text of a message."""
    assert isinstance(text, str) and RFC3339.match(text), f"not RFC 3339 in UTC with milliseconds: {text!r}"
    return datetime.fromisoformat(text[:-1])


def slots(runs):
    return sorted(run["scheduledTime"] for run in runs)


def numbers(runs, anchor, interval):
    """Each run's k in anchor + k*interval; a slot that is not on that grid is an error."""
    result = []
    for run in runs:
        distance = milliseconds(run["scheduledTime"]) - milliseconds(anchor)
        assert distance % interval == 0, (
            f"slot {run['scheduledTime']} is {distance % interval} ms off the grid {anchor} + k*{interval} ms")
        result.append(distance // interval)
    return sorted(result)


def check_unique(runs):
    counts = Counter((run["jobName"], run["scheduledTime"]) for run in runs)
    doubled = [key for key, count in counts.items() if count > 1]
    assert not doubled, f"{len(doubled)} slots have more than one run document, for example {doubled[:3]}"


def check_contiguous(runs, anchor, interval, first=None):
    """Every slot from anchor + first*interval to the latest fired one has one run.

    Without `first`, from the first fired one: a Scheduler that starts slowly may miss the slots before.
    """
    check_unique(runs)
    ks = numbers(runs, anchor, interval)
    assert ks, "no run at all"
    first = max(ks[0], 0) if first is None else first
    missing = sorted(set(range(first, ks[-1] + 1)) - set(ks))
    assert ks[0] >= first, f"slot number {ks[0]} lies before the first one, {first}"
    assert not missing, f"slots without a run: {missing[:20]} of {first}...{ks[-1]}"
    return ks


def gaps(runs, anchor, interval):
    """Stretches of slots without a run between the first and the latest fired slot, as pairs of dates."""
    ks = numbers(runs, anchor, interval)
    step = timedelta(milliseconds=interval)
    return [(anchor + (a + 1) * step, anchor + (b - 1) * step) for a, b in zip(ks, ks[1:]) if b > a + 1]


def check_never_early(runs):
    for run in runs:
        assert run["createdTime"] >= run["scheduledTime"], (
            f"run {run['_id']} of {run['jobName']} created at {run['createdTime']}, before its slot "
            f"{run['scheduledTime']}")


def check_messages(runs, actions, exactly_once=True, attempt=1):
    """Each run's action arrived (once, or at least once) with its one message id, and no action lacks its run."""
    arrived = defaultdict(list)
    for action in actions:
        if action.kind == "run" and action.attempt == attempt:
            arrived[action.run].append(action)
    known = {str(run["_id"]) for run in runs}
    missing = [run for run in known if run not in arrived]
    assert not missing, f"{len(missing)} of {len(known)} runs never reached the worker, for example {missing[:3]}"
    strangers = [run for run in arrived if run not in known]
    assert not strangers, f"{len(strangers)} actions belong to no run document, for example {strangers[:3]}"
    for run, deliveries in arrived.items():
        ids = {action.message_id for action in deliveries}
        assert ids == {f"{run}:run:{attempt}"}, f"message ids of run {run}: {ids}"
    if exactly_once:
        twice = [run for run, deliveries in arrived.items() if len(deliveries) > 1]
        assert not twice, f"{len(twice)} actions arrived more than once, for example\n" + "\n".join(
            describe(next(run for run in runs if str(run["_id"]) == one), arrived[one]) for one in twice[:3])


def describe(run, deliveries):
    """A run and when its action arrived, in seconds after the slot."""
    slot = seconds(run["scheduledTime"])
    times = [f"{d.arrival - slot:.3f}{' redelivered by the broker' if d.redelivered else ''}" for d in deliveries]
    created = seconds(run["createdTime"]) - slot
    return f"  {run['_id']} of slot {run['scheduledTime']}: created +{created:.3f} s, arrived +{', +'.join(times)}"


def lags(runs, actions):
    """Seconds from slot to arrival at the worker, per run, first delivery."""
    slot = {str(run["_id"]): seconds(run["scheduledTime"]) for run in runs}
    first = {}
    for action in actions:
        if action.kind == "run" and action.run in slot:
            first.setdefault(action.run, action.arrival - slot[action.run])
    return sorted(first.values())


def check_actions(actions):
    """What holds for every action of every test: ids, contents equal on each repetition, none before its slot."""
    bodies = {}
    for action in actions:
        assert action.kind in ("run", "cancel"), f"unknown action: {action.body}"
        expected = f"{action.run}:{action.kind}:{action.attempt}"
        assert action.message_id == expected, f"message_id {action.message_id!r}, expected {expected!r}"
        assert bodies.setdefault(action.message_id, action.body) == action.body, (
            f"two bodies under one message_id: {bodies[action.message_id]} and {action.body}")
        if action.kind == "run" and "scheduledTime" in action.body:
            slot = parse_time(action.body["scheduledTime"])
            assert action.arrival >= seconds(slot), f"{action.body} arrived before its slot, at {action.arrival}"
