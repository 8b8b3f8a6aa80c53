# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Runs that are messages to exchanges of others (contract, 9): a consumer in pika, the Scheduler from outside."""

import json

import pytest

from harness import bus
from harness.documents import after


@pytest.fixture
def channel(world):
    return world.broker.channel


@pytest.fixture
def place(world, channel):
    """A topic exchange and a queue that takes everything from `here.#`."""
    name = world.name("place")
    channel.exchange_declare(name, "topic")
    channel.queue_declare(name)
    channel.queue_bind(name, name, "here.#")
    yield name
    # Who looks for a queue that is not there loses the channel.
    world.broker.channel.queue_delete(name)
    world.broker.channel.exchange_delete(name)


def take(world, channel, queue):
    found = world.eventually(
        lambda: next((m for m in [channel.basic_get(queue, auto_ack=True)] if m[0]), None), 10, "a message")
    return found[1], found[2]


@pytest.mark.both_stores
def test_a_run_is_one_message_and_completed_once_the_broker_has_it(world, channel, place):
    job = world.insert(
        "ticks", next_run_at=after(1), payload={"n": 1},
        delivery={"amqp": {"exchange": place, "routingKey": "here.${slot:%Y}", "expiration": 60000,
                           "headers": {"event": "${jobName}", "count": 3, "truth": True}}})
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=10)
    properties, body = take(world, channel, place)
    assert json.loads(body) == {"n": 1} and properties.content_type == "application/json"
    assert properties.message_id == properties.correlation_id == str(run["_id"])
    assert properties.headers == {"event": job, "count": 3, "truth": True}
    assert properties.expiration == "60000" and properties.delivery_mode == 2
    assert abs(properties.timestamp - run["scheduledTime"].timestamp()) < 86_400 and properties.timestamp > 0
    assert channel.basic_get(place)[0] is None, "once"
    assert world.broker.depth(bus.part(job, "action")) is None, "no objects of its own"


def test_a_text_goes_as_it_is_through_the_default_exchange(world, channel, place):
    job = world.insert(
        "text", next_run_at=after(1), payload="hé",
        delivery={"amqp": {"exchange": "", "routingKey": place, "headers": {"Content-Type": "text/csv"}}})
    world.scheduler()
    world.wait_for_runs(job, 1, status="completed", timeout=10)
    properties, body = take(world, channel, place)
    assert body == "hé".encode() and properties.content_type == "text/csv" and not properties.headers


@pytest.mark.parametrize("what, delivery, error", [
    ("unroutable", {"routingKey": "elsewhere"}, "returned by the broker"),
    ("missing", {"exchange": "no such exchange", "routingKey": "k"}, "no exchange 'no such exchange'"),
    ("long", {"routingKey": "here." + "x" * 240 + "${runId}"}, "the routing key has"),
])
def test_what_nobody_takes_is_a_failed_attempt_and_others_go_on(world, channel, place, what, delivery, error):
    good = world.insert(
        "good", next_run_at=after(1), interval=200, delivery={"amqp": {"exchange": place, "routingKey": "here.x"}})
    job = world.insert(
        what, next_run_at=after(1), maxAttempts=2, retryBackoff={"initial": 100, "factor": 1, "max": 100},
        delivery={"amqp": {"exchange": place} | delivery})
    scheduler = world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="failed", timeout=15)
    assert run["attempt"] == 2 and error in run["error"], run
    world.wait_for_runs(good, 10, status="completed", timeout=15)
    assert "lost the connection" not in scheduler.log()


def test_unroutable_is_fine_where_it_is_not_mandatory(world, place):
    job = world.insert(
        "loose", next_run_at=after(1),
        delivery={"amqp": {"exchange": place, "routingKey": "elsewhere", "mandatory": False}})
    world.scheduler()
    world.wait_for_runs(job, 1, status="completed", timeout=10)
