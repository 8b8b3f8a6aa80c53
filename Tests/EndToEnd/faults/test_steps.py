# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A Scheduler that dies, loses its connection or hangs at each step of firing and of taking reports in.

A proxy stops the message of the step: the `request` has not reached the server yet, or its `answer` has not come back.
"""

import pytest
from bson import ObjectId

from harness.metrics import Metrics
from harness.trial import TIMEOUT, Trial

DATABASE = {
    "insert": rb"\x02insert\x00\x05\x00\x00\x00runs\x00",
    "advance": rb"\x02update\x00\x05\x00\x00\x00jobs\x00.*\$set\x00.....nextRunAt",
    "mark": rb"\x02update\x00\x05\x00\x00\x00runs\x00.*\$set\x00.....publishedAt",
    "report": rb"\x02update\x00\x05\x00\x00\x00runs\x00.*\x0a\x00\x00\x00completed\x00",
}
BROKER = {
    "publish": rb'"action":"run"',
    "acknowledge": rb"\x01..\x00\x00\x00\x0d\x00\x3c\x00\x50",
}
REPLIES = {"publish": BROKER["acknowledge"]}
"""A confirm looks like an acknowledgement. MongoDB says nothing but its answers on a connection."""
STEPS = [(step, end) for step in [*DATABASE, *BROKER] for end in ("request", "answer") if (step, end) != (
    "acknowledge", "answer")]  # the broker does not answer an acknowledgement


@pytest.fixture
def trial(world):
    return Trial(world)


def scheduler_that_stops_at(trial, step, end):
    """A Scheduler in full swing, stopped at the step; returns it, the way that was stopped, and what it holds."""
    proxy, settings = trial.database_way() if step in DATABASE else trial.broker_way()
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", **settings)
    trial.wait_for_owner(scheduler)
    trial.begin()
    stopped = proxy.hold((DATABASE | BROKER)[step], end, REPLIES.get(step, b""))
    assert stopped.seen.wait(10), f"no {step} was seen"
    assert stopped.wait(10), f"the {step} was not answered"
    return scheduler, proxy, stopped


@pytest.mark.slow
@pytest.mark.parametrize("step, end", STEPS)
def test_killed_at_each_step(trial, step, end):
    trial.world.custodian()
    with trial.fault():
        scheduler, proxy, _ = scheduler_that_stops_at(trial, step, end)
        scheduler.kill9()
        proxy.cut()
        heir = trial.world.scheduler()
        trial.wait_for_owner(heir)
    trial.conclude()
    trial.check_none_skipped()


@pytest.mark.parametrize("step, end", STEPS)
def test_the_connection_is_lost_at_each_step(trial, step, end):
    with trial.fault():
        _, proxy, _ = scheduler_that_stops_at(trial, step, end)
        proxy.cut()
    trial.conclude()


@pytest.mark.slow
@pytest.mark.parametrize("step, end", [(step, end) for step, end in STEPS if step in DATABASE])
def test_an_election_in_the_middle_of_each_step(trial, replica_set, step, end):
    """The request meets a member that takes no writes any more; the answer is that of a primary of the past."""
    with trial.fault():
        scheduler, proxy, stopped = scheduler_that_stops_at(trial, step, end)
        page = Metrics(scheduler)
        replica_set.step_down()
        proxy.lead_to("127.0.0.1", replica_set.port(replica_set.primary()))
        failed = page.value("store_errors_total")
        proxy.thaw()
        assert stopped.answered.wait(10), f"the {step} was not answered"
        trial.world.eventually(lambda: page.value("store_errors_total") > failed, 10, "it to learn of the election")
        proxy.cut()
    assert trial.owners() == {scheduler.manager_id}
    trial.conclude()
    trial.check_none_skipped()


@pytest.mark.slow
@pytest.mark.parametrize("step", DATABASE)
def test_a_request_that_arrives_after_the_take_over_changes_nothing(trial, step):
    """The zombie's own case: it still lives, its lock is another's, and its write comes late."""
    trial.world.custodian()
    with trial.fault():
        scheduler, proxy, stopped = scheduler_that_stops_at(trial, step, "request")
        page = Metrics(scheduler)
        refused = page.value("fence_rejects_total")
        heir = trial.world.scheduler()
        trial.wait_for_owner(heir, TIMEOUT + 5)
        trial.goes_on()
        proxy.thaw()
        assert stopped.answered.wait(10), f"the late {step} was not answered"
        if step == "advance":
            trial.world.eventually(lambda: page.value("fence_rejects_total") > refused, 10, "the late step to be refused")
    assert trial.owners() == {heir.manager_id}
    trial.conclude()


def test_a_step_decided_under_a_lost_lock_changes_nothing(trial):
    """Only the lock tells it: the job's next slot is still the one that the step starts from."""
    jobs, positions = trial.world.jobs, {"nextRunAt": 1, "lockEpoch": 1}
    with trial.fault():
        scheduler, proxy, _ = scheduler_that_stops_at(trial, "advance", "request")
        page = Metrics(scheduler)
        refused = page.value("fence_rejects_total")
        jobs.update_many({}, {"$unset": {"managerId": ""}})
        jobs.update_many({}, {"$set": {"managerId": ObjectId()}, "$inc": {"lockEpoch": 1}})
        before = list(jobs.find({}, positions))
        proxy.thaw()
        trial.world.eventually(
            lambda: page.value("fence_rejects_total") > refused or list(jobs.find({}, positions)) != before, 10,
            "the step to be refused")
        assert list(jobs.find({}, positions)) == before, "a job was moved by an owner that had lost its lock"
        jobs.update_many({}, {"$unset": {"managerId": ""}})
    trial.conclude()
