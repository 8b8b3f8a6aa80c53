# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls runs that are HTTP requests: a receiver, or the Scheduler, that dies at each stage of one."""

import socket
import ssl
import threading
import time

import pytest

from harness.authority import Authority
from harness.documents import after
from harness.metrics import Metrics
from harness.proxy import Proxy
from harness.receiver import Receiver
from harness.strangers import Flask
from harness.tcp_server import TCPServer
from test_http_receivers import end_of, hook, tls_file, verify_of_the_page

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUICKLY = {"initial": 200, "factor": 1, "max": 200}
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\ndone"


@pytest.mark.both_stores(bus="none")
def test_a_receiver_that_dies_in_a_request_gets_it_again_under_the_same_id(world):
    flask = Flask(world, verify_of_the_page())
    flask.program.asked_to_end = True
    world.scheduler()
    job = world.insert("dying", next_run_at=after(1), maxAttempts=100, retryBackoff=QUICKLY, payload={},
                       delivery=hook(f"{flask.url}/die", signingSecrets=[SECRET]))
    world.eventually(lambda: not flask.program.is_running, 15, "the receiver to die")
    receiver = Receiver(port=flask.port)
    world.closing(receiver)
    run = end_of(world, job)
    errors = [row.get("error") for row in run["attempts"]]
    assert errors[0] in ("the connection was closed before the whole answer was there", "the connection was broken off")
    assert set(errors[1:-1]) <= {"connection refused"} and errors[-1] is None
    assert {request["headers"]["webhook-id"] for request in receiver.requests} == {str(run["_id"])}


# A Scheduler that dies


class Staged(TCPServer):
    """A server with TLS whose first connection stops at a stage; all that come later are answered. `held` says that it has stopped."""

    def __init__(self, certificate, stage):
        super().__init__(backlog=0 if stage == "connecting" else 32)
        self.held, self.ids, self._stage = threading.Event(), [], stage
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(*certificate)
        self._kept = []
        if stage == "connecting":
            # The queue is full: what comes now is not even told that nobody has time.
            self._kept = [socket.create_connection(("127.0.0.1", self.port))]
        else:
            self.go_on()

    def close(self):
        super().close()
        for one in self._kept:
            one.close()

    def serve(self, client):
        stage, self._stage = self._stage, "answered"
        self._kept.append(client)
        try:
            if stage == "connected":
                self.held.set()
                return
            client = self._tls.wrap_socket(client, server_side=True)
            self._kept.append(client)
            while True:
                request = b""
                while b"\r\n\r\n" not in request or not request.endswith(b"}"):
                    part = client.recv(65536)
                    if not part:
                        return
                    request += part
                self.ids += [line.split(b": ")[1].decode() for line in request.split(b"\r\n") if line.startswith(b"webhook-id: ")]
                if stage == "sent":
                    self.held.set()
                    return
                client.sendall(OK[:-2] if stage == "answering" else OK)
                if stage == "answering":
                    self.held.set()
                    return
        except OSError:
            pass


@pytest.mark.both_stores(bus="none")
@pytest.mark.parametrize("stage", ["connecting", "connected", "sent", "answering"])
def test_killed_at_each_stage_of_a_request_it_is_sent_by_the_next_under_the_same_id(world, stage):
    authority = Authority(world.folder)
    server = world.closing(Staged(authority.issue("localhost"), stage))
    settings = {"HTTP_TLS_FILE": tls_file(world, localhost={"authorities": authority.path})}
    first = world.scheduler(**settings)
    job = world.insert("killed", next_run_at=after(1), payload={"a": 1},
                       delivery=hook(f"https://localhost:{server.port}/", signingSecrets=[SECRET]))
    world.custodian()
    world.wait_for_runs(job, 1, status="running", timeout=10)
    assert stage == "connecting" or server.held.wait(10)
    time.sleep(0.3)
    first.kill9()
    if stage == "connecting":
        server.go_on()
    world.scheduler(**settings)
    run = end_of(world, job, timeout=30)
    assert [row["status"] for row in run["attempts"]] == ["lost", "completed"] and run["result"] == "done"
    assert len(world.runs_of(job)) == 1
    assert server.ids == [str(run["_id"])] * (2 if stage in ("sent", "answering") else 1)


@pytest.mark.parametrize("end", ["request", "answer"])
def test_killed_before_and_after_an_answer_is_stored_in_the_database(world, end):
    """The answer has been read whole; of the write that keeps it, the request or its answer is lost."""
    receiver = world.closing(Receiver(lambda request: (200, {}, b"done")))
    world.client.admin.command("ping")
    host, port = world.client.primary
    database = world.closing(Proxy(host, port).open())
    first = world.scheduler(DB_CONNECTION_STRING=f"mongodb://127.0.0.1:{database.port}/?directConnection=true")
    world.custodian()
    job = world.insert("kept", next_run_at=after(2), delivery=hook(receiver.url, signingSecrets=[SECRET]))
    world.wait_until_owned(job)
    stopped = database.hold(rb"\x02update\x00\x05\x00\x00\x00runs\x00.*\x0a\x00\x00\x00completed\x00", end)
    assert stopped.wait(15), "no outcome was stored"
    first.kill9()
    database.cut()
    world.scheduler()
    run = end_of(world, job, timeout=30)
    assert run["result"] == "done" and len(world.runs_of(job)) == 1
    statuses = [row["status"] for row in run["attempts"]]
    assert statuses == (["completed"] if end == "answer" else ["lost", "completed"])
    assert [request["headers"]["webhook-id"] for request in receiver.requests] == [str(run["_id"])] * len(statuses)


def test_a_url_that_names_the_database_does_it_no_harm(world):
    """Connections that have not become HTTP are ended by the address that they lead to; the database's own are there, too."""
    receiver = world.closing(Receiver())
    world.client.admin.command("ping")
    host, port = world.client.primary
    for number in range(100):
        world.insert(f"large-{number}", next_run_at=after(3600), payload="x" * 20_000, delivery=hook(receiver.url))
    scheduler = world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    job = world.insert("database", next_run_at=after(1), interval=100, delivery=hook(f"https://{host}:{port}/", timeout=1000))
    quiet = world.insert("quiet", next_run_at=after(1), interval=100, delivery=hook(receiver.url))
    world.wait_for_runs(job, 30, status="failed", timeout=90)
    world.wait_for_runs(quiet, 30, status="completed", timeout=10)
    assert Metrics(scheduler).value("store_errors_total") == 0
    assert not scheduler.log_lines("database", "warning"), scheduler.tail()
