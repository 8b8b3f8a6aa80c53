# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls the ways between programs and servers: cut off from one of them, silent, slow, deaf in one direction."""

import time

import pytest

from harness.documents import now
from harness.metrics import Metrics
from harness.trial import TIMEOUT, Trial
from harness.waiting import throughout
from harness.worker import working


@pytest.mark.slow
@pytest.mark.parametrize("how", ["silent", "deaf"])
def test_who_is_cut_off_from_the_database_leaves_jobs_and_messages_to_others(world, how):
    """It still has the broker: what workers say must not hang in its hands."""
    trial = Trial(world, answer=working(0.3))
    world.custodian()
    database, way = trial.database_way()
    scheduler = world.scheduler(**way)
    trial.wait_for_owner(scheduler)
    trial.begin()
    with trial.fault():
        database.freeze() if how == "silent" else database.lose("down")
        heir = world.scheduler()
        trial.wait_for_owner(heir)
        trial.goes_on()  # the serial jobs need every status for that
        database.cut()
        world.eventually(
            lambda: world.managers.count_documents({"expired": None}) == 2, 30, "both Schedulers to live", every=0.2)
    late = [action for action in trial.worker.actions if action.kind == "run" and action.attempt > 1]
    assert not late, f"a worker was given up for dead: {late[:3]}"
    assert trial.owners() == {heir.manager_id}
    trial.conclude()


@pytest.mark.slow
def test_a_silent_way_to_the_broker_is_given_up_after_two_heartbeats(world):
    trial = Trial(world)
    broker, way = trial.broker_way()
    scheduler = world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", **way)
    page = Metrics(scheduler)
    trial.begin()
    with trial.fault():
        begun = time.monotonic()
        broker.freeze()
        world.eventually(lambda: page.ready() == 503, 30, "readiness to tell of it", every=0.2)
        assert time.monotonic() - begun < 25
        world.eventually(lambda: scheduler.log_lines("lost the connection", "publisher"), 15, "it to be given up")
        broker.cut()
    assert trial.owners() == {scheduler.manager_id}
    trial.conclude()


@pytest.mark.slow
def test_who_is_cut_off_from_the_broker_keeps_its_jobs_and_publishes_all_of_it_later(world):
    trial = Trial(world)
    broker, way = trial.broker_way()
    world.custodian()
    scheduler = world.scheduler(**way)
    trial.wait_for_owner(scheduler)
    world.scheduler()
    trial.begin()
    with trial.fault():
        broker.close()
        throughout(lambda: trial.owners() == {scheduler.manager_id}, TIMEOUT + 1, "it to keep its jobs")
        broker.open()
    trial.conclude()


@pytest.mark.slow
def test_latency_to_both_servers_makes_late_and_loses_nothing(world):
    trial = Trial(world)
    database, database_way = trial.database_way()
    broker, broker_way = trial.broker_way()
    world.custodian()
    scheduler = world.scheduler(**database_way, **broker_way)
    trial.begin()
    with trial.fault():
        database.delay = broker.delay = 0.05
        throughout(lambda: trial.owners() == {scheduler.manager_id}, 2 * TIMEOUT, "it to keep its jobs")
        database.delay = broker.delay = 0.0
    trial.conclude()


@pytest.mark.slow
def test_a_job_deleted_while_its_owner_was_cut_off_is_not_fired_by_it(world):
    """No Custodian is there, so nobody else takes the job: what the owner knows is all that there is."""
    trial = Trial(world)
    database, way = trial.database_way()
    world.scheduler(**way)
    trial.begin()
    with trial.fault():
        database.freeze()
        gone = trial.names.pop()
        trial.plans.pop()
        world.jobs.delete_one({"_id": gone})
        moment = now()
        late = {"jobName": gone, "createdTime": {"$gt": moment}}
        throughout(lambda: not world.runs.find_one(late), TIMEOUT + 1, "no run of the deleted job")
        database.cut()
    assert not world.runs.find_one(late)
    trial.conclude()
