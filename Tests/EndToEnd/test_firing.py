# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A job fires at its slots, never early, and each slot is one run document and one message (contract, 3 and 5)."""

import re
import time
from datetime import timedelta

from bson import Int64

import pytest

from harness import bus, checks
from harness.documents import after, now, seconds
from harness.waiting import throughout
from harness.worker import complete, silent


def check_lag(runs, actions):
    lags = checks.lags(runs, actions)
    assert lags[0] >= 0, f"an action arrived {-lags[0]:.3f} s before its slot"
    assert lags[len(lags) // 2] < 0.3, f"median lag {lags[len(lags) // 2]:.3f} s, all: {lags}"
    assert lags[-1] < 2, f"greatest lag {lags[-1]:.3f} s, all: {lags}"


@pytest.mark.both_stores
def test_a_go_style_job_fires_at_each_slot(world):
    start = after(3)
    job = world.insert("steady", next_run_at=start, interval=500)
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_runs(job, 7, timeout=12)
    world.settle(worker)
    runs = world.runs_of(job)
    checks.check_contiguous(runs, start, 500, first=0)
    checks.check_never_early(runs)
    checks.check_messages(runs, worker.actions)
    check_lag(runs, worker.actions)
    next_run_at = world.job(job)["nextRunAt"]
    assert next_run_at == runs[-1]["scheduledTime"] + timedelta(milliseconds=500), (
        f"nextRunAt {next_run_at} does not follow the last fired slot {runs[-1]['scheduledTime']}")


def test_a_job_inserted_while_the_scheduler_runs_is_taken_up_at_the_refresh(world):
    world.scheduler()
    start = after(3)
    job = world.insert("late-comer", next_run_at=start, interval=400)
    worker = world.worker(job, complete)
    world.wait_for_runs(job, 4)
    world.settle(worker)
    runs = world.runs_of(job)
    checks.check_contiguous(runs, start, 400, first=0)
    checks.check_messages(runs, worker.actions)
    check_lag(runs, worker.actions)


@pytest.mark.both_stores
def test_the_action_message_is_as_the_contract_says(world):
    slot = after(1.2)
    job = world.insert("shape", next_run_at=slot)
    worker = world.worker(job)
    world.scheduler()
    [action] = world.wait_for_actions(worker, 1)
    [run] = world.runs_of(job)
    assert re.fullmatch("[0-9a-f]{24}", action.run) and action.run == str(run["_id"])
    required = {"jobName": job, "runId": action.run, "action": "run"}
    assert {key: action.body.get(key) for key in required} == required
    assert set(action.body) <= set(required) | {"payload", "attempt", "scheduledTime"}, action.body
    assert action.body["attempt"] == 1
    assert checks.parse_time(action.body["scheduledTime"]) == slot == run["scheduledTime"]
    assert (action.exchange, action.routing_key) == (bus.topic(job), "action")
    properties = action.properties
    assert properties.content_type == "application/json"
    assert properties.delivery_mode == 2
    assert properties.message_id == f"{action.run}:run:1"
    assert properties.type == "run"
    assert properties.timestamp is not None and abs(properties.timestamp - time.time()) < 10


@pytest.mark.both_stores
def test_a_fired_run_is_stored_pending(world):
    slot = after(1.2)
    job = world.insert("document", next_run_at=slot)
    worker = world.worker(job)
    world.scheduler()
    world.wait_for_actions(worker, 1)
    [run] = world.runs_of(job)
    assert (run["jobName"], run["status"], run["scheduledTime"]) == (job, "pending", slot)
    assert run["attempt"] == 1 and run["trigger"] == "schedule", run
    assert abs(seconds(run["createdTime"]) - time.time()) < 10


@pytest.mark.both_stores
def test_a_queue_bound_to_the_fanout_exchange_sees_each_action_once(world):
    job = world.insert("observed", next_run_at=after(1.2), interval=300)
    bus.declare_seed(world.broker.channel, job)
    observer = f"{world.id}-observer"
    world.broker.channel.queue_declare(observer, auto_delete=False)
    world.broker.channel.queue_bind(observer, bus.part(job, "action"))
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_runs(job, 4)
    world.settle(worker)
    runs = world.runs_of(job)
    checks.check_messages(runs, worker.actions)
    seen = sorted(message.properties.message_id for message in world.broker.collect(observer))
    world.broker.channel.queue_delete(observer)
    assert seen == sorted(f"{run['_id']}:run:1" for run in runs)


def test_the_scheduler_alone_declares_both_topologies(world):
    job = world.insert("alone", next_run_at=after(3600), interval=1000)
    scheduler = world.scheduler()
    world.eventually(
        lambda: all(world.broker.depth(bus.part(job, kind)) == 0 for kind in bus.KINDS), 10, "the three queues")
    world.eventually(lambda: world.broker.consumers(bus.part(job, "heartbeat")) == 1, 10, "a heartbeat consumer")
    scheduler.term_and_wait()
    bus.declare_seed(world.broker.channel, job)  # refused by the broker unless it is the same
    for kind in ("status", "heartbeat"):
        for to, expected in (("topic", 1), ("fanout", 2)):
            getattr(world.broker, kind)(job, "a" * 24, *(["running"] if kind == "status" else []), to=to)
            depth = world.eventually(lambda: world.broker.depth(bus.part(job, kind)), 5, "a message")
            assert depth == expected, f"a {kind} published to the {to} exchange arrived {depth - expected + 1} times"
    world.broker.publish(bus.topic(job), "action", {})
    assert world.broker.depth(bus.part(job, "action")) == 1


@pytest.mark.both_stores
def test_a_status_to_either_exchange_is_stored(world):
    job = world.insert("either", next_run_at=after(1.2), interval=400)
    worker = world.worker(job)
    world.scheduler()
    world.wait_for_actions(worker, 2)
    by_topic, by_fanout = world.runs_of(job)[:2]
    world.broker.status(job, by_topic["_id"], "running", to="topic")
    world.broker.status(job, by_fanout["_id"], "running", to="fanout")
    world.wait_for_status(by_topic["_id"], "running")
    world.wait_for_status(by_fanout["_id"], "running")


@pytest.mark.both_stores
def test_a_one_shot_fires_once_and_again_when_re_armed(world):
    slot = after(1.2)
    job = world.insert("once", next_run_at=slot, interval=0)
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_actions(worker, 1)
    world.eventually(lambda: "nextRunAt" not in world.job(job), 5, "nextRunAt to be absent after the one-shot's run")
    throughout(lambda: len(world.runs_of(job)) == 1, 1.5, "one run of a one-shot")
    assert world.job(job)["enabled"] is True, "the job stays as it was"
    again = after(1)
    world.update(job, nextRunAt=again)
    world.wait_for_actions(worker, 2)
    world.eventually(lambda: "nextRunAt" not in world.job(job), 5, "nextRunAt to be absent after the second run")
    assert checks.slots(world.runs_of(job)) == [slot, again]


@pytest.mark.both_stores
def test_a_disabled_job_fires_only_once_enabled(world):
    slot = after(0.5)
    one_shot = world.insert("off-once", next_run_at=slot, enabled=False)
    start = after(1)
    steady = world.insert("off-steady", next_run_at=start, interval=300, enabled=False)
    worker = world.worker([one_shot, steady], complete)
    world.scheduler()
    throughout(lambda: not world.all_runs(), 2.5, "no run of a disabled job")
    world.update(one_shot, steady, enabled=True)
    enabled = now()
    world.wait_for_actions(worker, 1, job=one_shot)
    world.wait_for_actions(worker, 4, job=steady)
    assert checks.slots(world.runs_of(one_shot)) == [slot]
    runs = world.runs_of(steady)
    checks.numbers(runs, start, 300)
    missed = [run for run in runs if run["scheduledTime"] < enabled - timedelta(milliseconds=300)]
    assert not missed, f"missed slots fired although the policy is `once`, for the latest: {missed}"


@pytest.mark.both_stores
def test_disabling_stops_the_firing_but_not_the_runs_in_flight(world):
    job = world.insert("switched", next_run_at=after(1.2), interval=300)
    worker = world.worker(job)
    world.scheduler()
    world.wait_for_actions(worker, 2)
    world.update(job, enabled=False)
    # The refresh (0.5 s) and the batch then in flight.
    late = now() + timedelta(seconds=1.5)
    throughout(
        lambda: not [run for run in world.runs_of(job) if run["scheduledTime"] > late], 3, "no further run of the disabled job")
    run = world.runs_of(job)[0]
    world.broker.status(job, run["_id"], "running")
    world.broker.status(job, run["_id"], "completed")
    world.wait_for_status(run["_id"], "completed")


def test_edits_in_the_database_take_effect_at_the_refresh(world):
    far = world.insert("pulled-forward", next_run_at=after(3600), interval=3_600_000)
    slower = world.insert("slowed-down", next_run_at=after(1.2), interval=200)
    postponed = world.insert("postponed", next_run_at=after(1.2), interval=200)
    deleted = world.insert("deleted", next_run_at=after(1.2), interval=200)
    worker = world.worker([far, slower, postponed, deleted], complete)
    world.scheduler()
    for job in (slower, postponed, deleted):
        world.wait_for_runs(job, 3)
    start, later = after(1.2), after(3600)
    world.update(far, nextRunAt=start, interval=400)
    world.update(slower, interval=1000)
    world.update(postponed, nextRunAt=later)
    world.jobs.delete_one({"_id": deleted})
    edited = now()
    world.wait_for_runs(far, 3)
    world.eventually(
        lambda: len([r for r in world.runs_of(slower) if r["scheduledTime"] > edited + timedelta(seconds=2)]) >= 3, 10,
        "three slots of the slowed-down job")
    checks.check_contiguous(world.runs_of(far), start, 400)
    late = [run for run in world.runs_of(slower) if run["scheduledTime"] > edited + timedelta(seconds=2)]
    checks.check_contiguous(late, late[0]["scheduledTime"], 1000)
    assert world.job(slower)["interval"] == 1000
    # The refresh (0.5 s) and the batch then in flight; a batch that comes too late takes back what it has inserted.
    world.eventually(
        lambda: not [
            run for job in (postponed, deleted) for run in world.runs_of(job)
            if run["scheduledTime"] > edited + timedelta(seconds=1.5)], 5, "no run after postponing or deleting")
    late = [action for job in (postponed, deleted) for action in worker.of(job, "run")
            if checks.parse_time(action.body["scheduledTime"]) > edited + timedelta(seconds=1.5)]
    assert not late, f"messages after postponing or deleting: {late[:3]}"
    assert world.job(postponed)["nextRunAt"] == later, "the edit of nextRunAt was overwritten"
    assert world.job(deleted) is None, "the deleted job came back"


@pytest.mark.both_stores
def test_missed_slots_give_one_run_for_the_latest_one(world):
    start = after(-10.25)
    job = world.insert("missed", next_run_at=start, interval=1000)
    one_shot = world.insert("missed-once", next_run_at=start)
    worker = world.worker([job, one_shot], complete)
    began = now()
    world.scheduler()
    world.wait_for_runs(job, 4)
    world.settle(worker)
    runs = world.runs_of(job)
    ks = checks.numbers(runs, start, 1000)
    assert ks == list(range(ks[0], ks[0] + len(ks))), f"slots {ks} of a job that missed some before the start"
    assert runs[0]["scheduledTime"] > began - timedelta(seconds=1, milliseconds=50), (
        f"first slot fired {runs[0]['scheduledTime']}, started at {began}")
    assert checks.slots(world.runs_of(one_shot)) == [start]
    checks.check_messages(runs + world.runs_of(one_shot), worker.actions)


def test_int64_and_whole_doubles_are_read(world):
    start = after(1.2)
    job = world.insert(
        "numbers", next_run_at=start, interval=400.0, run_start_timeout=Int64(60_000), max_queue_count=0.0,
        heartbeat_timeout=Int64(0))
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_for_actions(worker, 3)
    checks.check_contiguous(world.runs_of(job), start, 400)


@pytest.mark.both_stores
def test_a_hundred_jobs_on_one_slot_fire_together(world):
    jobs = [world.insert(f"crowd-{k}", next_run_at=after(3600)) for k in range(100)]
    worker = world.worker(jobs, silent, declare="queue")
    world.scheduler()
    slot = world.arm(jobs, after=2)
    world.wait_for_actions(worker, 100, timeout=15)
    world.settle(worker)
    runs = world.all_runs()
    assert {run["scheduledTime"] for run in runs} == {slot} and len(runs) == 100
    checks.check_messages(runs, worker.actions)
    check_lag(runs, worker.actions)


def test_quorum_queues_are_declared_when_asked_for(world):
    job = world.insert("quorum", next_run_at=after(3), interval=400)
    world.scheduler(QUEUE_TYPE="quorum")
    world.wait_until_served([job])
    for kind in bus.KINDS:  # refused by the broker unless it is the same
        world.broker.channel.queue_declare(bus.part(job, kind), durable=True, arguments={"x-queue-type": "quorum"})
    worker = world.worker(job, complete, declare="nothing")
    world.wait_for_actions(worker, 2)
    world.wait_for_runs(job, 2, status="completed")
