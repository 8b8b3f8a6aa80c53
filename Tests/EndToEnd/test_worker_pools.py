# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Jobs that share the objects of a pool (contract, 9): one set for all, runs that stay where they began, any Scheduler's ear."""

import sys
import time

import pytest

from harness import bus, checks
from harness.documents import after, go_run
from harness.environment import REPOSITORY
from harness.waiting import throughout
from harness.worker import complete, running, silent, status


def in_pool(pool):
    return {"worker": {"pool": str(pool)}} if pool else {"worker": {}}


def insert_many(world, pool, count, **fields):
    return [world.insert(f"job-{number}", delivery=in_pool(pool), **fields) for number in range(count)]


def objects(world, name):
    return [kind for kind in bus.KINDS if world.broker.depth(bus.part(name, kind)) is not None]


@pytest.mark.both_stores
def test_the_jobs_of_a_pool_share_one_set_of_objects(world):
    pool = world.pool("shared")
    jobs = insert_many(world, pool, 5, next_run_at=after(2.5), interval=500, payload={"n": 1})
    worker = world.worker(pool, complete)
    world.scheduler()
    for job in jobs:
        runs = world.wait_for_runs(job, 3, status="completed")
        checks.check_contiguous(runs, runs[0]["scheduledTime"], 500)
    assert {action.job for action in worker.actions} == set(jobs)
    action = worker.of(jobs[0], "run")[0]
    assert action.body["payload"] == {"n": 1} and action.exchange == bus.topic(pool) and action.routing_key == "action"
    assert objects(world, pool) == list(bus.KINDS)
    assert all(objects(world, job) == [] for job in jobs), "objects of its own"


@pytest.mark.parametrize("to", ["topic", "fanout"])
def test_both_ways_into_a_pools_queues_are_there_before_any_worker(world, to):
    pool = world.pool("ways")
    job = world.insert("way", delivery=in_pool(pool), next_run_at=after(1), heartbeat_timeout=5000)
    world.scheduler()
    world.wait_until_served([pool])
    [run] = world.wait_for_runs(job, 1)
    world.eventually(lambda: world.broker.depth(bus.part(pool, "action")), 5, "the action")
    world.broker.status(job, run["_id"], "running", pool=pool, to=to)
    world.wait_for_status(run["_id"], "running")
    world.broker.heartbeat(job, run["_id"], pool=pool, to=to, progress=0.5)
    world.eventually(lambda: world.run(run["_id"]).get("progress") == 0.5, 5, "the heartbeat's progress")
    world.broker.status(job, run["_id"], "completed", pool=pool, to=to)
    world.wait_for_status(run["_id"], "completed")


@pytest.mark.both_stores
def test_all_attempts_stay_with_the_pool_they_began_in(world):
    first, second = world.pool("first"), world.pool("second")
    job = world.insert(
        "mover", delivery=in_pool(first), next_run_at=after(2), allow_concurrent_runs=False, maxAttempts=3,
        retryBackoff={"initial": 200, "factor": 1, "max": 200})
    former, latter = world.worker(first, running), world.worker(second, running)
    own = world.worker(job, running)
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="running")
    # To another pool, and to none, while the run is active.
    for delivery, attempt in [(in_pool(second), 1), (in_pool(None), 2)]:
        world.update(job, delivery=delivery)
        time.sleep(1)  # longer than a refresh, and there is nothing to see
        world.broker.status(job, run["_id"], "failed", pool=first, attempt=attempt)
        world.eventually(
            lambda: [a.attempt for a in former.for_run(run["_id"], "run")] == list(range(1, attempt + 2)), 5,
            f"attempt {attempt + 1}")
        world.eventually(lambda: world.run(run["_id"])["status"] == "running", 5, "it to be running")
    world.user().cancel(run["_id"])
    world.wait_for_status(run["_id"], "cancelled")
    assert [a.kind for a in former.for_run(run["_id"])] == ["run"] * 3 + ["cancel"]
    assert latter.for_run(run["_id"]) == own.for_run(run["_id"]) == []
    # The next one goes where the job says now.
    world.update(job, nextRunAt=after(1), delivery=in_pool(second))
    world.wait_for_actions(latter, 1, kind="run")
    assert len(former.actions) == 4 and own.actions == []


def test_runs_of_its_own_come_to_their_end_after_a_move_into_a_pool_and_a_crash(world):
    pool = world.pool("later")
    job = world.insert("mover", next_run_at=after(1), allow_concurrent_runs=False, maxAttempts=2,
                       retryBackoff={"initial": 100, "factor": 1, "max": 100})
    own = world.worker(job, running)
    scheduler = world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="running")
    scheduler.kill9()
    world.update(job, delivery=in_pool(pool), nextRunAt=after(2))
    world.custodian()
    world.scheduler()
    world.wait_until_served([pool])
    second = world.wait_for_runs(job, 2)[1]
    pooled = world.worker(pool, complete)
    throughout(lambda: not pooled.actions, 0.5, "it waits for the run before")
    # The place of a run that failed is the next one's until its own time has come.
    world.broker.status(job, run["_id"], "failed", attempt=1)
    world.eventually(lambda: len(own.for_run(run["_id"], "run")) == 2, 5, "the second attempt where the first one was")
    world.broker.status(job, run["_id"], "completed", attempt=2)
    world.wait_for_status(run["_id"], "completed")
    # What had waited follows the edit.
    world.wait_for_status(second["_id"], "completed")
    assert {action.run for action in pooled.actions} == {str(second["_id"])} and not own.for_run(second["_id"])


def test_a_pool_is_listened_to_as_long_as_it_has_runs(world):
    pool = world.pool("left")
    job = world.insert("last", delivery=in_pool(pool), next_run_at=after(1))
    world.worker(pool, running)
    scheduler = world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="running")
    world.update(job, delivery={"http": {"url": "http://127.0.0.1:9/"}}, enabled=False)
    assert scheduler.term_and_wait()[0] == 0
    # One that never had a job of the pool.
    world.scheduler()
    world.wait_until_owned(job)
    world.wait_until_served([pool])
    world.broker.status(job, run["_id"], "completed", pool=pool)
    world.wait_for_status(run["_id"], "completed")
    world.eventually(lambda: not world.broker.consumers(bus.part(pool, "status")), 10, "the last to leave", every=0.2)
    assert objects(world, pool) == list(bus.KINDS), "a pool's objects stay"


@pytest.mark.both_stores
def test_a_deleted_job_leaves_the_pool_to_the_others(world):
    pool = world.pool("many")
    gone, kept = insert_many(world, pool, 2, next_run_at=after(2), interval=400)
    worker = world.worker(pool, running)
    world.scheduler()
    world.wait_for_runs(gone, 1, status="running")
    world.wait_for_runs(kept, 1, status="running")
    world.user().delete(gone)
    world.eventually(
        lambda: all(run["status"] == "cancelled" for run in world.runs_of(gone)), 10, "the deleted job's runs to end")
    assert worker.of(gone, "cancel"), "whoever has a run is told"
    count = len(world.runs_of(kept))
    world.wait_for_runs(kept, count + 3, status="running")
    assert objects(world, pool) == list(bus.KINDS) and objects(world, gone) == []
    world.user().delete(kept)
    world.eventually(
        lambda: all(run["status"] == "cancelled" for run in world.runs_of(kept)), 10, "the last job's runs to end")
    throughout(lambda: objects(world, pool) == list(bus.KINDS), 2, "the pool outlives its last job")


def test_what_a_scheduler_is_told_of_another_ones_jobs_counts_at_once(world):
    pool = world.pool("spread")
    jobs = insert_many(
        world, pool, 8, next_run_at=after(6), interval=100, allow_concurrent_runs=False, maxAttempts=2,
        retryBackoff={"initial": 50, "factor": 1, "max": 50})
    # Half of the first attempts fail.
    worker = world.worker(
        pool, lambda action: [] if action.kind != "run" else
        [status("running"), status("failed" if action.attempt == 1 and int(action.run[-1], 16) % 2 else "completed")])
    # Nobody finds anything by a refresh, or by a sweep.
    slow = {"CACHE_REFRESH_INTERVAL": 60_000, "CLEANUP_INTERVAL": 60_000}
    one, two = world.scheduler(MAX_JOBS=4, **slow), world.scheduler(MAX_JOBS=4, **slow)
    world.wait_until_owned(*jobs)
    assert len({world.owner(job) for job in jobs}) == 2
    assert world.broker.consumers(bus.part(pool, "status")) == 2, f"{one.label} and {two.label} listen, once each"
    for job in jobs:
        world.wait_for_runs(job, 12, status="completed", timeout=20)
        attempts = {run["attempt"] for run in world.runs_of(job, status="completed")}
        assert attempts <= {1, 2}
    assert any(action.attempt == 2 for action in worker.actions)


def test_the_jobs_of_a_killed_scheduler_are_taken_over_with_their_runs(world):
    pool = world.pool("heirs")
    jobs = insert_many(world, pool, 6, next_run_at=after(2), interval=300, allow_concurrent_runs=False)
    worker = world.worker(pool, silent)
    first, _, _ = world.scheduler(MAX_JOBS=6), world.custodian(), world.wait_until_owned(*jobs)
    for job in jobs:
        world.wait_for_runs(job, 2)
    world.wait_for_actions(worker, 6)
    first.kill9()
    # Said while nobody is there, it waits.
    for action in worker.actions[:6]:
        world.broker.status(action.job, action.run, "running", pool=pool)
        world.broker.status(action.job, action.run, "completed", pool=pool)
    world.scheduler()
    for job in jobs:
        world.wait_for_runs(job, 1, status="completed", timeout=15)
    world.eventually(
        lambda: all(len({a.run for a in worker.of(job, "run")}) >= 2 for job in jobs), 10, "the next run of each job")


def test_what_is_not_the_pools_goes_to_the_dead_letters(world):
    pool, elsewhere = world.pool("mine"), world.pool("yours")
    job = world.insert("job", delivery=in_pool(pool), next_run_at=after(1))
    other = world.insert("other", delivery=in_pool(elsewhere), next_run_at=after(1))
    world.worker([pool, elsewhere], silent)
    world.scheduler()
    [run], [theirs] = world.wait_for_runs(job, 1), world.wait_for_runs(other, 1)
    world.eventually(lambda: all(world.run(r["_id"]).get("publishedAt") for r in (run, theirs)), 5, "both published")
    cases = [
        (other, run, "jobName is not that of the run"), ("a b", run, "jobName is not the name of a job"),
        (other, theirs, "the run is not with the workers of this queue"),
    ]
    for name, about, reason in cases:
        world.broker.status(name, about["_id"], "completed", pool=pool)
        [letter] = world.eventually(
            lambda: world.broker.collect(bus.DEAD_LETTERS, lambda m: m.headers.get("x-dead-letter-pool") == pool), 5, reason)
        assert letter.headers["x-dead-letter-reason"] == reason
        assert letter.headers["x-dead-letter-queue"] == bus.part(pool, "status")
        assert str(about["_id"]).encode() in letter.body
    # Well-formed, about a run that is gone: acknowledged.
    world.broker.status(job, go_run(job, "pending")["_id"], "completed", pool=pool)
    world.broker.status(job, run["_id"], "completed", pool=pool)
    world.wait_for_status(run["_id"], "completed")
    world.eventually(lambda: world.broker.depth(bus.part(pool, "status")) == 0, 5, "an empty queue")
    assert world.run(theirs["_id"])["status"] == "pending"
    assert not world.broker.collect(bus.DEAD_LETTERS, lambda m: m.headers.get("x-dead-letter-pool") == pool)


def test_quorum_queues_serve_a_pool_too(world):
    pool = world.pool("quorum")
    jobs = insert_many(world, pool, 2, next_run_at=after(4), interval=500)
    world.scheduler(QUEUE_TYPE="quorum")
    world.wait_until_served([pool])
    worker = world.worker(pool, complete, declare="nothing")
    for job in jobs:
        world.wait_for_runs(job, 2, status="completed", timeout=15)
    assert len(worker.actions) >= 4


@pytest.mark.both_stores
def test_the_python_worker_serves_a_pool(world):
    pool = world.pool("example")
    jobs = insert_many(world, pool, 3, next_run_at=after(3), heartbeat_timeout=5000, payload={"seconds": 0.3})
    cancelled = world.insert(
        "long", delivery=in_pool(pool), next_run_at=after(3), run_execution_timeout=700, payload={"seconds": 30})
    worker = REPOSITORY / "examples" / "python-worker" / "worker.py"
    world.script(
        [sys.executable, "-u", str(worker), "--url", world.environment.rabbitmq, "--pool", str(pool)], "python-worker")
    world.eventually(lambda: world.broker.consumers(bus.part(pool, "action")), 10, "the worker to consume")
    world.scheduler()
    for job in jobs:
        [run] = world.wait_for_runs(job, 1, timeout=15, status="completed")
        assert run["attempt"] == 1 and run["result"], run
    world.wait_for_runs(cancelled, 1, timeout=10, status="cancelled")


def test_a_pool_needs_a_bus(world):
    api = world.api_client()
    assert api.post("/api/jobs", {
        "name": world.name("named"), "nextRunAt": "2040-01-01T00:00:00Z", "delivery": {"worker": {"pool": "x"}}}).status_code == 201
    answer = api.post("/api/jobs", {
        "name": world.name("bad"), "nextRunAt": "2040-01-01T00:00:00Z", "delivery": {"worker": {"pool": "x.status"}}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "delivery.worker.pool", answer.text
