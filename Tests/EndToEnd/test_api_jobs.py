# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The API with a real store, broker and Scheduler."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from bson import ObjectId

from harness.documents import after
from harness.waiting import eventually


@pytest.fixture
def api(world):
    return world.api_client()


@pytest.mark.both_stores
def test_a_job_made_through_the_api_is_fired_at_once(world, api):
    world.scheduler(CACHE_REFRESH_INTERVAL=60000)
    name = world.name("api")
    worker = world.worker([name])
    made = api.post("/api/jobs", {"name": name, "interval": 3600000, "payload": {"a": [1, {"$b": None}]}})
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"/api/jobs/{name}"
    action = world.wait_for_actions(worker, 1, timeout=10)[0]
    assert action.body["payload"] == {"a": [1, {"$b": None}]}
    run = api.get(f"/api/runs/{action.run}").json()
    assert run["jobName"] == name and run["trigger"] == "schedule"
    assert api.get(f"/api/runs?jobName={name}&status=pending").json()[0]["id"] == action.run


def test_documents_of_the_go_program_are_shown(world, api):
    name = world.insert("go", enabled=False, next_run_at=after(60))
    job = api.get(f"/api/jobs/{name}").json()
    assert job["name"] == name and job["enabled"] is False


@pytest.mark.both_stores(bus="nobody")
def test_labels_with_keys_of_kubernetes_are_kept_edited_and_found(world, api):
    name, key = world.name("kube"), "app.kubernetes.io/name"
    assert api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False, "labels": {key: "web", "t": "k"}}).ok

    def found(labels):
        return [job["name"] for job in api.get("/api/jobs?labels=" + quote(labels, safe="")).json()]

    by_hand = world.insert("kube-by-hand", enabled=False, next_run_at=after(60), labels={key: "web"})
    assert api.get(f"/api/jobs/{name}").json()["labels"] == {key: "web", "t": "k"}
    assert found(f"{key}=web") == sorted([name, by_hand]) and found(f"{key}=web,t=k") == [name]
    assert api.patch(f"/api/jobs/{name}", {"labels": {key: "db"}}).status_code == 204
    assert found(f"{key}=db") == [name] and found(f"{key}=web") == [by_hand] and found("t=k") == []
    assert api.patch(f"/api/jobs/{name}", {"labels": None}).status_code == 204
    assert found(f"{key}=db") == []
    for labels in ({"app..io/name": "x"}, {"a.b/": "x"}, {"a" * 254 + "/x": "x"}, {"$a.b": "x"}):
        answer = api.patch(f"/api/jobs/{name}", {"labels": labels})
        assert answer.status_code == 422 and "kubernetes" in answer.json()["detail"] + str(answer.json()["errors"])


@pytest.mark.both_stores(bus="nobody")
@pytest.mark.parametrize("cron, says", [
    ("CRON_TZ=Europe/Berlin 0 0 * * *", "timeZone"), ("0 0 * * * Europe/Berlin", "timeZone"), ("@every 5m", "interval"),
    ("0 0 12 ? * 2-6", "Quartz"), ("0 0 12 * * ? 2030", "year"), ("0 12 ? * MON-FRI *", "AWS"), ("0 9–17 * * *", "U+2013")])
def test_schedules_of_other_programs_are_met_with_what_to_write(world, api, cron, says):
    answer = api.post("/api/jobs", {"name": world.name("foreign"), "cron": cron})
    assert answer.status_code == 422 and says in str(answer.json()["errors"]), answer.text


@pytest.mark.both_stores(bus="nobody")
def test_pages_are_complete_while_jobs_come_and_go(world, api):
    names = [world.name(f"p{number:03}") for number in range(40)]
    for name in names:
        assert api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False, "labels": {"t": "p"}}).ok
    path, seen = "/api/jobs?limit=7&labels=t%3Dp", []
    while path:
        answer = api.get(path)
        seen += [job["name"] for job in answer.json()]
        if len(seen) == 7:
            assert api.delete(f"/api/jobs/{names[0]}").status_code == 204
            assert api.delete(f"/api/jobs/{names[20]}").status_code == 204
        path = answer.links["next"]["url"].removeprefix(api.url) if "next" in answer.links else None
    assert seen == [name for name in names if name != names[20]]


@pytest.mark.both_stores(bus="nobody")
def test_parallel_edits_of_different_fields_are_all_kept(world, api):
    name = world.name("edits")
    api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False})
    edits = [{"maxQueueCount": 5}, {"description": "x"}, {"labels": {"a": "b"}}, {"jitter": 10}, {"retention": 7}]
    with ThreadPoolExecutor(5) as pool:
        assert all(answer.status_code == 204 for answer in pool.map(lambda e: api.patch(f"/api/jobs/{name}", e), edits))
    job = api.get(f"/api/jobs/{name}").json()
    for edit in edits:
        assert job.items() >= edit.items()


def test_an_etag_covers_edits_and_not_the_engine(world, api):
    name = world.name("tag")
    api.post("/api/jobs", {"name": name, "interval": 60000, "enabled": False})
    tag = api.get(f"/api/jobs/{name}").headers["ETag"]
    world.jobs.update_one({"_id": name}, {"$set": {"heartbeat": world.job(name)["nextRunAt"], "lockEpoch": 3}})
    assert api.get(f"/api/jobs/{name}").headers["ETag"] == tag
    assert api.patch(f"/api/jobs/{name}", {"maxAttempts": 2}, headers={"If-Match": tag}).status_code == 204
    assert api.patch(f"/api/jobs/{name}", {"maxAttempts": 3}, headers={"If-Match": tag}).status_code == 412
    assert api.delete(f"/api/jobs/{name}", headers={"If-Match": tag}).status_code == 412


@pytest.mark.both_stores(bus="nobody")
def test_one_key_makes_one_run_whoever_asks_how_often(world, api):
    name = world.name("key")
    api.post("/api/jobs", {"name": name, "interval": 3600000, "enabled": False})

    def trigger(_):
        return api.post(f"/api/jobs/{name}/run", {"payload": 1}, headers={"Idempotency-Key": "k1"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(trigger, range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(world.all_runs(jobName=name)) == 1
    assert api.post(f"/api/jobs/{name}/run", {}, headers={"Idempotency-Key": "k1"}).status_code == 422


def test_a_job_made_again_starts_clean(world, api):
    name = world.name("again")
    slot = world.db.command("hello")["localTime"]
    world.runs.insert_one({"_id": ObjectId(), "jobName": name, "status": "completed", "createdTime": slot,
                           "scheduledTime": slot, "trigger": "schedule", "lockEpoch": 7})
    assert api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False}).status_code == 201
    assert isinstance(world.job(name)["creation"], ObjectId)
    world.scheduler()
    world.wait_until_owned(name)
    assert world.job(name)["lockEpoch"] == 9 and "creation" not in world.job(name)
    old = world.runs.find_one({"jobName": name})
    assert "trigger" not in old
    assert api.get(f"/api/runs/{old['_id']}").json()["scheduledTime"].startswith(slot.isoformat()[:19])


def test_deleting_leaves_a_note(world, api):
    name = world.name("gone")
    api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False, "heartbeatTimeout": 5})
    assert api.delete(f"/api/jobs/{name}").status_code == 204
    note = world.db.deletions.find_one({"_id": name})
    assert note["heartbeatTimeout"] == 5 and note["deletedAt"]
    assert api.get(f"/api/jobs/{name}").status_code == 404
    assert api.delete(f"/api/jobs/{name}").status_code == 404


@pytest.mark.both_stores(bus="nobody")
def test_live_schedulers_are_shown(world, api):
    scheduler = world.scheduler()
    name = world.insert("held", next_run_at=after(60))
    world.wait_until_owned(name)
    managers = api.get("/api/managers").json()
    assert [m["id"] for m in managers] == [str(scheduler.manager_id)]
    assert managers[0]["jobs"] == 1


def test_without_a_broker_everything_but_hints_works(world):
    api = world.api_client(MESSAGEBUS_CONNECTION_STRING="amqp://guest:guest@127.0.0.1:1/")
    name = world.name("nobus")
    start = time.monotonic()
    assert api.post("/api/jobs", {"name": name, "interval": 1000, "enabled": False}).status_code == 201
    assert time.monotonic() - start < 2
    ready = api.get("/readyz")
    assert ready.status_code == 200 and "not connected" in ready.json()["checks"]["messagebus"]["detail"]


def test_without_a_database_requests_are_refused_soon(world):
    api = world.api_client(DB_CONNECTION_STRING="mongodb://127.0.0.1:1/", ready=False)
    eventually(lambda: api.session.get(api.url + "/livez").ok, 5, "the API to live")
    for _ in range(3):
        start = time.monotonic()
        answer = api.get("/api/jobs")
        assert answer.status_code == 503 and "Retry-After" in answer.headers
        assert time.monotonic() - start < 3
    assert api.session.get(api.url + "/readyz").status_code == 503
