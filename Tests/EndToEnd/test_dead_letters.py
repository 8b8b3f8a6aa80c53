# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What leaves the run or its status unknown goes to the dead-letter queue once, unchanged, with its reason; whatever
else is wrong with a message does not cost its news (contract, 3)."""

import gzip
import json

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


def check_dead_lettered(patients, kind, body, to="topic", reason=""):
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
    # A message that is requeued would come round again.
    throughout(lambda: len(collected()) == 1, 0.2, "dead-lettered once")
    words = texts(found[0].headers)
    places = [word for word in words if bus.topic(job) in word]
    assert places, f"no header says where it came from: {found[0].headers}"
    assert [word for word in words if word not in places and len(word) > 3 and reason in word], (
        f"no header says why: {found[0].headers}")


def poisons():
    """Name and body of each; the body is made from a run of this job and one of another job."""

    def message(run, **fields):
        return json.dumps({key: value for key, value in (
            {"jobName": "JOB", "runId": run, "status": "running"} | fields).items() if value is not None}).encode()

    return {
        "not JSON": lambda run, other: b"this is no JSON " + run.encode(),
        "empty": lambda run, other: b"",
        "half a message": lambda run, other: message(run)[:-1],
        "an array": lambda run, other: b"[" + message(run) + b"]",
        "a string": lambda run, other: json.dumps(run).encode(),
        "null": lambda run, other: b"null",
        "bad UTF-8": lambda run, other: message(run[:12] + "X" + run[13:]).replace(b"X", b"\xff"),
        "encoded twice": lambda run, other: json.dumps(message(run).decode()).encode(),
        "gzip": lambda run, other: gzip.compress(message(run)),
        "a form": lambda run, other: f"jobName=JOB&runId={run}&status=running".encode(),
        "a Python dictionary": lambda run, other: message(run).replace(b'"', b"'"),
        "NaN as runId": lambda run, other: message(float("nan")),
        "two statuses": lambda run, other: message(run)[:-1] + b', "status": "failed"}',
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
    }


REASONS = {"empty": "the body is empty", "an array": "a JSON array", "gzip": "gzip", "a form": "a form",
           "UTF-16": "UTF-16", "encoded twice": "encoded twice", "NaN as runId": "NaN",
           "a Python dictionary": "single quotes", "not JSON": "the body is text", "two statuses": "duplicate key status"}


@pytest.mark.parametrize("name", poisons())
def test_a_status_that_cannot_be_processed_is_dead_lettered(patients, name):
    run, other = patients.fresh_run(), patients.fresh_run(patients.other)
    body = poisons()[name](str(run), str(other)).replace(b"JOB", patients.job.encode())
    check_dead_lettered(patients, "status", body, reason=REASONS.get(name, ""))
    for untouched in (run, other):
        assert patients.world.run(untouched)["status"] == "pending"


@pytest.mark.parametrize("name", ["not JSON", "bad UTF-8", "no runId", "runId not hexadecimal", "a run of another job"])
def test_a_heartbeat_that_cannot_be_processed_is_dead_lettered(patients, name):
    run, other = patients.fresh_run(), patients.fresh_run(patients.other)
    body = poisons()[name](str(run), str(other)).replace(b"JOB", patients.job.encode())
    check_dead_lettered(patients, "heartbeat", body.replace(b', "status": "running"', b', "from": "a heart"'))


def test_a_poison_by_the_fanout_exchange_is_dead_lettered(patients):
    check_dead_lettered(patients, "status", b"no JSON by fanout " + str(patients.fresh_run()).encode(), to="fanout")


DEEP = b"[" * 100_000 + b"]" * 100_000
MENDED = {
    "half a surrogate pair": (rb'"error": "caf\udce9.blend"', {"error": "caf\ufffd.blend"}),
    "bytes that are not UTF-8": (b'"error": "caf\xe9.blend"', {"error": "caf\ufffd.blend"}),
    "a line break": (b'"error": "two\nlines"', {"error": "two\nlines"}),
    "a NUL": (rb'"error": "a\u0000b"', {"error": "a\ufffdb"}),
    "an object as error": (b'"error": {"code": 5}', {"error": '{"code":5}'}),
    "a long error": (b'"error": "' + b"x" * 20_000 + b'"', {"error": "x" * 8192}),
    "marks upon a letter": (b'"error": "e' + "\u0301".encode() * 100_000 + b'"', {"error": "e" + "\u0301" * 8191}),
    "progress in percent": (b'"progress": 45', {"progress": None}),
    "NaN as progress": (b'"progress": NaN', {"progress": None}),
    "a text as progress": (b'"progress": "0.5"', {"progress": 0.5}),
    "digits as attempt": (b'"attempt": "1"', {"attempt": 1}),
    "an object as attempt": (b'"attempt": {}', {"attempt": 1}),
    "NaN in a result": (b'"result": {"loss": NaN, "epoch": 3}', {"result": {"loss": None, "epoch": 3}}),
    "a deep result": (b'"result": ' + DEEP, {"result": None}),
    "a large result": (b'"result": "' + b"x" * 70_000 + b'"', {"result": None}),
    "a name twice": (b'"error": "a", "error": "b"', {"error": "b"}),
    "a result like a reference": (
        b'"result": {"$ref": 1, "$id": 2, "$db": {}}', {"result": {"$ref": 1, "$id": 2, "$db": {}}}),
}
"""Members of a message that are not as they should be, and what the run has of them."""
UNTOLD = {"a result like a reference"}


@pytest.mark.parametrize("name", MENDED)
def test_a_worker_that_is_not_perfect_has_its_status_counted(patients, name):
    world, (members, expected) = patients.world, MENDED[name]
    run = patients.fresh_run()
    start = b'{"jobName": "%s", "runId": "%s", ' % (patients.job.encode(), str(run).encode())
    world.broker.publish(bus.topic(patients.job), "status", start + b'"status": "running"}')
    world.wait_for_status(run, "running")
    world.broker.publish(bus.topic(patients.job), "heartbeat", start + members + b"}")
    world.broker.publish(bus.topic(patients.job), "status", b"\xef\xbb\xbf" + start + members + b', "status": "failed"}')
    document = world.wait_for_status(run, "failed")
    for field, value in expected.items():
        # The first attempt is not written.
        assert document.get(field, 1 if field == "attempt" else None) == value, f"{field}: {str(document.get(field))[:80]}"
    field = members.split(b'"')[1].decode()
    notes = document.get("notes", [])
    assert name in UNTOLD or [note for note in notes if note.startswith(f"{field}: ")], notes
    assert len(notes) == len(set(notes)) <= 20
    patients.check_healthy()


def test_an_unknown_member_may_be_anything(patients):
    run = patients.fresh_run()
    start = b'{"runId": "%s", "status": "running", "x": ' % str(run).encode()
    patients.world.broker.publish(bus.topic(patients.job), "status", start + DEEP + b"}")
    assert "notes" not in patients.world.wait_for_status(run, "running")


def test_a_worker_whose_attempt_is_mangled_does_not_end_a_later_one(patients):
    world = patients.world
    run = patients.fresh_run()
    world.broker.status(patients.job, run, "running")
    world.wait_for_status(run, "running")
    world.runs.update_one({"_id": run}, {"$set": {"attempt": 2}})
    world.broker.status(patients.job, run, "failed", attempt={"n": 1})
    document = world.eventually(lambda: (found := world.run(run)).get("notes") and found, 5, "a note")
    assert document["status"] == "running" and "failed did not count for 2" in document["notes"][0]
    world.broker.status(patients.job, run, "completed", attempt="2")
    assert world.wait_for_status(run, "completed")["notes"][1:] == ["attempt: a text of digits, read as a number"]


def test_a_run_that_never_beats_is_found_by_its_heartbeat(patients):
    run = patients.fresh_run()
    patients.world.broker.status(patients.job, run, "running")
    document = patients.world.wait_for_status(run, "running")
    assert document["heartbeat"] == document["startTime"]


def test_a_dead_letter_keeps_its_content_encoding(patients):
    world, body = patients.world, gzip.compress(b"{}") + str(patients.fresh_run()).encode()
    world.broker.publish(bus.topic(patients.job), "status", body, content_encoding="gzip")
    found = []

    def collected():
        found.extend(world.broker.collect(bus.DEAD_LETTERS, lambda message: message.body == body))
        return found

    world.eventually(collected, 5, "the dead letter")
    assert found[0].properties.content_encoding == "gzip"
    assert found[0].properties.content_type == "application/json"


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
