# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls the processes: stops, limits, starvation, full disks."""

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from harness.api import Client
from harness.documents import after, go_job
from harness.metrics import Metrics
from harness.proxy import free_port
from harness.trial import TIMEOUT, Trial
from harness.waiting import throughout


@pytest.fixture
def trial(world):
    return Trial(world)


def stop_within(program, seconds=10):
    code, took = program.term_and_wait(seconds + 0.5)
    assert took <= seconds, f"{program.label} took {took:.1f} s"
    return code


def test_a_second_sigterm_changes_nothing(trial):
    """Under load; the first one lets it finish what is in flight, the second must not cut that short."""
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        scheduler.term()
        scheduler.term()
        os.kill(scheduler.pid, signal.SIGINT) if scheduler.is_running else None
        assert scheduler.wait(10) == 0
        assert trial.owners() == {None}
        trial.world.scheduler()
    trial.conclude()


@pytest.mark.slow
@pytest.mark.parametrize("state", ["away", "silent"])
def test_a_stop_without_the_broker_unlocks_and_loses_nothing(trial, state):
    proxy, settings = trial.broker_way()
    scheduler = trial.world.scheduler(**settings)
    trial.begin()
    with trial.fault():
        proxy.close() if state == "away" else proxy.freeze()
        throughout(lambda: scheduler.is_running, 0.8, "it to go on without a broker")
        assert stop_within(scheduler) == 0
        assert trial.owners() == {None}
        trial.world.scheduler()
    trial.conclude()


@pytest.mark.slow
def test_a_stop_without_the_database_ends_in_time(trial):
    """It cannot unlock then, and says so: a Custodian does it."""
    proxy, settings = trial.database_way()
    trial.world.custodian()
    scheduler = trial.world.scheduler(**settings)
    trial.begin()
    with trial.fault():
        proxy.freeze()
        throughout(lambda: scheduler.is_running, 0.5, "it to go on without a database")
        assert stop_within(scheduler) == 0
        assert scheduler.log_lines("shutdown is taking long", "waiting for"), scheduler.tail()
        proxy.cut()
        heir = trial.world.scheduler()
        trial.wait_for_owner(heir)
    trial.conclude()


@pytest.mark.slow
def test_two_custodians_one_killed_in_the_middle_of_unlocking(trial):
    proxy, settings = trial.database_way()
    first = trial.world.custodian(**settings)
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        unlocking = proxy.hold(rb"\x02update\x00\x05\x00\x00\x00jobs\x00.*ownerLostAt", "request")
        scheduler.kill9()
        assert unlocking.wait(TIMEOUT + 3), "the Custodian unlocked nothing"
        first.kill9()
        trial.world.custodian()
        trial.world.custodian()
        heir = trial.world.scheduler()
        trial.wait_for_owner(heir)
        proxy.thaw()  # what the dead one had sent arrives now, and its owner lives
        assert unlocking.answered.wait(10), "the late unlocking was not answered"
        assert trial.owners() == {heir.manager_id}
    trial.conclude()


def limit(program, resource, value):
    subprocess.run(["prlimit", "--pid", str(program.pid), f"--{resource}={value}:"], check=True)


@pytest.mark.slow
def test_without_file_descriptors_it_waits_and_goes_on(trial):
    proxy, way = trial.broker_way()
    database, settings = trial.database_way()
    scheduler = trial.world.scheduler(**way, **settings)
    trial.begin()
    with trial.fault():
        limit(scheduler, "nofile", 12)
        proxy.cut()
        database.cut()
        spent = scheduler.cpu_seconds()
        lines = len(scheduler.log().splitlines())
        throughout(lambda: scheduler.is_running, 5, "it to wait")
        share = (scheduler.cpu_seconds() - spent) / 5
        assert scheduler.log_lines("cannot connect to the broker"), "it had enough: the way is open to all who have a socket"
        assert share < 0.3, f"{share:.0%} of a processor spent on nothing"
        assert len(scheduler.log().splitlines()) - lines < 150, "it floods its log"
        limit(scheduler, "nofile", 1024)
    trial.conclude()


@pytest.mark.slow
def test_memory_that_runs_out_kills_it_and_the_jobs_go_on(world):
    """The limit on data is what a container's is: the process dies by itself, in the middle of whatever it did."""
    trial = Trial(world, count=6, payload={"text": "x" * 10_000}, interval=500)
    trial.world.custodian()
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        for line in open(f"/proc/{scheduler.pid}/status"):
            if line.startswith("VmData:"):
                now_used = int(line.split()[1]) * 1024
        scheduler.asked_to_end = True
        scheduler.may_crash = True
        limit(scheduler, "data", now_used)
        # Jobs of their own: what is published again after an edit of its job has the new payload.
        world.jobs.insert_many(
            go_job(world.name(f"large-{k}"), next_run_at=after(3600), payload={"text": "x" * 200_000})
            for k in range(20))
        assert scheduler.wait(30) < 0
        heir = trial.world.scheduler()
        trial.wait_for_owner(heir)
    trial.conclude()


@contextmanager
def starved(*programs, share=0.1, period=0.1):
    """Lets them run for a share of the time only."""
    ending = threading.Event()

    def beat():
        while not ending.is_set():
            for program in programs:
                program.stop()
            ending.wait(period * (1 - share))
            for program in programs:
                program.resume()
            time.sleep(period * share)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


@pytest.mark.slow
def test_starved_of_the_processor_it_keeps_its_jobs(trial):
    trial.world.custodian()
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        with starved(scheduler):
            throughout(lambda: trial.owners() == {scheduler.manager_id}, 2 * TIMEOUT, "the owner to stay", every=0.2)
    trial.conclude()


@pytest.mark.slow
def test_a_hanging_database_stops_neither_the_health_page_nor_the_brokers_heartbeats(trial):
    database, way = trial.database_way()
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", **way)
    page = Metrics(scheduler)
    trial.begin()
    with trial.fault():
        database.freeze()
        trial.world.eventually(lambda: page.ready() == 503, 5, "readiness to tell of it")
        assert not page.checks()["database"]["ok"]

        def lives():
            begun = time.monotonic()
            assert page.status("/livez") == 200
            return time.monotonic() - begun < 1

        throughout(lives, 8, "the process to answer", every=0.2)
        assert not scheduler.log_lines("lost the connection to the broker")
        database.thaw()
    trial.world.eventually(lambda: page.ready() == 200, 5, "readiness to come back")
    trial.conclude()


@pytest.mark.slow
def test_a_lapse_of_the_lease_keeps_the_consumers_until_others_may_have_the_jobs(trial):
    """To give back all that was delivered at each hesitation of the database would be more work for it."""
    database, way = trial.database_way()
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", HEARTBEAT_TIMEOUT="12000", **way)
    page = Metrics(scheduler)
    trial.begin()
    with trial.fault():
        database.freeze()
        trial.world.eventually(lambda: page.ready() == 503, 12, "the lease to lapse")
        database.thaw()
    assert len(scheduler.log_lines("connected to the broker", "consumer")) == 1
    trial.conclude()


def test_a_full_disk_under_the_log_stops_nothing(trial):
    scheduler = trial.world.scheduler(
        HEALTH_ADDRESS=f"127.0.0.1:{free_port()}", LOG_LEVEL="debug", prefix=["bash", "-c", 'exec "$0" "$@" 2>/dev/full'])
    trial.begin()
    page = Metrics(scheduler)
    trial.world.eventually(lambda: page.value("log_lines_dropped_total") > 0, 10, "lines that nobody can read")
    assert scheduler.log() == ""
    trial.conclude()


def test_an_api_killed_in_a_request_with_an_idempotency_key_did_it_once(trial):
    world = trial.world
    world.scheduler()
    database, way = trial.database_way()
    job = trial.names[0]
    token = world.issuer.token()

    def ask(program):
        client = world.closing(Client(program.url, token))
        return client.post(f"/api/jobs/{job}/run", {"payload": 1}, headers={"Idempotency-Key": "once"})

    trial.begin()
    for end in ("request", "answer"):
        program = world.api(**way)
        world.eventually(lambda: requests.get(program.url + "/readyz", timeout=2).ok, 15, "the API to be ready")
        held = database.hold(rb"runs\x00.*\x07\x00\x00\x00manual\x00", end)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, program)
            assert held.wait(10), "the run was not stored"
            program.kill9()
            database.cut()
            try:
                answer.result(15)
            except requests.RequestException:
                pass
    program = world.api()
    world.eventually(lambda: requests.get(program.url + "/readyz", timeout=2).ok, 15, "the API to be ready")
    first, second = ask(program), ask(program)
    assert first.status_code == second.status_code == 201 and first.json()["id"] == second.json()["id"]
    manual = list(world.runs.find({"jobName": job, "trigger": "manual"}))
    assert [str(run["_id"]) for run in manual] == [first.json()["id"]]
    trial.conclude()
