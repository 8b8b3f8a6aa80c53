# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls the clocks: wrong on one machine, jumping, a machine that was suspended, clock changes of a zone."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from harness import bus
from harness.documents import go_job, now
from harness.metrics import Metrics
from harness.mongod import Mongod
from harness.shims import Clock, compiled
from harness.trial import TIMEOUT, Trial
from harness.waiting import throughout

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return compiled("clock_shim", tmp_path_factory.mktemp("shim"))


@pytest.fixture
def clock(shim, tmp_path):
    return lambda offset: Clock(shim, tmp_path, offset)


@pytest.fixture
def trial(world):
    return Trial(world)


@pytest.mark.slow
@pytest.mark.parametrize("offset", [3600, -3600])
def test_a_wrong_clock_of_one_scheduler_changes_nothing(trial, clock, offset):
    world = trial.world
    world.custodian()
    scheduler = world.scheduler(prefix=clock(offset).prefix, HEALTH_ADDRESS="127.0.0.1:0")
    trial.begin()
    trial.goes_on()
    page = Metrics(scheduler)
    skew = page.value("clock_skew_seconds")
    assert abs(skew - offset) < 2, f"it takes its clock to be {skew} s off"
    assert scheduler.log_lines("clock is off from the database server's")
    with trial.fault():
        scheduler.kill9()
        world.scheduler(prefix=clock(-offset).prefix)
    trial.conclude()


@pytest.mark.slow
def test_two_schedulers_half_a_minute_apart_agree(trial, clock):
    world = trial.world
    world.custodian()
    early, late = (world.scheduler(prefix=clock(offset).prefix, MAX_JOBS=3) for offset in (15, -15))
    trial.begin()
    throughout(
        lambda: trial.owners() == {early.manager_id, late.manager_id}, 2 * TIMEOUT, "each to keep what it holds")
    with trial.fault():
        early.kill9()
        world.scheduler(prefix=clock(15).prefix)
    trial.conclude()


def test_a_clock_that_jumps_while_it_runs_changes_nothing(trial, clock):
    world = trial.world
    wall = clock(0)
    world.custodian()
    scheduler = world.scheduler(prefix=wall.prefix, HEALTH_ADDRESS="127.0.0.1:0")
    page = Metrics(scheduler)
    trial.begin()
    for offset in (3600, -3600, 0):
        wall.set(offset)
        world.eventually(
            lambda: abs(page.value("clock_skew_seconds") - offset) < 2, 5, f"it to see its clock {offset} s off")
        trial.goes_on()
    assert trial.owners() == {scheduler.manager_id}
    trial.conclude()


@pytest.mark.slow
def test_a_suspended_machine_wakes_and_goes_on(trial, servers):
    """Everything on it stands still for longer than a lease: programs and servers alike."""
    world = trial.world
    custodian = world.custodian()
    scheduler = world.scheduler()
    trial.begin()
    with trial.fault():
        for program in (scheduler, custodian):
            program.stop()
        for what in (servers.BROKER, *servers.members):
            servers.freeze(what)
        time.sleep(2 * TIMEOUT)
        for what in (*servers.members, servers.BROKER):
            servers.thaw(what)
        for program in (custodian, scheduler):
            program.resume()
    trial.conclude()


@pytest.mark.slow
@pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed; scripts/install --browser gets it")
@pytest.mark.parametrize("cron, slot, following", [
    # Berlin skips 2:00 to 3:00 on 28 March 2027, and has it twice on 31 October.
    ("30 2 * * *", "2027-03-28 01:00:00", "2027-03-29 00:30:00"),
    ("30 2 * * *", "2027-10-31 00:30:00", "2027-11-01 01:30:00"),
    ("30 * * * *", "2027-10-31 00:30:00", "2027-10-31 01:30:00"),
])
def test_the_changes_of_a_zone_by_the_databases_clock(world, servers, tmp_path, cron, slot, following):
    """The database lives in 2027; the Scheduler's own clock does not matter."""
    slot, following = datetime.fromisoformat(slot), datetime.fromisoformat(following)
    offset = round((slot - now()).total_seconds()) - 9
    mongod = world.closing(Mongod(servers, tmp_path / "mongod", prefix=[
        "env", f"LD_PRELOAD={FAKETIME}", f"FAKETIME={offset:+}", "FAKETIME_DONT_FAKE_MONOTONIC=1",
        "DONT_FAKE_MONOTONIC=1"]).start())
    world.use_database(mongod.url)
    job = world.name("berlin")
    document = go_job(job, next_run_at=slot) | {"cron": cron, "timeZone": "Europe/Berlin"}
    del document["interval"]
    world.jobs.insert_one(document)
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, timeout=30)
    assert run["scheduledTime"] == slot and slot <= run["createdTime"] < slot + SECOND, run
    world.eventually(lambda: world.broker.depth(bus.part(job, "action")) == 1, 5, "its action in the queue")
    assert world.job(job)["nextRunAt"] == following
    assert len(world.runs_of(job)) == 1
