# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What one job's objects make the broker refuse costs nobody else anything (contract, 3 and 6)."""

import statistics

import pika
import pytest

from harness import bus, checks
from harness.documents import after
from harness.metrics import Metrics
from harness.users import User
from harness.waiting import throughout
from harness.worker import complete, running


@pytest.fixture
def host(request, world):
    """A virtual host of its own; a parameter is its default type of queue."""
    if not world.environment.rabbitmqctl:
        pytest.skip("SIMPLE_SCHEDULER_TEST_RABBITMQCTL is not set")
    return world.use_virtual_host(*(["--default-queue-type", request.param] if hasattr(request, "param") else []))


@pytest.fixture
def neighbour(host, world):
    """A job that fires four times a second all the while; what befalls another must not show in it."""
    start = after(2)
    name = world.insert("neighbour", next_run_at=start, interval=250)
    worker = world.worker(name, complete)
    scheduler = world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    world.wait_for_runs(name, 1)
    yield scheduler
    assert not scheduler.log_lines("lost the connection to the broker")
    world.settle(worker)
    checks.check_contiguous(world.runs_of(name), start, 250)
    checks.check_messages(world.runs_of(name), worker.actions)
    lag = statistics.median((run["createdTime"] - run["scheduledTime"]).total_seconds() for run in world.runs_of(name))
    assert lag < 0.3, f"half of the runs were {lag} s late"


def none_left(world, job):
    return all(world.broker.depth(bus.part(job, kind)) is None for kind in bus.KINDS)


@pytest.mark.parametrize("host", ["quorum"], indirect=True)
def test_a_deleted_job_goes_where_queues_are_quorum_queues_by_default(world, neighbour):
    job = world.insert("gone", next_run_at=after(1), interval=300)
    world.worker(job, complete)
    world.wait_for_runs(job, 2, status="completed")
    User(world).delete(job)
    world.eventually(lambda: none_left(world, job), 15, "the end of the queues", every=0.2)
    world.eventually(lambda: not world.db.deletions.find_one({"_id": job}), 25, "the end of the tombstone", every=0.2)
    assert Metrics(neighbour).value("jobs_removed_total") == 1
    assert none_left(world, job)


@pytest.mark.parametrize("host", ["quorum"], indirect=True)
def test_what_waits_in_a_quorum_queue_of_a_deleted_job_is_taken_in(world, host):
    job = world.insert("late", next_run_at=after(1))
    first = world.scheduler()
    world.worker(job, running)
    [run] = world.wait_for_runs(job, 1, status="running")
    assert first.term_and_wait()[0] == 0
    world.broker.status(job, run["_id"], "completed")
    User(world).delete(job)
    world.scheduler()
    world.wait_for_status(run["_id"], "completed", timeout=10)
    world.eventually(lambda: none_left(world, job), 15, "the end of the queues", every=0.2)


def test_a_job_that_cannot_be_removed_shows_and_disturbs_nobody(world, neighbour):
    page = Metrics(neighbour)
    job = world.insert("locked", next_run_at=after(3600))
    world.wait_until_served([job])
    User(world).delete(job)
    world.eventually(lambda: none_left(world, job), 10, "the end of the queues", every=0.1)
    # Before the objects are removed for the second time somebody takes the name of a queue for himself alone.
    holder = pika.BlockingConnection(bus.parameters(world.environment.rabbitmq))
    holder.channel().queue_declare(bus.part(job, "status"), exclusive=True)
    world.eventually(lambda: page.value("jobs_not_removed") == 1, 30, "the metric to tell of it", every=0.2)
    assert page.ready() == 200
    assert "1 deleted jobs" in page.checks()["jobs"]["detail"] and "degraded" in page.checks()["jobs"]["detail"]
    throughout(lambda: len(neighbour.log_lines("cannot remove what a deleted job has left")) == 1, 4, "one line of log")
    holder.close()
    world.eventually(lambda: not world.db.deletions.find_one({"_id": job}), 30, "the end of the tombstone", every=0.2)
    assert page.value("jobs_not_removed") == 0
    assert "degraded" not in page.checks()["jobs"]["detail"]


def test_a_full_queue_keeps_its_own_actions_waiting(world, host, neighbour):
    full = world.name("full")
    world.rabbitmqctl(
        "set_policy", "-p", host, "--apply-to", "queues", "full", f"^{bus.part(full, 'action')}$",
        '{"max-length":0,"overflow":"reject-publish"}')
    world.insert("full", next_run_at=after(1), interval=300)
    page = Metrics(neighbour)
    world.eventually(lambda: page.value("actions_nacked_total") > 30, 15, "actions to be refused")
    lines = neighbour.log_lines("the broker nacked actions")
    assert lines and all(full in line for line in lines)
    assert len(lines) < page.value("actions_nacked_total") / 3, "a line for each message"
    world.rabbitmqctl("clear_policy", "-p", host, "full")
    world.jobs.update_one({"_id": full}, {"$set": {"enabled": False}})
    worker = world.worker(full, complete)
    world.wait_for_actions(worker, 1)


def test_objects_of_other_kinds_refuse_their_job_only(world, neighbour):
    """An exchange of another type, an internal one, and a queue that belongs to another connection."""
    kinds = world.name("direct"), world.name("internal"), world.name("exclusive")
    channel = world.broker.channel
    channel.exchange_declare(bus.topic(kinds[0]), "direct", durable=True)
    channel.exchange_declare(bus.topic(kinds[1]), "topic", durable=True, internal=True)
    channel.queue_declare(bus.part(kinds[2], "status"), exclusive=True)
    for kind in ("direct", "internal", "exclusive"):
        world.insert(kind, next_run_at=after(1), interval=300)
    page = Metrics(neighbour)
    world.eventually(lambda: "3 jobs" in page.checks()["jobs"]["detail"], 10, "the jobs to be refused")
    assert page.ready() == 503
    for job in kinds:
        assert neighbour.log_lines(job)
        User(world).delete(job)
    channel.queue_delete(bus.part(kinds[2], "status"))
    world.eventually(lambda: page.ready() == 200, 40, "readiness to come back", every=0.2)


@pytest.mark.slow
def test_a_refused_consumer_is_tried_without_taking_deliveries_back(world, neighbour):
    job = world.name("alone")
    bus.declare_seed(world.broker.channel, job)
    holder = pika.BlockingConnection(bus.parameters(world.environment.rabbitmq))
    channel = holder.channel()
    channel.basic_consume(bus.part(job, "status"), lambda *_: None, exclusive=True, consumer_tag="alone")
    world.insert("alone", next_run_at=after(1))
    page = Metrics(neighbour)
    world.eventually(lambda: "1 jobs" in page.checks()["jobs"]["detail"], 10, "the job to be refused")
    refused = "the broker refuses the objects of a job"
    world.eventually(lambda: len(neighbour.log_lines(refused)) >= 2, 45, "a second try", every=0.5)
    assert len(neighbour.log_lines("the broker closed the consuming channel")) == 1
    channel.basic_cancel("alone")
    world.eventually(lambda: page.ready() == 200, 45, "the job to be consumed", every=0.5)
    world.eventually(lambda: world.broker.consumers(bus.part(job, "status")) == 1, 5, "its consumer")
    assert len(neighbour.log_lines("the broker closed the consuming channel")) == 1
    holder.close()
