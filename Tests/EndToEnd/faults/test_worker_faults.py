# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What workers do wrong: die, repeat themselves, answer late, out of turn or for others, and flood."""

import json
import random
import sys

from bson import ObjectId

from harness import bus
from harness.documents import after
from harness.environment import REPOSITORY
from harness.trial import Trial
from harness.worker import Say, heartbeat, status


def test_a_worker_process_that_is_killed_is_missed_and_its_run_done_by_the_next(world):
    job = world.insert("mortal", next_run_at=after(1), heartbeat_timeout=2500, payload={"seconds": 4})
    script = str(REPOSITORY / "examples" / "python-worker" / "worker.py")

    def worker(label):
        return world.script([sys.executable, "-u", script, "--url", world.environment.rabbitmq, job], label)

    first = worker("first")
    world.eventually(lambda: world.broker.consumers(bus.part(job, "action")), 10, "the worker to consume")
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="running")
    first.kill9()
    worker("second")
    run = world.wait_for_status(run["_id"], "completed", timeout=20)
    assert run["attempt"] == 2 and [row["status"] for row in run["attempts"]] == ["lost", "completed"]
    # A late word of the first one changes nothing.
    world.broker.status(job, run["_id"], "failed", attempt=1)
    world.settle()
    assert world.run(run["_id"]) == run


def test_everything_said_three_times_and_shuffled_ends_the_same(world):
    """`completed` may overtake `running`; heartbeats come after the end."""
    order = random.Random(7)

    def answer(action):
        said = [status("running", attempt=1), heartbeat(attempt=1), status("completed", attempt=1, result={"n": 1})] * 3
        order.shuffle(said)
        return said

    trial = Trial(world, answer=answer)
    world.scheduler()
    trial.begin()
    trial.goes_on()
    for run in trial.conclude():
        assert run["status"] == "completed" and run["result"] == {"n": 1} and len(run["attempts"]) == 1, run


def test_answers_for_the_runs_of_others_change_nothing(world):
    trial = Trial(world, count=3)
    strange = world.name("strange")
    bus.declare_seed(world.broker.channel, strange)
    world.insert("other", next_run_at=after(3600), interval=1000)
    before = world.broker.depth(bus.DEAD_LETTERS) or 0
    world.scheduler()
    trial.begin()
    target = world.wait_for_runs(trial.names[0], 1, status="completed")[0]
    other = trial.names[1]
    for word in ("failed", "running", "cancelled"):
        world.broker.publish(bus.topic(other), "status", {"jobName": other, "runId": str(target["_id"]), "status": word})
    world.broker.publish(bus.topic(other), "status", {"jobName": trial.names[0], "runId": str(target["_id"]),
                                                      "status": "failed"})
    world.eventually(lambda: (world.broker.depth(bus.DEAD_LETTERS) or 0) >= before + 1, 10, "dead letters")
    trial.goes_on()
    assert world.run(target["_id"]) == target
    world.broker.collect(bus.DEAD_LETTERS, lambda message: json.loads(message.body).get("runId") == str(target["_id"]))
    trial.conclude()


def test_a_flood_of_statuses_holds_nobody_up_for_long(world):
    trial = Trial(world)
    world.scheduler()
    trial.begin()
    with trial.fault():
        flooded = trial.names[0]
        world.wait_for_runs(flooded, 1, status="completed")
        known = [str(run["_id"]) for run in world.runs_of(flooded, status="completed")]
        for number in range(10_000):
            run = known[number % len(known)] if number % 2 else str(ObjectId())
            body = {"jobName": flooded, "runId": run, "status": "running"}
            world.broker.flood(bus.topic(flooded), "status", json.dumps(body).encode())
        trial.goes_on()
    world.eventually(lambda: world.broker.depth(bus.part(flooded, "status")) == 0, 30, "the flood to drain", every=0.2)
    trial.conclude()


def test_a_worker_that_answers_after_its_run_was_given_up_changes_nothing(world):
    """It is slow and silent; the second attempt has ended when it speaks."""

    def answer(action):
        if action.kind != "run":
            return [status("cancelled")]
        if action.attempt == 1:
            return [status("running", attempt=1), Say("status", {"status": "failed", "attempt": 1}, after=3.0)]
        return [status("running", attempt=2), status("completed", attempt=2)]

    trial = Trial(world, count=3, interval=1000, answer=answer, heartbeatTimeout=1000)
    world.scheduler()
    trial.begin()
    trial.goes_on()
    for run in trial.conclude():
        assert run["status"] == "completed" and run["attempt"] == 2, run
