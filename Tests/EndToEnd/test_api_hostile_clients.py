# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Slow, broken and greedy clients: each gets its documented answer, and the API lives and serves the others."""

import contextlib
import gzip
import http.client
import json
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from harness.waiting import throughout

HEAD = b"GET /api/status HTTP/1.1\r\nHost: x\r\n"

pytestmark = pytest.mark.both_stores(bus="nobody")


@pytest.fixture(scope="module")
def api(shared_world):
    return shared_world.api_client()


def connect(api, timeout=5.0):
    address = urlsplit(api.url)
    return socket.create_connection((address.hostname, address.port), timeout=timeout)


def post_head(api, *fields):
    lines = ["POST /api/jobs HTTP/1.1", "Host: x", f"Authorization: {api.session.headers['Authorization']}", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def exchange(api, data):
    """The answer to these bytes: its status, its headers and its JSON; every refusal must be a problem."""
    with connect(api) as connection:
        # What comes too late to be read need not be taken.
        sender = threading.Thread(target=lambda: suppressed(lambda: connection.sendall(data)), daemon=True)
        sender.start()
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        body = json.loads(answer.read())
        if answer.status >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", answer.headers
            assert body["status"] == answer.status and body["error"] == body["detail"], body
        return answer.status, answer.headers, body


def suppressed(action):
    with contextlib.suppress(OSError):
        action()


class Dripper:
    """A connection that sends a byte now and then, and notes when the API had enough of it."""

    def __init__(self, api, beginning, byte=b"a"):
        self.begun = time.monotonic()
        self.seconds = None
        self._connection = connect(api)
        self._connection.sendall(beginning)
        self._thread = threading.Thread(target=self._drip, args=(byte,), daemon=True)
        self._thread.start()

    def _drip(self, byte):
        self._connection.settimeout(0.25)
        while True:
            try:
                if self._connection.recv(1 << 16) == b"":
                    break
            except TimeoutError:
                pass
            except OSError:
                break
            try:
                if byte:
                    self._connection.sendall(byte)
            except OSError:
                break
        self.seconds = time.monotonic() - self.begun
        self._connection.close()


@pytest.fixture(scope="module")
def drippers(api):
    """They drip while the other tests run; the last test looks what became of them."""
    body = post_head(api, "Content-Type: application/json", "Content-Length: 100000")
    return {
        "silent": (Dripper(api, b"", b""), 10),
        "head": ([Dripper(api, HEAD + b"X-Slow: ") for _ in range(50)][0], 10),
        "body": (Dripper(api, body + b'{"description":"'), 30),
        "half a body": (Dripper(api, body + b"{", b""), 30),
        "chunks": (Dripper(api, post_head(api, "Transfer-Encoding: chunked"), b"1\r\n \r\n"), 30),
    }


def test_heads_that_are_too_large_are_answered_with_431(api, drippers):
    many = b"".join(b"Authorization: Bearer x\r\n" for _ in range(100))
    for data in (
        HEAD + b"X-A: " + b"a" * 50_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
        HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(40)) + b"\r\n",
        HEAD + many + b"\r\n",
        HEAD + b"Authorization: Bearer " + b"a" * 8_000_000 + b"\r\n\r\n",
    ):
        status, headers, body = exchange(api, data)
        assert status == 431 and headers["Connection"] == "close" and headers["Cache-Control"] == "no-store", body
    assert api.get("/api/status").json() == {"status": "OK"}


def test_what_is_no_http_is_answered_with_400(api):
    for data in (
        b"GARBAGE\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /api/status HTTP/1.1\r\nHost: x\r\nX Y: 1\r\n\r\n",
        b"GET /api/status HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n",
        b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
        b"POST /api/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
    ):
        assert exchange(api, data)[0] == 400, data
    assert api.get("/api/status").ok


def test_authorization_stands_once_and_is_of_a_size(api):
    token = api.session.headers["Authorization"]
    get = f"GET /api/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
    assert exchange(api, f"{get}Authorization: {token}\r\n\r\n".encode())[0] == 400
    long = f"GET /api/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {'a' * 17_000}\r\n\r\n"
    status, _, body = exchange(api, long.encode())
    assert status == 401 and "16384" in body["detail"], body


def test_bodies_have_a_size_and_no_encoding(shared_world, api):
    json_type = "Content-Type: application/json"
    assert exchange(api, post_head(api, json_type, "Content-Length: 5000000"))[0] == 413
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert exchange(api, post_head(api, json_type, "Transfer-Encoding: chunked") + chunk * 17)[0] == 413
    name = shared_world.name("whole-mebibyte")
    body = json.dumps({"name": name, "interval": 1000, "enabled": False}).encode()
    body += b" " * ((1 << 20) - len(body))
    headers = {"Content-Type": "application/json"}
    assert api.send("POST", "/api/jobs", data=body + b" ", headers=headers).status_code == 413
    assert api.send("POST", "/api/jobs", data=body, headers=headers).status_code == 201
    bomb = gzip.compress(b" " * (100 << 20))
    for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
        answer = api.send("POST", "/api/jobs", data=bomb, headers=headers | {"Content-Encoding": encoding})
        assert answer.status_code == 415, answer.text
    assert api.program.rss_bytes() < 200 << 20


def test_bad_bodies(api):
    deep = "[" * 100000
    for body, status in (
        ("", 400), ("{", 400), (b"\xff", 400), (deep, 400), ('{"name":"a","name":"b"}', 400), ("[]", 400),
        ('{"payload":' + "[" * 100_000 + "]" * 100_000 + "}", 400), ('{"a":' * 33 + "1" + "}" * 33, 400),
        ('{"name":{"$ne":null}}', 422), ('{"name":"a","interval":1e400}', 400), ('{"name":"a","interval":-1}', 422),
        ('{"name":"a","interval":9223372036854775808}', 422), ('{"name":"a","cron":"*/0 * * * *"}', 422),
        ('{"name":"a","cron":"0 0 30 2 *"}', 422),
    ):
        answer = api.send("POST", "/api/jobs", data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, (body[:60], answer.text)
    answer = api.send("POST", "/api/jobs", data="{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_client_that_leaves_in_the_middle_has_done_nothing(shared_world, api):
    name = shared_world.name("half")
    body = json.dumps({"name": name, "interval": 1000, "enabled": False}).encode()
    for _ in range(50):
        with connect(api) as connection:
            connection.sendall(post_head(api, "Content-Type: application/json", f"Content-Length: {len(body) + 1}") + body)
    throughout(lambda: api.get(f"/api/jobs/{name}").status_code == 404, 0.5, "no job of half a request")
    with connect(api) as connection:  # asks, and does not wait for the answer
        connection.sendall(post_head(api, "Content-Type: application/json", f"Content-Length: {len(body)}") + body)
    shared_world.eventually(lambda: api.get(f"/api/jobs/{name}").ok, 5, "the job")


def test_too_many_requests_at_a_time_are_sent_away_and_probes_get_through(world):
    api = world.api_client()
    before = api.program.rss_bytes()
    ready = api.session.get(api.url + "/readyz").status_code
    half = post_head(api, "Content-Type: application/json", "Content-Length: 1000") + b"{"
    with contextlib.ExitStack() as stack:
        def slow():
            stack.enter_context(connect(api)).sendall(half)

        def refused():
            slow()  # the one that we ask with may have had the last place
            answer = api.get("/api/jobs")
            return answer.status_code == 503 and [answer]

        for _ in range(256):
            slow()
        [answer] = world.eventually(refused, 10, "all places to be taken")
        assert answer.headers["Retry-After"] == "1"
        for path, status in (("/livez", 200), ("/readyz", ready), ("/metrics", 200)):
            assert api.session.get(api.url + path, timeout=5).status_code == status
    world.eventually(lambda: api.get("/api/jobs").status_code == 200, 10, "places to be free again")
    assert api.program.rss_bytes() < before + (64 << 20)


def test_a_subject_that_asks_too_often_is_told_when_to_come_again(world):
    api = world.api_client(API_RATE_LIMIT="5")
    answers = [api.get("/api/jobs") for _ in range(30)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert len(answers) - len(refused) >= 10, "two seconds of the rate are there at once"
    world.eventually(lambda: api.get("/api/jobs").status_code == 200, 5, "the subject to be let in again", every=0.5)


def test_who_is_slow_is_cut_off(shared_world, api, drippers):
    """Last in this file: the slow ones had the time of the other tests."""
    assert api.get("/api/status").ok
    for what, (dripper, limit) in drippers.items():
        shared_world.eventually(lambda: dripper.seconds, 40, f"the end of the connection with a slow {what}")
        assert limit - 1 <= dripper.seconds < limit + 5, f"{what}: cut off after {dripper.seconds:.1f} s"
    assert api.get("/api/status").ok
