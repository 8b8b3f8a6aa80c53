# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The API with the tokens of a real OpenID provider, and without the provider for a while."""

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from harness.api import Client
from harness.provider import Provider
from harness.worker import running


@pytest.fixture
def provider(environment):
    provider = Provider(environment.issuer)
    yield provider
    provider.start()


@pytest.fixture
def api(world, provider):
    return world.api(OIDC_ISSUER=provider.issuer)


def client(world, api, token):
    return world.closing(Client(api.url, token))


def is_ready(program, session):
    return session.get(program.url + "/readyz", timeout=5).status_code == 200


@pytest.mark.both_stores
@pytest.mark.parametrize("who", ["service", "person"])
def test_a_service_and_a_person_do_all_there_is(world, provider, api, who):
    token = provider.service_token() if who == "service" else provider.user_tokens()["access_token"]
    user = client(world, api, token)
    world.eventually(lambda: is_ready(api, user.session), 15, "the API to be ready")
    world.scheduler(CACHE_REFRESH_INTERVAL=60_000, CLEANUP_INTERVAL=5_000)
    name = world.name("all")
    worker = world.worker(name, running)
    assert user.get("/api/jobs").json() == []
    assert user.post("/api/jobs", {"name": name, "interval": 3_600_000, "enabled": False}).status_code == 201
    assert [job["name"] for job in user.get("/api/jobs").json()] == [name]
    run = user.post(f"/api/jobs/{name}/run").json()["id"]
    world.wait_for_actions(worker, 1)
    world.eventually(lambda: user.get(f"/api/runs/{run}").json()["status"] == "running", 5, "the run to start")
    assert user.post(f"/api/runs/{run}/cancel").status_code == 202
    world.eventually(lambda: user.get(f"/api/runs/{run}").json()["status"] == "cancelled", 5, "the run to be cancelled")
    assert user.delete(f"/api/jobs/{name}").status_code == 204
    audit = [line for program in world.programs for line in program.log_lines("audit", "action=")]
    assert [line.split("action=")[1].split()[0] for line in audit] == ["createJob", "runJob", "cancelRun", "deleteJob"]
    assert all("client=simple-scheduler-" in line for line in audit), audit


@pytest.mark.both_stores
def test_who_may_read_may_not_write(world, provider, api):
    reader = client(world, api, provider.service_token("READER_"))
    world.eventually(lambda: is_ready(api, reader.session), 15, "the API to be ready")
    assert reader.get("/api/jobs").status_code == 200 and reader.get("/api/runs").status_code == 200
    for method, path, scope in (
        ("POST", "/api/jobs", "jobs:write"), ("PATCH", "/api/jobs/a", "jobs:write"),
        ("DELETE", "/api/jobs/a", "jobs:write"), ("POST", "/api/jobs/a/run", "runs:write"),
        ("POST", f"/api/runs/{'0' * 24}/cancel", "runs:write"),
    ):
        answer = reader.send(method, path, json={"name": "a"})
        assert answer.status_code == 403 and answer.json()["missing_scopes"] == [scope], answer.text
        assert f'scope="{scope}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.both_stores
def test_what_a_login_gives_besides_opens_nothing(world, provider, api):
    tokens = provider.user_tokens("jobs:read offline_access")
    person = client(world, api, tokens["access_token"])
    world.eventually(lambda: is_ready(api, person.session), 15, "the API to be ready")
    assert person.get("/api/jobs").status_code == 200 and person.get("/api/runs").status_code == 403
    for kind in ("id_token", "refresh_token"):
        answer = client(world, api, tokens[kind]).get("/api/jobs")
        assert answer.status_code == 401 and "error" in answer.headers["WWW-Authenticate"], answer.text


def test_without_the_provider_known_keys_go_on_and_it_heals_by_itself(world, provider, api):
    used, unused = provider.service_token(), provider.service_token()
    claims = jwt.decode(used, options={"verify_signature": False})
    other = jwt.encode(
        claims, rsa.generate_private_key(public_exponent=65537, key_size=2048), "RS256", {"kid": "not-known"})
    known, fresh, stranger = (client(world, api, token) for token in (used, unused, other))
    world.eventually(lambda: known.get("/api/jobs").status_code == 200, 15, "the API to be ready")
    assert stranger.get("/api/jobs").status_code == 401

    provider.stop()
    late = world.api(OIDC_ISSUER=provider.issuer)
    later = client(world, late, used)
    assert known.get("/api/jobs").status_code == 200
    assert fresh.get("/api/jobs").status_code == 200, "the first use of a token needs no provider"
    [answer] = world.eventually(
        lambda: (answer := stranger.get("/api/jobs")).status_code == 503 and [answer], 20,
        "an unknown key to be put off")
    assert int(answer.headers["Retry-After"]) > 0 and known.get("/api/jobs").status_code == 200
    assert is_ready(api, known.session)

    # One that was started without the provider runs, says what it lacks, and asks its callers to come again.
    world.eventually(lambda: late.log_lines("no keys from the issuer"), 10, "a log line")
    started = time.monotonic()
    answer = later.get("/api/jobs")
    assert answer.status_code == 503 and "Retry-After" in answer.headers and time.monotonic() - started < 6
    assert later.get("/api/status").status_code == 200
    ready = later.session.get(late.url + "/readyz")
    assert ready.status_code == 503 and ready.json()["checks"]["issuer"]["ok"] is False, ready.text

    provider.start()
    world.eventually(lambda: later.get("/api/jobs").status_code == 200, 20, "the late one to heal")
    world.eventually(lambda: stranger.get("/api/jobs").status_code == 401, 20, "the other to heal")
    assert is_ready(late, later.session) and later.get("/api/jobs").status_code == 200
    assert late.is_running and api.is_running
