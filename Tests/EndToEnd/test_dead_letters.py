# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What cannot be processed goes to the dead-letter queue once, unchanged, with its reason (contract, 3)."""

import json
import time

import pytest

from harness import bus
from harness.documents import after, go_run
from harness.waiting import throughout


class Patients:
    """Two jobs under one Scheduler: messages are poisoned for the first one."""

    def __init__(self, world):
        self.world = world
        self.job = world.insert("poisoned", next_run_at=after(3600), interval=1000)
        self.other = world.insert("other", next_run_at=after(3600), interval=1000)
        world.scheduler()
        world.wait_until_served([self.job, self.other])

    def fresh_run(self, job=None):
        """A pending run of its own, as the Go program would have left it."""
        document = go_run(job or self.job, "pending")
        self.world.runs.insert_one(document)
        return document["_id"]

    def check_healthy(self):
        """Both jobs' statuses are still read."""
        for job in (self.job, self.other):
            run = self.fresh_run(job)
            self.world.broker.status(job, run, "running")
            self.world.wait_for_status(run, "running")
        self.world.check_alive()


@pytest.fixture(scope="module")
def patients(shared_world):
    return Patients(shared_world)


def texts(headers):
    """All the texts within a header table."""
    if isinstance(headers, dict):
        return [text for value in headers.values() for text in texts(value)]
    if isinstance(headers, (list, tuple)):
        return [text for value in headers for text in texts(value)]
    return [headers.decode("utf-8", "replace") if isinstance(headers, bytes) else str(headers)]


def check_dead_lettered(patients, kind, body, to="topic"):
    world, job = patients.world, patients.job
    found = []

    def collected():
        found.extend(world.broker.collect(bus.DEAD_LETTERS, lambda message: message.body == body))
        return found

    if to == "topic":
        world.broker.publish(bus.topic(job), kind, body)
    else:
        world.broker.publish(bus.part(job, kind), "", body)
    world.eventually(collected, 5, f"the message in {bus.DEAD_LETTERS}")
    patients.check_healthy()
    world.eventually(lambda: world.broker.depth(bus.part(job, kind)) == 0, 5, f"an empty {kind} queue")
    time.sleep(0.2)  # time in which a message that is requeued would come round again
    collected()
    assert len(found) == 1, f"dead-lettered {len(found)} times"
    words = texts(found[0].headers)
    places = [word for word in words if bus.topic(job) in word]
    assert places, f"no header says where it came from: {found[0].headers}"
    assert [word for word in words if word not in places and len(word) > 3], (
        f"no header says why: {found[0].headers}")


def poisons():
    """Name and body of each; the body is made from a run of this job and one of another job."""

    def message(run, **fields):
        return json.dumps({key: value for key, value in (
            {"jobName": "JOB", "runId": run, "status": "running"} | fields).items() if value is not None}).encode()

    hundred_thousand = 100_000
    return {
        "not JSON": lambda run, other: b"this is no JSON " + run.encode(),
        "empty": lambda run, other: b"",
        "half a message": lambda run, other: message(run)[:-1],
        "an array": lambda run, other: b"[" + message(run) + b"]",
        "a string": lambda run, other: json.dumps(run).encode(),
        "null": lambda run, other: b"null",
        "bad UTF-8": lambda run, other: message(run, error="X").replace(b"X", b"\xff\xfe\xc0"),
        "UTF-16": lambda run, other: message(run).decode().encode("utf-16"),
        "no runId": lambda run, other: message(None, error=run),
        "runId too short": lambda run, other: message(run[:23]),
        "runId not hexadecimal": lambda run, other: message("z" + run[1:]),
        "runId a number": lambda run, other: message(int(run[:8], 16)),
        "runId an object": lambda run, other: message({"$oid": run}),
        "no status": lambda run, other: message(run, status=None),
        "unknown status": lambda run, other: message(run, status="sleeping"),
        "status in capitals": lambda run, other: message(run, status="RUNNING"),
        "status a number": lambda run, other: message(run, status=1),
        "pending from a worker": lambda run, other: message(run, status="pending"),
        "cancelling from a worker": lambda run, other: message(run, status="cancelling"),
        "a run of another job": lambda run, other: message(other),
        "2 MB": lambda run, other: message(run, error="x" * 2_000_000),
        "16 MB": lambda run, other: message(run, error="x" * 16_000_000),
        "nested 100,000 deep": lambda run, other: message(run, x="X").replace(
            b'"X"', b"[" * hundred_thousand + b"]" * hundred_thousand),
    }


@pytest.mark.parametrize("name", poisons())
def test_a_status_that_cannot_be_processed_is_dead_lettered(patients, name):
    run, other = patients.fresh_run(), patients.fresh_run(patients.other)
    body = poisons()[name](str(run), str(other)).replace(b"JOB", patients.job.encode())
    check_dead_lettered(patients, "status", body)
    for untouched in (run, other):
        assert patients.world.run(untouched)["status"] == "pending"


@pytest.mark.parametrize("name", ["not JSON", "bad UTF-8", "no runId", "runId not hexadecimal", "a run of another job"])
def test_a_heartbeat_that_cannot_be_processed_is_dead_lettered(patients, name):
    run, other = patients.fresh_run(), patients.fresh_run(patients.other)
    body = poisons()[name](str(run), str(other)).replace(b"JOB", patients.job.encode())
    check_dead_lettered(patients, "heartbeat", body.replace(b', "status": "running"', b', "from": "a heart"'))


def test_a_poison_by_the_fanout_exchange_is_dead_lettered(patients):
    check_dead_lettered(patients, "status", b"no JSON by fanout " + str(patients.fresh_run()).encode(), to="fanout")


def test_many_poisons_do_not_hold_up_the_others(patients):
    world = patients.world
    marker = f"flood {world.id}".encode()
    run = patients.fresh_run(patients.other)
    for k in range(200):
        world.broker.publish(bus.topic(patients.job), "status", marker + b" %d" % k)
    world.broker.status(patients.other, run, "running")
    world.wait_for_status(run, "running")
    found = []

    def all_there():
        found.extend(world.broker.collect(bus.DEAD_LETTERS, lambda message: message.body.startswith(marker)))
        return len(found) >= 200

    world.eventually(all_there, 10, "200 dead letters")
    patients.check_healthy()
    throughout(lambda: world.broker.depth(bus.part(patients.job, "status")) == 0, 0.5, "an empty status queue")
    all_there()
    assert len({letter.body for letter in found}) == len(found) == 200
