# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The judge finds each kind of wrong, and nothing in what is right: a judge that never condemns proves nothing."""

from dataclasses import replace
from datetime import timedelta

import pika
import pytest
from bson import ObjectId

from harness.documents import now, seconds
from harness.history import LockChange, RunChange
from harness.verdict import Plan, Verdict
from harness.worker import Action

ANCHOR = now().replace(microsecond=0)


def at(number):
    return ANCHOR + timedelta(milliseconds=number)


def run_of(number, **fields):
    """The run of the slot with this number, a second apart."""
    return {"_id": ObjectId(), "jobName": "job", "scheduledTime": at(1000 * number), "createdTime": at(1000 * number + 5),
            "status": "completed", "endTime": at(1000 * number + 50), "attempt": 1, "publishedAt": at(1000 * number)} | fields


def action_of(run, late=0.02, **fields):
    body = {"runId": str(run["_id"]), "attempt": 1}
    return replace(Action(
        "job", str(run["_id"]), "run", f"{run['_id']}:run:1", body, pika.BasicProperties(), "", "", False,
        seconds(run["scheduledTime"]) + late), **fields)


def judged(runs, actions=None, job=(), spans=(), plan=Plan("job", ANCHOR, 1000)):
    job = {"_id": "job", "nextRunAt": at(3000), "enabled": False} | dict(job)
    actions = [action_of(run) for run in runs] if actions is None else actions
    return Verdict([plan], runs, [job], actions, spans).judge().violations


def three():
    return [run_of(number) for number in range(3)]


def skipped(first, last, count, reason="misfire"):
    return {"skips": [{"reason": reason, "firstSlot": at(first), "lastSlot": at(last), "count": count}],
            "skipped": {reason: count}}


def test_what_is_right_is_let_go():
    assert judged(three()) == []
    assert judged([run_of(2)], job=skipped(0, 1000, 2), spans=[(at(0), at(1500))]) == []
    assert judged([run_of(2)], job=skipped(0, 1000, 2, "disabled")) == []
    twice = three()
    actions = [action_of(run) for run in twice] + [action_of(twice[1], late=1)]
    assert judged(twice, actions, spans=[(at(900), at(1200))]) == []
    begun = [*three(), run_of(3), run_of(5)]
    assert judged(begun, job={"enabled": False}) == []
    cron = Plan("job", ANCHOR, seconds=(ANCHOR.second, (ANCHOR.second + 2) % 60))
    assert judged([run_of(0), run_of(2)], plan=cron) == []


def test_slots_that_were_missed_while_nothing_was_broken_are_found():
    late = {"nextRunAt": at(63_000)} | skipped(0, 59_000, 60)
    runs = [run_of(60), run_of(61), run_of(62)]
    assert judged(runs, job=late, spans=[(at(0), at(59_000))]) == []
    for spans in ([], [(at(-20_000), at(-10_000))], [(at(0), at(30_000))], [(at(30_000), at(59_000))]):
        assert judged(runs, job=late, spans=spans), spans


def test_a_long_row_of_skips_is_counted_where_its_rows_are_gone():
    runs = [run_of(199)]
    job = {"nextRunAt": at(200_000), "skipped": {"misfire": 199}, "skips": []}
    assert judged(runs, job=job) == []
    assert judged(runs, job=job | {"skipped": {"misfire": 198}})


def wrong_runs():
    base = three()
    yield "lost", base[:2]
    yield "doubled", [*base, run_of(1)]
    yield "long after it was disabled", [*base, run_of(12)]
    yield "beside the grid", [*base[:2], run_of(2.5)]
    yield "before the first slot", [run_of(-1), *base]
    yield "early", [*base[:2], run_of(2, createdTime=at(1999))]
    yield "pending", [*base[:2], run_of(2, status="pending", endTime=None)]
    yield "unended", [*base[:2], run_of(2, endTime=None)]


@pytest.mark.parametrize("runs", [pytest.param(runs, id=what) for what, runs in wrong_runs()])
def test_wrong_run_documents_are_found(runs):
    assert judged(runs)


def wrong_actions(runs):
    right = [action_of(run) for run in runs]
    yield "never arrived", right[:2]
    yield "arrived twice", [*right, action_of(runs[1], late=9)]
    yield "of no run", [*right, action_of(run_of(1))]
    yield "before its slot", [*right[:2], action_of(runs[2], late=-0.01)]
    yield "another id", [*right[:2], action_of(runs[2], message_id=f"{runs[2]['_id']}:run:2")]
    yield "another body", [*right, action_of(runs[1], body={"runId": str(runs[1]["_id"]), "attempt": 1, "x": 1})]


@pytest.mark.parametrize("which", range(6))
def test_wrong_messages_are_found(which):
    runs = three()
    what, actions = list(wrong_actions(runs))[which]
    assert judged(runs, actions), what
    if what == "another body":
        assert judged(runs, actions, spans=[(at(0), at(3000))]), what


@pytest.mark.parametrize("job", [
    skipped(0, 0, 1), skipped(2000, 2000, 1), {"skipped": {"misfire": 1}, "skips": []}, {"managerId": ObjectId()},
    {"nextRunAt": at(4000)}, {"nextRunAt": at(1000), "enabled": True}])
def test_wrong_jobs_are_found(job):
    assert judged(three(), job=job)


def test_an_attempt_that_never_arrived_is_found():
    runs = [*three()[:2], run_of(2, attempt=2)]
    assert judged(runs)


def change(run, status, attempt=1, published=False, backs_off=False):
    return RunChange(run, "job", status, attempt, published, backs_off, None)


def edges(*steps):
    verdict = Verdict([], [], [], [])
    verdict.judge_edges([change(1, *step) if isinstance(step, tuple) else change(1, step) for step in steps])
    return verdict.violations


def test_the_edges_of_the_chart_are_the_only_ones():
    assert not edges("pending", "running", "completed")
    assert not edges("pending", "running", ("pending", 2), ("running", 2), ("cancelling", 2), ("cancelled", 2))
    assert not edges("pending", ("pending", 2), ("failed", 2), ("pending", 3), ("completed", 3))
    for wrong in (["running"], ["pending", "running", "completed", "running"], ["pending", "running", "pending"],
                  ["pending", "completed", ("pending", 2)], ["pending", "cancelling", "running"],
                  ["pending", ("pending", 2), ("running", 1)], ["pending", "cancelled", "completed"]):
        assert edges(*wrong), wrong


def test_two_active_runs_of_a_serial_job_are_found():
    def serial(*changes):
        verdict = Verdict([], [], [], [])
        verdict.judge_serial({"job"}, changes)
        return verdict.violations

    first = [change(1, "pending"), change(1, "pending", published=True)]
    assert not serial(*first, change(2, "pending"), change(1, "completed"), change(2, "pending", published=True))
    assert not serial(*first, change(1, "pending", 2, backs_off=True), change(2, "running"))
    assert serial(*first, change(2, "pending"), change(2, "pending", published=True))
    assert serial(*first, change(1, "running"), change(2, "running"))


def test_a_lock_that_is_taken_from_its_owner_is_found():
    def locks(*changes):
        verdict = Verdict([], [], [], [])
        verdict.judge_locks([LockChange("job", *change) for change in changes])
        return verdict.violations

    assert not locks((None, 0), ("a", 1), (None, 1), ("b", 2), (None, 2))
    assert locks(("a", 1), ("b", 2))
    assert locks(("a", 1), (None, 1), ("b", 1))
    assert locks(("a", 2), (None, 1))


def test_everything_wrong_is_told_at_once():
    verdict = Verdict([Plan("job", ANCHOR, 1000)], [], [{"_id": "job", "nextRunAt": at(3000), "enabled": True, "managerId": 1}], [])
    with pytest.raises(AssertionError, match="2 violations"):
        verdict.judge().raise_if_any()
