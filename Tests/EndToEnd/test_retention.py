# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Ended runs go when they are older than their job's retention (contract, 5)."""

from datetime import timedelta

import pytest

from harness.documents import after, go_run, now


def ended(job, hours, status="completed"):
    moment = now() - timedelta(hours=hours)
    return go_run(job, status, created=moment, end=moment)


def test_old_runs_go_and_others_stay(world):
    short = world.insert("short", next_run_at=after(3600), retention=3_600_000)
    ever = world.insert("ever", next_run_at=after(3600))
    old = [ended(short, 2, status) for status in ("completed", "failed", "cancelled")]
    old += [ended(short, 3) for _ in range(1200)]
    kept = [ended(short, 0.5), ended(ever, 1000), ended("no-such-job", 1000),
            go_run(short, "running", created=now() - timedelta(hours=9))]
    world.runs.insert_many(old + kept)
    custodian = world.custodian()
    world.eventually(lambda: world.runs.count_documents({}) == len(kept), 10, "the end of the old ones")
    assert {run["_id"] for run in world.runs.find({}, {"_id": 1})} == {run["_id"] for run in kept}
    assert "pruned ended runs" in custodian.log()


def test_two_custodians_prune_side_by_side_and_a_new_retention_counts(world):
    job = world.insert("edited", next_run_at=after(3600))
    world.runs.insert_many([ended(job, 1) for _ in range(700)])
    world.custodian()
    world.custodian()
    world.jobs.update_one({"_id": job}, {"$set": {"retention": 1000}})
    world.eventually(lambda: not world.runs.count_documents({}), 10, "the end of all runs")


@pytest.mark.both_stores(bus="none")
def test_runs_go_when_they_are_old_enough_and_not_before(world):
    nobody = {"delivery": {"http": {"url": "http://127.0.0.1:1/"}}}
    short, long = (
        world.insert(name, next_run_at=after(1), retention=retention, **nobody)
        for name, retention in (("short", 2_000), ("long", 3_600_000)))
    world.scheduler()
    world.custodian()
    [run] = world.wait_for_runs(short, 1, status="failed")
    [kept] = world.wait_for_runs(long, 1, status="failed")
    world.eventually(lambda: not world.runs_of(short), 10, "the end of the old one")
    assert now() - run["endTime"] > timedelta(seconds=2) and world.runs_of(long) == [kept]
