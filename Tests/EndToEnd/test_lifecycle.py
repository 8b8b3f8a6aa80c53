# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The states of a run and the messages that move it (contract, 3 and 5)."""

from bson import ObjectId

import pytest

from harness import bus
from harness.documents import after, go_run, now, present
from harness.worker import status


def fire(world, count=2, **fields):
    """A job with some pending runs of its own and a worker that says nothing by itself."""
    job = world.insert("job", **({"next_run_at": after(0.8), "interval": 200} | fields))
    worker = world.worker(job)
    world.scheduler()
    world.wait_for_actions(worker, count)
    world.update(job, enabled=False)
    return job, [run["_id"] for run in world.runs_of(job)]


def wait_until_read(world, job, sentinel):
    """Statuses of a job are read in order: when the sentinel's has arrived, those before it have been dealt with."""
    world.broker.status(job, sentinel, "running")
    world.wait_for_status(sentinel, "running")


@pytest.mark.both_stores
def test_a_run_goes_from_pending_over_running_to_completed(world):
    job, [run, *_] = fire(world)
    before = now()
    pending = world.run(run)
    assert pending["status"] == "pending"
    assert present(pending.get("startTime")) is None and present(pending.get("endTime")) is None
    world.broker.status(job, run, "running", progress=0.25)
    running = world.wait_for_status(run, "running")
    assert present(running.get("startTime")) >= before and present(running.get("endTime")) is None
    assert running["progress"] == 0.25
    world.broker.heartbeat(job, run, progress=0.5)
    beaten = world.eventually(
        lambda: (document := world.run(run))["progress"] == 0.5 and document, 5, "the progress of a heartbeat")
    assert present(beaten["heartbeat"]) >= before and beaten["status"] == "running"
    result = {"rows": 12, "names": ["ä", "b"], "nested": {"deep": [1, 2.5, None, True]}}
    world.broker.status(job, run, "completed", result=result, progress=1)
    completed = world.wait_for_status(run, "completed")
    assert completed["result"] == result and completed["progress"] == 1
    assert completed["startTime"] == running["startTime"]
    assert completed["startTime"] <= present(completed["endTime"]) <= now()
    assert completed["attempt"] == 1 and completed["scheduledTime"] == pending["scheduledTime"]


@pytest.mark.both_stores
def test_a_failed_run_keeps_its_error(world):
    job, [run, *_] = fire(world)
    world.broker.status(job, run, "running")
    world.broker.status(job, run, "failed", error="disk full: ünïcode")
    failed = world.wait_for_status(run, "failed")
    assert failed["error"] == "disk full: ünïcode" and present(failed["endTime"])


@pytest.mark.both_stores
def test_a_completed_run_never_changes_again(world):
    job, [run, other, *_] = fire(world)
    world.broker.status(job, run, "running")
    world.broker.status(job, run, "completed", result={"kept": True})
    completed = world.wait_for_status(run, "completed")
    for late in ("running", "failed", "cancelled", "completed"):
        world.broker.status(job, run, late, result={"kept": False}, error="late", progress=0.1)
    world.broker.heartbeat(job, run, progress=0.2)
    wait_until_read(world, job, other)
    world.broker.heartbeat(job, other, progress=0.75)
    world.eventually(lambda: world.run(other).get("progress") == 0.75, 5, "the later heartbeat of another run")
    assert world.run(run) == completed


@pytest.mark.both_stores
def test_repeated_and_reordered_statuses_end_the_same(world):
    job, [first, second, third, *_] = fire(world, count=4)
    sentinel = world.runs_of(job)[3]["_id"]
    for word in ("running", "running", "completed", "completed", "running"):
        world.broker.status(job, first, word)
    for word in ("completed", "running"):
        world.broker.status(job, second, word)
    world.broker.status(job, third, "failed", error="at once")
    wait_until_read(world, job, sentinel)
    assert [world.run(run)["status"] for run in (first, second, third)] == ["completed", "completed", "failed"]
    assert all(present(world.run(run)["endTime"]) for run in (first, second, third))


def test_a_run_moves_only_along_the_allowed_edges(world):
    job = world.insert("edges", next_run_at=after(3600), interval=1000)
    words = ("running", "completed", "failed", "cancelled")
    allowed = {
        "pending": set(words),
        "running": {"completed", "failed", "cancelled"},
        "cancelling": {"completed", "failed", "cancelled"},
        "completed": set(), "failed": set(), "cancelled": set(),
    }
    cases = []
    for origin in allowed:
        for word in words:
            started = {} if origin == "pending" else {"start": now(), "heartbeat": now()}
            ended = {"end": now()} if not allowed[origin] else {}
            cases.append((go_run(job, origin, **started, **ended), word))
    sentinel = go_run(job, "pending")
    world.runs.insert_many([document for document, _ in cases] + [sentinel])
    world.scheduler()
    world.wait_until_owned(job)
    world.eventually(lambda: world.broker.consumers(bus.part(job, "status")) == 1, 10, "a consumer of statuses")
    for document, word in cases:
        world.broker.status(job, document["_id"], word)
    wait_until_read(world, job, sentinel["_id"])

    def each_as_allowed():
        wrong = []
        for document, word in cases:
            expected = word if word in allowed[document["status"]] else document["status"]
            seen = world.run(document["_id"])["status"]
            if seen != expected:
                wrong.append(f"{document['status']} + {word}: expected {expected}, is {seen}")
        assert not wrong, wrong
        return True

    world.eventually(each_as_allowed, 2, "each run where its status may lead")


@pytest.mark.both_stores
def test_unknown_keys_of_a_status_are_ignored(world):
    job, [run, *_] = fire(world)
    world.broker.status(
        job, run, "running", **{"$where": "1", "a.b": 1, "nul\0": 2, "version": 99, "worker": {"host": "x"}})
    document = world.wait_for_status(run, "running")
    assert not {"$where", "a.b", "a", "nul\0", "version", "worker"} & set(document)


@pytest.mark.both_stores
def test_a_status_of_a_run_that_does_not_exist_is_only_acknowledged(world):
    job, [run, *_] = fire(world)
    unknown = ObjectId()
    world.broker.status(job, unknown, "running")
    world.broker.heartbeat(job, unknown)
    wait_until_read(world, job, run)
    world.eventually(lambda: world.broker.depth(bus.part(job, "heartbeat")) == 0, 5, "an empty heartbeat queue")
    assert world.run(unknown) is None
    letters = world.broker.collect(bus.DEAD_LETTERS, lambda message: str(unknown).encode() in message.body)
    assert not letters, f"dead-lettered: {[letter.headers for letter in letters]}"


@pytest.mark.both_stores
def test_statuses_sent_while_no_scheduler_runs_are_stored_later(world):
    job, [run, *_] = fire(world)
    code, _ = world.programs[0].term_and_wait()
    assert code == 0
    for word in ("running", "completed"):
        world.broker.status(job, run, word)
    assert world.broker.depth(bus.part(job, "status")) == 2
    world.scheduler()
    world.wait_for_status(run, "completed", timeout=10)


@pytest.mark.both_stores
def test_a_worker_written_for_go_gets_its_runs_through(world):
    """It declares only the topic exchange and its queues, and sends the three keys the Go program knows."""
    job = world.insert("go", next_run_at=after(2), interval=300)
    worker = world.worker(job, lambda action: [status("running"), status("completed", 0.1)], declare="go")
    world.scheduler()
    world.wait_for_actions(worker, 3)
    world.wait_for_runs(job, 3, status="completed")
