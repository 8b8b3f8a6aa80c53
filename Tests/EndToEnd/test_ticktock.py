# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The events of ticktock (contract, 12): examples/jobs/ticks.yaml, and the Python worker of examples/ticktock-worker."""

import sys
from datetime import datetime

import pytest

from harness.cli import CLI
from harness.environment import REPOSITORY
from harness.receiver import Receiver

MINUTE, HOUR = 60, 3600
PERIODS = {"cron.second.30": 30, "cron.day.1": 24 * HOUR} | {
    f"cron.minute.{n}": n * MINUTE for n in (1, 2, 5, 10, 15, 30, 45)} | {f"cron.hour.{n}": n * HOUR for n in (1, 2, 4, 6, 8, 12, 16)}

pytestmark = pytest.mark.both_stores


@pytest.fixture
def client(world, tmp_path):
    world.scheduler()
    client = world.api_client()
    cli = world.closing(CLI(world.environment, tmp_path))
    token = client.session.headers["Authorization"].split()[1]
    cli.variables |= {"SIMPLE_SCHEDULER_URL": f"{client.url}/api", "SIMPLE_SCHEDULER_TOKEN": token}
    cli.ok("apply", "--yes", "-f", str(REPOSITORY / "examples" / "jobs" / "ticks.yaml"))
    return client


def test_there_is_an_event_for_each_key_as_often_as_it_says(client):
    jobs = {job["name"]: job for job in client.get("/api/jobs?labels=dialect=ticktock&limit=100").json()}
    assert set(jobs) == set(PERIODS)
    for key, job in jobs.items():
        amqp = job["delivery"]["amqp"]
        assert (amqp["exchange"], amqp["routingKey"], amqp["headers"]) == ("cron.schedule", key, {"event": key})
        assert amqp["expiration"] == PERIODS[key] * 1000 // 2 and job["payload"] == {} and job["enabled"]
        slots = [datetime.fromisoformat(slot["scheduledTime"][:-1]) for slot in client.get(f"/api/jobs/{key}/preview?count=60").json()]
        assert {(b - a).total_seconds() for a, b in zip(slots, slots[1:])} == {PERIODS[key]}, key


def test_the_worker_does_its_work_at_an_event(world, client):
    receiver = Receiver()
    world.closing(receiver)
    key, seen = "cron.second.30", world.name("seen")
    script = REPOSITORY / "examples" / "ticktock-worker" / "worker.py"
    queue = world.name("ping")
    worker = world.script(
        [sys.executable, "-u", str(script), receiver.url, "--key", key, "--queue", queue, "--url", world.environment.rabbitmq],
        "ticktock-worker")
    world.eventually(lambda: world.broker.consumers(queue), 10, "the worker to consume")
    # Who has looked for a queue that was not there yet has lost its channel.
    channel = world.broker.channel
    channel.queue_declare(seen)
    channel.queue_bind(seen, "cron.schedule", key)
    run = client.post(f"/api/jobs/{key}/run").json()["id"]
    found = []

    def taken():
        while (message := channel.basic_get(seen, auto_ack=True))[0]:
            found.append(message)
        return next((m for m in found if m[1].correlation_id == run), None)

    method, properties, body = world.eventually(taken, 10, "the event")
    assert method.routing_key == key and body == b"{}" and properties.content_type == "application/json"
    assert properties.headers == {"event": key} and properties.expiration == "15000" and properties.delivery_mode == 2
    assert properties.message_id == run and properties.timestamp > 1_600_000_000
    world.eventually(lambda: receiver.requests, 10, "the worker to call")
    assert receiver.requests[0]["method"] == "GET"
    world.eventually(lambda: f"{key} of " in worker.log(), 5, "the worker to say so")
    worker.term()
    assert worker.wait(10) == 0
    for name in (queue, seen):
        world.broker.channel.queue_delete(name)
