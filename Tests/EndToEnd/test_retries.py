# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Failed runs are tried again after a backoff, until the attempts are used up (contract, 5)."""

import pytest

from harness.documents import after, present, seconds
from harness.worker import status

BACKOFF = {"initial": 600, "factor": 2, "max": 5000}

pytestmark = pytest.mark.both_stores


def failing(times):
    """Fails the first attempts, with what went wrong, then completes.

    Says which attempt it means: what a killed Scheduler had not acknowledged comes again, and would be taken for the next one.
    """

    def answer(action):
        if action.kind != "run":
            return [status("cancelled")]
        attempt = action.attempt
        failed = status("failed", error=f"try {attempt}", attempt=attempt)
        return [status("running", attempt=attempt), failed if attempt <= times else status("completed", attempt=attempt)]

    return answer


def test_a_failed_run_is_tried_again_after_its_backoff(world):
    job = world.insert("retried", next_run_at=after(1), maxAttempts=3, retryBackoff=BACKOFF, payload={"n": 1})
    worker = world.worker(job, failing(2))
    world.scheduler()
    first, second, third = world.wait_for_actions(worker, 3, kind="run", timeout=12)
    run = world.wait_for_runs(job, 1, status="completed")[0]
    assert [a.message_id for a in (first, second, third)] == [f"{run['_id']}:run:{n}" for n in (1, 2, 3)]
    assert all(a.body["payload"] == {"n": 1} for a in (first, second, third))
    rows = run["attempts"]
    assert [(row["attempt"], row["status"], row.get("error")) for row in rows] == [
        (1, "failed", "try 1"), (2, "failed", "try 2"), (3, "completed", None)]
    # Up to a fifth is taken away by the jitter; nothing comes early, and nothing much later.
    for action, row, wait in ((second, rows[0], 0.6), (third, rows[1], 1.2)):
        late = action.arrival - seconds(row["endTime"]) - wait
        assert -0.2 * wait - 0.005 <= late < 0.25, f"attempt {action.attempt} came {late:.3f} s after its time"
    assert "error" not in run and present(run["endTime"]) and "retryAt" not in run and "deadline" not in run


def test_the_last_attempt_that_fails_is_the_end_and_older_ones_change_nothing(world):
    job = world.insert("given-up", next_run_at=after(1), maxAttempts=2, retryBackoff=BACKOFF)
    worker = world.worker(job, lambda action: [status("failed", error="no")])
    world.scheduler()
    world.wait_for_actions(worker, 1, kind="run")
    run = world.eventually(lambda: world.runs_of(job, attempt=2), 5, "the second attempt")[0]
    assert run["status"] == "pending" and present(run["retryAt"])
    # The same once more, without an attempt: it is about the first.
    for word in ("failed", "running", "completed"):
        world.broker.status(job, run["_id"], word)
    run = world.wait_for_runs(job, 1, status="failed")[0]
    assert run["attempt"] == 2 and run["error"] == "no" and len(run["attempts"]) == 2
    assert len(worker.of(job)) == 2


def test_a_run_that_backs_off_blocks_nobody_and_queues_again(world):
    job = world.insert("serial", next_run_at=after(1), interval=400, allow_concurrent_runs=False, maxAttempts=9,
                       retryBackoff={"initial": 1500, "factor": 1, "max": 1500})
    poison = []

    def answer(action):
        poison.append(action.run) if not poison else None
        fails = action.run == poison[0] and action.attempt == 1
        return [status("running"), status("failed" if fails else "completed", after=0.02)]

    worker = world.worker(job, answer)
    world.scheduler()
    world.wait_for_runs(job, 5, status="completed")
    world.update(job, enabled=False)
    order = [(a.run, a.attempt) for a in world.wait_for_actions(worker, 5, kind="run")]
    again = order.index((poison[0], 2))
    assert again >= 3, f"the others waited for the one that backs off: {order}"


def test_a_cancel_while_backing_off_ends_it_at_once(world):
    job = world.insert("hopeless", next_run_at=after(1), maxAttempts=5,
                       retryBackoff={"initial": 60_000, "factor": 1, "max": 60_000})
    worker = world.worker(job, failing(9))
    world.scheduler()
    run = world.eventually(lambda: world.runs_of(job, attempt=2), 8, "the backoff")[0]
    assert world.user().cancel(run["_id"]) == "cancelled"
    world.eventually(lambda: "deadline" not in world.run(run["_id"]), 3, "an end without a deadline")
    assert len(worker.of(job)) == 1, "nothing was published for it"


def test_a_crash_during_the_backoff_loses_no_retry(world):
    job = world.insert("orphaned", next_run_at=after(1), maxAttempts=2,
                       retryBackoff={"initial": 2500, "factor": 1, "max": 2500})
    worker = world.worker(job, failing(1))
    scheduler = world.scheduler()
    row = world.eventually(lambda: world.runs_of(job, attempt=2), 8, "the backoff")[0]["attempts"][0]
    scheduler.kill9()
    world.custodian()
    world.scheduler()
    [second] = [a for a in world.wait_for_actions(worker, 2, kind="run", timeout=15) if a.attempt == 2]
    assert second.arrival - seconds(row["endTime"]) >= 2.5 * 0.8
    world.wait_for_runs(job, 1, status="completed")
