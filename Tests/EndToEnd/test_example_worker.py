# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The worker of examples/ does what README.md promises of it."""

import sys

import pytest

from harness import bus
from harness.documents import after
from harness.environment import REPOSITORY

WORKER = REPOSITORY / "examples" / "python-worker" / "worker.py"

pytestmark = pytest.mark.both_stores


def start(world, *jobs):
    assert WORKER.exists(), f"{WORKER} is missing"
    # With `-u`: what it prints belongs into the log at once.
    worker = world.script(
        [sys.executable, "-u", str(WORKER), "--url", world.environment.rabbitmq, *jobs], "python-worker")
    for job in jobs:
        world.eventually(lambda: world.broker.consumers(bus.part(job, "action")), 10, "the worker to consume")
    return worker


def test_the_python_worker_completes_and_cancels(world):
    done = world.insert("example", next_run_at=after(2.5), heartbeat_timeout=5000)
    cancelled = world.insert("example-cancelled", next_run_at=after(2.5), run_execution_timeout=700)
    start(world, done, cancelled)
    world.scheduler()
    [run] = world.wait_for_runs(done, 1, timeout=15, status="completed")
    assert run["attempt"] == 1 and run["result"], run
    world.wait_for_runs(cancelled, 1, timeout=10, status="cancelled")
