# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Time-outs, lost heartbeats, attempts and cancels (contract, 3 and 5)."""

import pytest

from harness.documents import after, milliseconds, present
from harness.worker import Say, heartbeat, running, silent, status, working

SWEEP = 2.5
"""The most that a deadline may be late: the cleanup interval (0.3 s) and what a busy machine adds."""

pytestmark = pytest.mark.both_stores


def check_cancel(action, job, run):
    assert action.kind == "cancel" and action.properties.type == "cancel"
    assert action.body["jobName"] == job and action.body["runId"] == str(run) and action.body["action"] == "cancel"
    assert action.message_id == f"{run}:cancel:{action.attempt}"
    assert action.properties.delivery_mode == 2 and action.properties.content_type == "application/json"


def test_a_run_that_does_not_start_is_cancelled(world):
    job = world.insert("unstarted", next_run_at=after(1), run_start_timeout=800)
    worker = world.worker(job, silent)
    world.scheduler()
    [action] = world.wait_for_actions(worker, 1)
    cancel, *_ = world.wait_for_actions(worker, 1, kind="cancel", timeout=0.8 + SWEEP)
    run = world.runs_of(job)[0]["_id"]
    check_cancel(cancel, job, run)
    assert 0.7 < cancel.arrival - action.arrival, "cancelled before the time-out"
    document = world.run(run)
    assert document["status"] == "cancelling" and present(document.get("endTime")) is None
    world.broker.status(job, run, "cancelled")
    assert present(world.wait_for_status(run, "cancelled")["endTime"])
    assert len(worker.of(job)) == 2, [action.body for action in worker.of(job)]


def test_a_run_that_takes_too_long_is_cancelled(world):
    job = world.insert("endless", next_run_at=after(1), run_execution_timeout=900, run_start_timeout=600)
    worker = world.worker(job, lambda action: [status("running")] if action.kind == "run" else [])
    world.scheduler()
    cancel, *_ = world.wait_for_actions(worker, 1, kind="cancel", timeout=8)
    document = world.runs_of(job)[0]
    check_cancel(cancel, job, document["_id"])
    assert document["status"] == "cancelling"
    waited = cancel.arrival - milliseconds(document["startTime"]) / 1000
    assert 0.85 < waited < 0.9 + SWEEP, f"cancelled {waited:.3f} s after its start, the time-out is 0.9 s"
    world.broker.status(job, document["_id"], "cancelled")
    world.wait_for_status(document["_id"], "cancelled")


def test_a_cancelling_run_may_still_complete(world):
    job = world.insert("finisher", next_run_at=after(1), run_execution_timeout=500)
    worker = world.worker(job, lambda action: [status("running" if action.kind == "run" else "completed")])
    world.scheduler()
    world.wait_for_actions(worker, 1, kind="cancel")
    world.wait_for_runs(job, 1, status="completed")


def test_a_run_in_time_is_not_cancelled(world):
    job = world.insert(
        "in-time", next_run_at=after(1), interval=300, run_start_timeout=1500, run_execution_timeout=2500)
    worker = world.worker(job, working(0.4))
    world.scheduler()
    world.wait_for_runs(job, 6, status="completed", timeout=15)
    assert not [action.body for action in worker.actions if action.kind == "cancel"]


def test_a_silent_running_run_gets_a_second_attempt(world):
    job = world.insert("silent", next_run_at=after(1), heartbeat_timeout=900)
    worker = world.worker(job, lambda action: [status("running", attempt=1)] if action.attempt == 1 else [])
    world.scheduler()
    first, second = world.wait_for_actions(worker, 2, kind="run")
    assert second.run == first.run and second.body["attempt"] == 2
    assert (first.message_id, second.message_id) == (f"{first.run}:run:1", f"{first.run}:run:2")
    assert second.body.get("scheduledTime") == first.body.get("scheduledTime")
    assert 0.85 < second.arrival - first.arrival < 0.9 + SWEEP, second.arrival - first.arrival
    run = world.runs_of(job)[0]["_id"]
    document = world.run(run)
    assert document["status"] == "pending" and document["attempt"] == 2
    # What the lost first attempt still says changes nothing,
    for word in ("running", "completed", "failed"):
        world.broker.status(job, run, word, attempt=1, error="of the first attempt")
    # what the second one says does.
    world.broker.status(job, run, "running", attempt=2, progress=0.5)
    document = world.wait_for_status(run, "running")
    assert "error" not in document or document["error"] is None
    world.broker.status(job, run, "failed", attempt=1)
    world.broker.status(job, run, "completed", attempt=2)
    world.wait_for_status(run, "completed")
    assert len(world.runs_of(job)) == 1


def test_a_status_without_attempt_means_the_current_one(world):
    job = world.insert("go-worker", next_run_at=after(1), heartbeat_timeout=800)
    worker = world.worker(job, lambda action: [status("running")] if action.attempt == 1 else [
        status("running"), status("completed")])
    world.scheduler()
    world.wait_for_actions(worker, 2)
    run = world.wait_for_runs(job, 1, status="completed")[0]
    assert run["attempt"] == 2


def test_heartbeats_keep_a_run_alive(world):
    job = world.insert("alive", next_run_at=after(1), heartbeat_timeout=1200)
    by_fanout = world.insert("alive-fanout", next_run_at=after(1), heartbeat_timeout=1200)
    worker = world.worker(job, working(4, beat=0.25))
    world.worker(by_fanout, lambda action: [
        status("running", to="fanout"), *(heartbeat(k * 0.25, to="fanout") for k in range(1, 16)),
        Say("status", {"status": "completed"}, 4, "fanout")])
    world.scheduler()
    for name in (job, by_fanout):
        [run] = world.wait_for_runs(name, 1, status="running")
        begun = run["startTime"]
        world.eventually(
            lambda: (beat := present(world.run(run["_id"]).get("heartbeat")))
            and milliseconds(beat) > milliseconds(begun) + 1500, 5,
            "the run's heartbeat to move")
        assert world.run(run["_id"])["status"] == "running"
    for name in (job, by_fanout):
        [run] = world.wait_for_runs(name, 1, status="completed")
        assert run["attempt"] == 1
    assert len(worker.actions) == 1, [action.body for action in worker.actions]


def test_a_heartbeat_of_an_older_attempt_keeps_nothing_alive(world):
    job = world.insert("ghost", next_run_at=after(1), heartbeat_timeout=900)

    def answer(action):
        if action.attempt > 2:
            return []
        return [status("running", attempt=action.attempt), *(heartbeat(k * 0.3, attempt=1) for k in range(1, 12))
                ] if action.attempt == 2 else [status("running", attempt=1)]

    worker = world.worker(job, answer)
    world.scheduler()
    actions = world.wait_for_actions(worker, 3, kind="run", timeout=1.8 + 2 * SWEEP + 3)
    assert [action.body["attempt"] for action in actions] == [1, 2, 3]


def test_a_silent_cancelling_run_ends_cancelled(world):
    job = world.insert("deaf", next_run_at=after(1), run_execution_timeout=500, heartbeat_timeout=1000)
    # A worker that beats until it is told to cancel and is silent from then on.
    worker = world.worker(job, lambda action: [
        status("running"), heartbeat(0.2), heartbeat(0.4)] if action.kind == "run" else [])
    world.scheduler()
    cancel, *_ = world.wait_for_actions(worker, 1, kind="cancel")
    [run] = world.wait_for_runs(job, 1, status="cancelled", timeout=1 + SWEEP)
    waited = milliseconds(present(run["endTime"])) / 1000 - cancel.arrival
    assert waited > 0.4, f"ended {waited:.3f} s after the cancel, heartbeatTimeout is 1 s"
    assert len(worker.of(job, "run")) == 1, "a cancelled run is not attempted again"


def test_a_serial_job_goes_on_after_a_time_out(world):
    job = world.insert(
        "serial", next_run_at=after(1), interval=500, run_start_timeout=600, max_queue_count=3,
        allow_concurrent_runs=False)
    worker = world.worker(job, lambda action: [status("cancelled")] if action.kind == "cancel" else [])
    world.scheduler()
    world.wait_for_actions(worker, 3, kind="run", timeout=12)
    ended = [run for run in world.runs_of(job) if run["status"] == "cancelled"]
    assert len(ended) >= 2
    assert {action.run for action in worker.of(job, "cancel")} <= {action.run for action in worker.of(job, "run")}, (
        "a run that waited unpublished was timed out: runStartTimeout counts from the publishing")


def test_time_outs_of_a_run_begun_under_another_scheduler_are_kept(world):
    job = world.insert("handed-over", next_run_at=after(1), heartbeat_timeout=2500)
    worker = world.worker(job, running)
    first = world.scheduler()
    world.wait_for_runs(job, 1, status="running")
    assert first.term_and_wait()[0] == 0
    world.scheduler()
    actions = world.wait_for_actions(worker, 2, kind="run", timeout=2.5 + SWEEP + 3)
    assert actions[1].body["attempt"] == 2 and actions[1].arrival - actions[0].arrival > 2.4
