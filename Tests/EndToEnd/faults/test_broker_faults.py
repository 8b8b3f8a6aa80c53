# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls the broker: it crashes, stops, freezes, refuses, forgets and is slow."""

import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from bson import ObjectId

from harness import bus
from harness.documents import after
from harness.metrics import Metrics
from harness.trial import Trial
from harness.waiting import eventually
from harness.worker import complete, silent


@pytest.fixture
def trial(world):
    return Trial(world)


def watched_scheduler(trial, **settings):
    """A Scheduler in full swing, and its figures."""
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", **settings)
    trial.begin()
    return scheduler, Metrics(scheduler)


@pytest.mark.slow
def test_a_crash_of_the_broker_loses_and_invents_nothing(trial, servers):
    scheduler, page = watched_scheduler(trial)
    with trial.fault():
        servers.kill9(servers.BROKER)
        trial.world.eventually(lambda: page.ready() == 503, 5, "readiness to tell of it")
        assert not page.checks()["messagebus"]["ok"]
        servers.start()
        trial.world.eventually(lambda: page.ready() == 200, 20, "readiness to come back")
    assert scheduler.log_lines("lost the connection to the broker")
    trial.conclude()


@pytest.mark.slow
def test_a_stop_of_the_brokers_application_is_ridden_out(trial, servers):
    _, page = watched_scheduler(trial)
    with trial.fault(), servers.told("stop_app", "start_app"):
        trial.world.eventually(lambda: page.ready() == 503, 10, "readiness to tell of it")
    trial.world.eventually(lambda: page.ready() == 200, 20, "readiness to come back")
    trial.conclude()


@pytest.mark.slow
def test_a_frozen_broker_is_noticed_after_two_heartbeats(trial, servers):
    _, page = watched_scheduler(trial)
    with trial.fault():
        begun = time.monotonic()
        servers.freeze(servers.BROKER)
        trial.world.eventually(lambda: page.ready() == 503, 30, "readiness to tell of it", every=0.2)
        assert time.monotonic() - begun < 25
        servers.thaw(servers.BROKER)
    trial.conclude()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["memory", "disk"])
def test_an_alarm_stops_only_the_publishing_and_all_of_it_goes_out_afterwards(world, trial, servers, kind):
    scheduler, page = watched_scheduler(trial)
    other = world.insert("other", next_run_at=after(0))
    world.wait_for_actions(world.worker([other], silent, declare="queue"), 1)
    [run] = world.runs_of(other)
    with trial.fault():
        with servers.alarm(kind):
            trial.world.eventually(lambda: page.ready() == 503, 10, "readiness to tell of it")
            assert "degraded" in page.checks()["messagebus"]["detail"]
            before = world.runs.count_documents({})
            world.eventually(
                lambda: world.runs.count_documents({}) > before + 20 and page.value("actions_unpublished") > 10, 10,
                "firing into the database to go on")
            servers.publish(bus.topic(other), "status", {"jobName": other, "runId": str(run["_id"]), "status": "running"})
            world.wait_for_status(run["_id"], "running")
    world.eventually(lambda: page.ready() == 200, 10, "readiness to come back")
    world.eventually(lambda: page.value("actions_unpublished") < 10, 10, "everything to be published")
    assert scheduler.log_lines("the broker blocks publishing") and scheduler.log_lines("takes messages again")
    trial.conclude()


@pytest.mark.slow
def test_lost_confirms_lead_to_repetitions_under_the_same_id(world):
    """Everything reaches the broker, nothing comes back: not the confirms, not the heartbeats."""
    deaf, unanswered = threading.Event(), []

    def answer(action):
        if not deaf.is_set():
            return complete(action)
        unanswered.append(action)
        return silent(action)

    trial = Trial(world, answer=answer)
    proxy, settings = trial.broker_way()
    _, page = watched_scheduler(trial, **settings)
    with trial.fault():
        deaf.set()  # what a worker has answered is not published again
        proxy.lose("down")
        count = len(trial.worker.actions)
        trial.world.wait_for_actions(trial.worker, count + 5)
        trial.world.eventually(
            lambda: page.value("actions_unconfirmed_total") > 0, 45, "the lost confirms to be noticed", every=0.2)
        deaf.clear()
        proxy.cut()

        def has_repetition():
            ids = [action.message_id for action in trial.worker.actions]
            return len(ids) > len(set(ids))

        trial.world.eventually(has_repetition, 20, "what was not confirmed to be repeated")
        # Some had been confirmed before; a serial job would wait for them for ever.
        for action in unanswered:
            world.broker.status(action.job, action.run, "completed")
    trial.conclude(60)


def test_deleted_queues_are_declared_again(trial):
    """All three at once; a message that was in one is gone with it, so the worker is kept from losing any."""
    scheduler, _ = watched_scheduler(trial)
    broker = trial.world.broker
    job = trial.names[0]
    with trial.fault():
        for kind in ("status", "heartbeat"):
            trial.world.eventually(lambda: not broker.depth(bus.part(job, kind)), 5, "an empty queue")
            broker.channel.queue_delete(bus.part(job, kind))
        trial.world.eventually(
            lambda: all(broker.consumers(bus.part(job, kind)) for kind in ("status", "heartbeat")), 15,
            "the queues and their consumers to be back")
    assert scheduler.log_lines("consuming again", job)
    # What was reported into the void is made known again, as a worker with confirms would.
    for run in trial.world.runs.find({"jobName": job, "status": {"$in": ["pending", "running"]}}):
        if trial.worker.for_run(run["_id"]):
            broker.status(job, run["_id"], "completed")
    trial.conclude()


def test_a_deleted_action_queue_costs_no_action(world):
    """Nobody consumes from it: what finds no queue is declared and sent again."""
    trial = Trial(world, answer=silent)
    scheduler, page = watched_scheduler(trial)
    job = world.insert("deaf", next_run_at=after(1.5), interval=300)
    world.wait_until_served([job])
    queue = bus.part(job, "action")
    world.eventually(lambda: world.broker.depth(queue), 5, "an action in the queue")
    world.broker.channel.queue_delete(queue)
    deleted = world.runs.count_documents({"jobName": job})
    world.eventually(lambda: (world.broker.depth(queue) or 0) > 3, 15, "the queue to be back and filled")
    assert page.value("actions_unroutable_total") > 0
    world.jobs.update_one({"_id": job}, {"$set": {"enabled": False}})
    world.eventually(
        lambda: world.broker.depth(queue) >= world.runs.count_documents({"jobName": job}) - deleted - 1, 10,
        "the actions of later slots to be in the queue")
    worker = world.worker([job], complete, declare="queue")
    world.eventually(
        lambda: len({action.run for action in worker.actions}) >= world.runs.count_documents({"jobName": job}) - deleted,
        10, "them to arrive")


@pytest.mark.parametrize("what", ["exchange", "binding"])
def test_what_cannot_be_routed_is_not_taken_for_published(trial, what):
    scheduler, page = watched_scheduler(trial)
    channel = trial.world.broker.channel
    job = trial.names[0]
    with trial.fault():
        if what == "exchange":
            channel.exchange_delete(bus.topic(job))
        else:
            channel.queue_unbind(bus.part(job, "action"), bus.topic(job), "action")
            channel.exchange_unbind(bus.part(job, "action"), bus.topic(job), "action")
        trial.goes_on()
    if what == "binding":
        assert page.value("actions_unroutable_total") > 0
    else:
        assert scheduler.log_lines("closed the publishing channel")
    # The worker's own statuses may have met no exchange.
    for run in trial.world.runs.find({"jobName": job, "status": {"$in": ["pending", "running"]}}):
        if trial.worker.for_run(run["_id"]):
            trial.world.broker.status(job, run["_id"], "completed")
    trial.conclude()


@pytest.mark.slow
def test_a_consumer_that_never_acknowledges_is_closed_by_the_broker_and_goes_on(trial, servers):
    """The database hangs, so nothing is acknowledged; the broker's patience is cut to some seconds."""
    database, way = trial.database_way("&socketTimeoutMS=120000")
    patience = "eval application:set_env(rabbit,consumer_timeout,{}),application:set_env(rabbit,channel_tick_interval,{})."
    with servers.told(patience.format(3000, 1000), patience.format(1_800_000, 60_000)):
        # Without a lease it would give the messages back by itself.
        scheduler, _ = watched_scheduler(trial, HEARTBEAT_TIMEOUT="60000", **way)
        with trial.fault():
            database.freeze()
            # One word at least that it cannot take in, whatever was on its way.
            trial.world.broker.status(trial.names[0], ObjectId(), "running")
            trial.world.eventually(
                lambda: scheduler.log_lines("broker closed the consuming channel"), 30, "the broker to lose patience",
                every=0.2)
            database.thaw()
    trial.conclude(60)


@contextmanager
def slow_disk(pid, delay):
    """Every flush of this process takes so much longer."""
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e",
         f"inject=fdatasync,fsync:delay_enter={round(delay * 1e6)}", "-p", str(pid)],
        stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    threads = [path / "status" for path in Path(f"/proc/{pid}/task").iterdir()]
    eventually(
        lambda: tracer.poll() is not None or all("\nTracerPid:\t0\n" not in thread.read_text() for thread in threads), 10,
        "strace to hold every thread")
    assert tracer.poll() is None, tracer.stderr.read().decode()
    try:
        yield
    finally:
        tracer.terminate()
        tracer.wait(10)


@pytest.mark.slow
def test_a_slow_disk_of_the_broker_delays_and_loses_nothing(trial, servers):
    watched_scheduler(trial)
    broker, other = trial.world.broker, trial.world.name("other")
    bus.declare_seed(broker.channel, other)
    delay = 0.2
    with trial.fault(), slow_disk(servers.pid(servers.BROKER), delay):
        for _ in range(10):
            begun = time.monotonic()
            broker.publish(bus.topic(other), "status", {})
            took = time.monotonic() - begun
            assert took >= delay, f"a confirm came after {took:.3f} s: it did not wait for the disk"
            trial.world.check_alive()
    trial.conclude()


@pytest.mark.slow
def test_cut_connections_are_made_again_without_a_storm(trial, servers):
    scheduler, _ = watched_scheduler(trial)
    before = servers.connections()
    made = len(scheduler.log_lines("connected to the broker"))
    with trial.fault():
        servers.control("close_all_connections", "cut by a test")
    trial.world.eventually(lambda: servers.connections() <= before + 1, 10, "as many connections as before")
    assert len(scheduler.log_lines("connected to the broker")) == 2 * made, "each was made again once"
    trial.conclude()
