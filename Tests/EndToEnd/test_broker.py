# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Cut connections and a queue that somebody else declared otherwise (contract, 1 and 3)."""

import subprocess
import time
from datetime import timedelta

import pytest

from harness import bus, checks
from harness.documents import after, now
from harness.outages import Outages
from harness.waiting import throughout
from harness.worker import complete, silent


def test_after_cut_connections_nothing_is_missing(world):
    control = world.environment.rabbitmqctl
    if not control:
        pytest.skip("SIMPLE_SCHEDULER_TEST_RABBITMQCTL is not set")
    start = after(2.5)
    names = [world.insert(f"job-{k}", next_run_at=start, interval=250) for k in range(10)]
    worker = world.worker(names, complete, declare="queue", confirm=True)
    quiet = world.insert("quiet", next_run_at=start, interval=100)
    silent_worker = world.worker(quiet, silent)
    world.scheduler()
    world.wait_for_actions(silent_worker, 5, job=quiet)
    world.jobs.update_one({"_id": quiet}, {"$set": {"enabled": False}})
    world.wait_for_actions(worker, 40)
    outages = Outages(250)
    for _ in range(2):
        began = now()
        before = worker.connections
        cut = subprocess.Popen(
            [*control, "close_all_connections", "--vhost", "/", "test"], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        while cut.poll() is None:
            for run in world.runs_of(quiet):
                world.broker.status(quiet, run["_id"], "running")
        assert cut.returncode == 0, cut.stderr.read().decode()
        world.eventually(lambda: worker.connections > before, 10, "the worker's connection to have been cut")
        outages.add(began, now() + timedelta(seconds=2))
        for run in world.runs_of(quiet):
            world.broker.status(quiet, run["_id"], "running")
    for run in world.runs_of(quiet):
        world.broker.status(quiet, run["_id"], "completed", result={"after": "the cut"})
    world.eventually(
        lambda: all(run["status"] == "completed" for run in world.runs_of(quiet)), 20,
        "every status sent during and after the cuts to be stored")
    count = len(worker.actions)
    world.wait_for_actions(worker, count + 100, timeout=15)
    world.jobs.update_many({}, {"$set": {"enabled": False}})
    world.eventually(
        lambda: world.runs.count_documents({"status": {"$ne": "completed"}}) == 0, 15, "every run to be completed")
    world.settle(worker)
    for name in names:
        outages.check_slots(world.runs_of(name), start, 250)
    runs = [run for name in names for run in world.runs_of(name)]
    checks.check_messages(runs, worker.actions, exactly_once=False)


def test_a_queue_declared_otherwise_disturbs_only_its_job(world):
    start = after(2)
    odd = [world.insert(f"odd-{kind}", next_run_at=start, interval=300) for kind in bus.KINDS]
    for name, kind in zip(odd, bus.KINDS):
        world.broker.channel.queue_declare(
            bus.part(name, kind), durable=True, arguments={"x-message-ttl": 3_600_000})
    healthy = [world.insert(f"healthy-{k}", next_run_at=start, interval=300) for k in range(3)]
    worker = world.worker(healthy, complete)
    scheduler = world.scheduler()
    for name in healthy:
        world.wait_for_runs(name, 6, status="completed")
    unnamed = [name for name in odd if not scheduler.log_lines(name)]
    assert not unnamed, f"no log line names the jobs whose queues were refused: {unnamed}"
    cpu, begun = scheduler.cpu_seconds(), time.monotonic()
    late = world.insert("late", next_run_at=after(1.5), interval=300)
    world.worker(late, complete)
    world.wait_for_runs(late, 3, status="completed")
    share = (scheduler.cpu_seconds() - cpu) / (time.monotonic() - begun)
    assert share < 0.5, f"{share:.0%} of a processor spent"
    world.settle(worker)
    for name in healthy:
        checks.check_contiguous(world.runs_of(name), start, 300)
    checks.check_messages([run for name in healthy for run in world.runs_of(name)], worker.actions)


def test_actions_survive_without_a_worker(world):
    """Nobody consumes: the messages wait in their queue and none is lost or doubled."""
    start = after(1.5)
    job = world.insert("waiting", next_run_at=start, interval=200)
    world.scheduler()
    world.wait_for_runs(job, 8)
    world.settle()
    runs = world.runs_of(job)
    assert world.broker.depth(bus.part(job, "action")) == len(runs)
    worker = world.worker(job, complete)
    world.wait_for_actions(worker, len(runs))
    throughout(lambda: len(worker.actions) == len(runs), 0.5, "one message per run")
    checks.check_messages(runs, worker.actions)
