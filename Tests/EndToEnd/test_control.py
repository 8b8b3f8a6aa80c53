# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Hints between our own programs make a change take effect before the next refresh (contract, 3)."""

import json

from bson import ObjectId

from harness.documents import after
from harness.worker import complete

CONTROL = "scheduler.control"


def test_a_hint_makes_an_edit_take_effect_at_once(world):
    job = world.insert("hinted", next_run_at=after(3600), interval=3_600_000)
    worker = world.worker(job, complete)
    world.scheduler(CACHE_REFRESH_INTERVAL=60_000)
    world.wait_until_served([job])
    slot = after(1)
    world.jobs.update_one({"_id": job}, {"$set": {"nextRunAt": slot}})
    world.broker.publish(CONTROL, "", {"type": "job-changed", "jobName": job})
    world.wait_for_actions(worker, 1, timeout=5)
    assert world.runs_of(job)[0]["scheduledTime"] == slot


def test_a_hint_that_says_nothing_disturbs_nobody(world):
    job = world.insert("steady", next_run_at=after(2), interval=300)
    worker = world.worker(job, complete)
    world.scheduler()
    world.wait_until_served([job])
    for hint in (b"", b"no JSON", b"[]", b"null", b'{"type":5}', b'{"type":"unheard-of"}', b"\xff", b"x" * 2_000_000,
                 b'{"type":"job-changed"}', b'{"type":"job-changed","jobName":"no such job"}', b"[" * 100_000):
        world.broker.publish(CONTROL, "", hint)
    count = len(worker.actions)
    world.wait_for_actions(worker, count + 4)


def test_the_custodian_hints_what_it_unlocked(world):
    job = world.insert(
        "left", next_run_at=after(2), interval=500, managerId=ObjectId(), heartbeat=after(-60))
    worker = world.worker(job, complete)
    ears = f"{world.id}-ears"
    world.scheduler(CACHE_REFRESH_INTERVAL=60_000)
    world.broker.channel.queue_declare(ears, exclusive=True)
    world.broker.channel.queue_bind(ears, CONTROL)
    world.custodian()
    world.wait_for_actions(worker, 2, timeout=3 + 5)
    heard = []
    while (got := world.broker.channel.basic_get(ears, auto_ack=True))[0]:
        heard.append(json.loads(got[2]))
    assert any(hint.get("jobName") == job for hint in heard), heard
    assert all(isinstance(hint.get("type"), str) for hint in heard), heard
