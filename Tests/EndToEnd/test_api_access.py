# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Who gets in, which routes there are, and what is written down of it."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.api import Client
from harness.programs import run_once

pytestmark = pytest.mark.both_stores(bus="nobody")


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
