# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Who gets in, what the protocol takes, and what slow or broken clients can do."""

import socket
import time
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.api import Client
from harness.programs import run_once


@pytest.fixture(scope="module")
def world(shared_world):
    return shared_world


@pytest.fixture(scope="module")
def api(shared_world):
    return shared_world.api_client()


def test_tokens(world, api):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer = world.issuer
    for token in (None, "x", issuer.token(lifetime=-120), issuer.token(key=other), issuer.token(iss="http://other")):
        client = Client(api.url, token)
        answer = client.get("/api/jobs")
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.text
        client.close()
    reader = Client(api.url, issuer.token(scope="jobs:read"))
    assert reader.get("/api/jobs").status_code == 200
    answer = reader.post("/api/jobs", {"name": "x"})
    assert answer.status_code == 403 and answer.json()["missing_scopes"] == ["jobs:write"]
    reader.close()


def test_writes_leave_an_audit_line_and_tokens_none(world, api):
    name = world.name("audit")
    token = world.issuer.token(subject="alice\nroot")
    client = Client(api.url, token)
    client.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False}, headers={"X-Request-Id": "r-1"})
    client.close()
    program = api.program
    lines = world.eventually(lambda: program.log_lines("audit", name), 5, "an audit line")
    assert "action=createJob" in lines[0] and "status=201" in lines[0] and "request=r-1" in lines[0]
    assert token not in program.log() and token.split(".")[2] not in program.log()


def raw(api, data, wait=5.0):
    address = urlsplit(api.url)
    with socket.create_connection((address.hostname, address.port), timeout=wait) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
                if b"\r\n\r\n" in answer:
                    break
        except TimeoutError:
            pass
        return answer


def test_broken_requests_are_refused_and_the_process_lives(api):
    token = api.session.headers["Authorization"]
    for data in (
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 50000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n",
    ):
        answer = raw(api, data)
        assert answer == b"" or answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")), answer[:80]
    head = f"POST /api/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n".encode()
    assert raw(api, head + b"Content-Length: 5000000\r\n\r\n").startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert raw(api, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17).startswith(b"HTTP/1.1 413")
    assert api.get("/api/status").json() == {"status": "OK"}


def test_bad_bodies(api):
    deep = "[" * 100000
    for body, status in (
        ("", 400), ("{", 400), (b"\xff", 400), (deep, 400), ('{"name":"a","name":"b"}', 400), ("[]", 400),
        ('{"name":{"$ne":null}}', 422), ('{"name":"a","interval":1e400}', 400), ('{"name":"a","interval":-1}', 422),
        ('{"name":"a","interval":9223372036854775808}', 422), ('{"name":"a","cron":"*/0 * * * *"}', 422),
        ('{"name":"a","cron":"0 0 30 2 *"}', 422),
    ):
        answer = api.send("POST", "/api/jobs", data=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, (body[:60], answer.text)
    answer = api.send("POST", "/api/jobs", data="{}", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_client_that_drips_is_cut_off_and_disturbs_nobody(api):
    address = urlsplit(api.url)
    slow = [socket.create_connection((address.hostname, address.port)) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /api/status HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert api.get("/api/status").ok
    start, left = time.monotonic(), list(slow)
    while left and time.monotonic() - start < 20:
        for connection in list(left):
            try:
                connection.sendall(b"a")
            except OSError:
                left.remove(connection)
        time.sleep(0.5)
    for connection in slow:
        connection.close()
    assert not left, f"{len(left)} connections were still open after 20 s"


def test_old_routes_and_verbs(api):
    answer = api.get("/api/runs/0123456789abcdef01234567/cancel")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]
    assert api.send("HEAD", "/api/jobs").status_code == 200
    assert api.send("TRACE", "/api/jobs").status_code == 405
    assert api.get("/api/nothing").status_code == 404


def test_metrics_count_by_operation(api):
    api.get("/api/jobs")
    text = api.session.get(api.url + "/metrics").text
    assert 'simple_scheduler_api_requests_total{operation="listJobs",status="200"}' in text
    assert "simple_scheduler_api_request_seconds_bucket" in text


def test_it_does_not_start_without_an_issuer(world, tmp_path):
    program = world.environment.binaries / "simple-scheduler-api"
    result = run_once(program, folder=tmp_path)
    assert result.returncode == 78 and "SIMPLE_SCHEDULER_OIDC_ISSUER" in result.stderr
    result = run_once(program, "--check", settings={"SIMPLE_SCHEDULER_OIDC_ISSUER": "https://x.test"}, folder=tmp_path)
    assert result.returncode == 0 and "SIMPLE_SCHEDULER_API_RATE_LIMIT" in result.stdout
