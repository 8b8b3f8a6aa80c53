# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The helpers themselves, against the real servers and a fake Scheduler: a broken ruler measures nothing."""

import json
import socket
import threading
import time
from datetime import timedelta

import pika
import pytest
from bson import BSON, Int64

from harness import bus, checks
from harness.documents import YEAR_ONE, after, go_job, go_run, now, present, seconds
from harness.programs import Script
from harness.outages import Outages
from harness.proxy import Proxy, free_port
from harness.waiting import eventually, throughout
from harness.worker import RecordingWorker, complete, working


def publish_action(world, job, run, kind="run", attempt=1):
    world.broker.publish(
        bus.topic(job), "action",
        {"jobName": job, "runId": run, "action": kind, "attempt": attempt},
        message_id=f"{run}:{kind}:{attempt}", type=kind, timestamp=int(time.time()))


def take_from(world, queue, count):
    found = []
    eventually(lambda: found.extend(world.broker.collect(queue)) or len(found) >= count, 5, f"{count} in {queue}")
    return found


def test_waiting_names_what_it_waited_for():
    with pytest.raises(AssertionError, match="in vain for: the moon"):
        eventually(lambda: False, 0.1, "the moon")
    with pytest.raises(AssertionError, match="the sun stays"):
        throughout(lambda: False, 0.1, "the sun stays")


def test_documents_have_the_types_the_go_program_writes():
    raw = BSON.encode(go_job("n", next_run_at=now(), interval=500))
    assert b"\x08enabled\x00\x01" in raw, "enabled is a BSON bool"
    assert b"\x09nextRunAt\x00" in raw, "nextRunAt is a BSON date"
    assert b"\x10interval\x00\xf4\x01\x00\x00" in raw, "interval is an int32"
    assert b"managerId" not in raw
    assert BSON(raw).decode()["heartbeat"] == YEAR_ONE
    assert present(go_run("n", "pending")["startTime"]) is None
    assert isinstance(go_job("n", next_run_at=now(), interval=Int64(5))["interval"], Int64)


def test_the_worker_records_and_answers(world):
    job = world.name("a")
    worker = world.worker(job, complete)
    publish_action(world, job, "a" * 24)
    action = world.wait_for_actions(worker, 1)[0]
    assert (action.job, action.run, action.kind, action.attempt) == (job, "a" * 24, "run", 1)
    assert action.exchange == bus.topic(job) and action.routing_key == "action" and not action.redelivered
    assert abs(action.arrival - time.time()) < 5
    checks.check_actions(worker.actions)
    said = [json.loads(message.body)["status"] for message in take_from(world, bus.part(job, "status"), 2)]
    assert said == ["running", "completed"]


def test_the_worker_answers_late_and_beats(world):
    job = world.name("a")
    world.worker(job, working(0.6, beat=0.2), declare="go")
    start = time.monotonic()
    publish_action(world, job, "b" * 24)
    said = [json.loads(m.body)["status"] for m in take_from(world, bus.part(job, "status"), 2)]
    assert said == ["running", "completed"] and time.monotonic() - start > 0.5
    assert len(take_from(world, bus.part(job, "heartbeat"), 3)) == 3


def test_the_worker_comes_back_after_a_cut(world):
    job = world.name("a")
    address = pika.URLParameters(world.environment.rabbitmq)
    proxy = world.closing(Proxy(address.host, address.port).open())
    worker = RecordingWorker(world.environment.rabbitmq, [job])
    worker._parameters.port, worker._parameters.host = proxy.port, "127.0.0.1"
    world.workers.append(worker.begin())
    proxy.cut()
    eventually(lambda: worker.connections == 2, 5, "a second connection")
    publish_action(world, job, "c" * 24)
    world.wait_for_actions(worker, 1)


def test_a_status_to_either_exchange_arrives_once(world):
    job = world.name("a")
    bus.declare_seed(world.broker.channel, job)
    world.broker.status(job, "d" * 24, "running", to="topic")
    world.broker.status(job, "d" * 24, "running", to="fanout")
    assert len(take_from(world, bus.part(job, "status"), 2)) == 2
    assert world.broker.depth(bus.part(job, "status")) == 0
    assert world.broker.depth("no-such-queue") is None


def test_collecting_leaves_the_other_messages(world):
    job = world.name("a")
    bus.declare_go(world.broker.channel, job)
    for word in ("mine", "theirs"):
        world.broker.publish(bus.topic(job), "status", {"word": word})
    mine = world.broker.collect(bus.part(job, "status"), lambda message: b"mine" in message.body)
    assert len(mine) == 1
    eventually(lambda: world.broker.depth(bus.part(job, "status")) == 1, 5, "the other message to be ready again")


def test_the_slot_checks_find_what_is_wrong():
    anchor = now()

    def run(k):
        return {"_id": k, "jobName": "n", "scheduledTime": anchor + timedelta(milliseconds=500 * k),
                "createdTime": after(10)}

    checks.check_contiguous([run(0), run(1), run(2)], anchor, 500)
    for wrong in ([run(0), run(2)], [run(0), run(0)], [run(-1), run(0)]):
        with pytest.raises(AssertionError):
            checks.check_contiguous(wrong, anchor, 500)
    assert len(checks.gaps([run(0), run(3)], anchor, 500)) == 1
    with pytest.raises(AssertionError):
        checks.check_messages([run(0)], [])


def test_a_program_is_measured_and_ended(tmp_path):
    program = Script(["/bin/sleep", "100"], tmp_path, "sleeper", {}).start()
    assert program.rss_bytes() > 0 and program.cpu_seconds() < 5 and program.exit_code is None
    program.stop()
    program.end()
    assert program.exit_code == -15


def test_a_free_port_refuses():
    with pytest.raises(Exception):
        pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", free_port()))
    assert seconds(now()) <= time.time()


@pytest.fixture
def echo(world):
    """A way through a proxy to a server that says everything once more, and ends when it is told no more."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        server, _ = listener.accept()
        with server:
            while data := server.recv(100):
                server.sendall(data)

    threading.Thread(target=serve, daemon=True).start()
    proxy = world.closing(Proxy(*listener.getsockname()).open())
    client = world.closing(socket.create_connection(("127.0.0.1", proxy.port), timeout=5))
    yield proxy, client
    listener.close()


def test_a_proxy_holds_a_request_or_its_answer(echo):
    proxy, client = echo
    held = proxy.hold(rb"one", "request")
    client.sendall(b"one")
    assert held.wait(5) and not held.answered.wait(0.2)
    proxy.thaw()
    assert held.answered.wait(5) and client.recv(100) == b"one"
    held = proxy.hold(rb"two", "answer", reply=rb"wo")
    client.sendall(b"two")
    assert held.wait(5) and held.seen.is_set()
    client.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.recv(100)
    proxy.thaw()
    assert client.recv(100) == b"two"


def test_a_proxy_brings_what_was_held_after_its_sender_has_gone(echo):
    proxy, client = echo
    held = proxy.hold(rb"late", "request")
    client.sendall(b"late")
    assert held.wait(5)
    client.close()
    proxy.thaw()
    assert held.answered.wait(5)


def test_outages_cover_holes_and_nothing_else():
    start = now()

    def at(number):
        return start + timedelta(seconds=number)

    outages = Outages(200)
    outages.add(at(0), at(3))
    outages.add(at(3.1), at(6))
    outages.add(at(10), at(13))
    assert outages.covers(at(1), at(2)) and outages.covers(at(2), at(5)) and outages.covers(at(10), at(13))
    assert not outages.covers(at(5), at(11)) and not outages.covers(at(7), at(8))
    assert outages.near_beginning(at(9)) and not outages.near_beginning(at(7))
