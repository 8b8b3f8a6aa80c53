# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls the database: it dies, loses its majority, freezes, is slow, full, alone, or lacks an index."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pymongo
import pytest
import requests

from harness.api import Client
from harness.metrics import Metrics
from harness.mongod import Mongod
from harness.trial import TIMEOUT, Trial
from harness.waiting import eventually, throughout


@pytest.fixture
def trial(world):
    return Trial(world)


@pytest.mark.slow
def test_a_killed_primary_is_replaced_and_nothing_is_lost(trial, replica_set):
    trial.world.custodian()
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        killed = replica_set.primary()
        replica_set.kill9(killed)
        assert replica_set.primary() != killed
        trial.goes_on(20)
        replica_set.start()
    assert scheduler.is_running
    trial.conclude()


@pytest.mark.slow
def test_the_only_member_is_killed_and_comes_back(trial, servers):
    """All members at once where there are three: the journal is all that is left."""
    trial.world.custodian()
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    page = Metrics(scheduler)
    trial.begin()
    with trial.fault():
        for member in servers.members:
            servers.kill9(member)
        trial.world.eventually(lambda: page.ready() == 503, 10, "readiness to tell of it")
        servers.start()
        trial.world.eventually(lambda: page.ready() == 200, 40, "readiness to come back")
    assert trial.owners() == {scheduler.manager_id}, "nobody's lock was taken: everybody had the same trouble"
    trial.conclude()


@pytest.mark.slow
def test_planned_step_downs_are_hardly_noticed(trial, replica_set):
    trial.world.custodian()
    scheduler = trial.world.scheduler()
    trial.begin()
    for _ in range(3):
        with trial.fault():
            replica_set.step_down()
            replica_set.primary()
    assert trial.owners() == {scheduler.manager_id}
    trial.conclude()


@pytest.mark.slow
def test_without_a_majority_nothing_is_decided(trial, replica_set):
    """The lone member steps down; what it may have taken without the others must not come true."""
    world = trial.world
    world.custodian()
    scheduler = world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    page, api = Metrics(scheduler), world.api()
    client = world.closing(Client(api.url, world.issuer.token()))
    trial.begin()
    with trial.fault():
        primary = replica_set.primary()
        for member in replica_set.members:
            if member != primary:
                replica_set.kill9(member)
        eventually(lambda: not calls_itself(replica_set, primary, "isWritablePrimary"), 20, "the last member to give up")
        world.eventually(lambda: page.ready() == 503, 10, "readiness to tell of it")
        delivered = len(trial.worker.actions)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(client.post, "/api/jobs", {
                "name": world.name("refused"), "interval": 3_600_000, "enabled": False})
            with replica_set.member(primary) as alone:
                throughout(
                    lambda: not alone.admin.command("hello")["isWritablePrimary"]
                    and len(trial.worker.actions) == delivered, 30, "no primary, and nothing to be published", every=0.2)
            answer = answer.result(0)
        assert answer.status_code == 503 and answer.headers["Retry-After"], answer.text
        replica_set.start()
    trial.conclude()


@pytest.mark.slow
def test_a_frozen_primary_holds_nobody_longer_than_the_limits_say(trial, replica_set):
    """It comes back as a primary of the past, after another has been elected."""
    trial.world.custodian()
    scheduler = trial.world.scheduler()
    trial.begin()
    with trial.fault():
        frozen = replica_set.primary()
        replica_set.freeze(frozen)
        begun = time.monotonic()
        eventually(lambda: [name for name in replica_set.members
                            if name != frozen and calls_itself(replica_set, name, "isWritablePrimary")],
                   30, "another primary")
        trial.goes_on(35)
        assert time.monotonic() - begun < 45
        time.sleep(max(0.0, begun + 60 - time.monotonic()))
        replica_set.thaw(frozen)
        eventually(lambda: calls_itself(replica_set, frozen, "secondary"), 30, "the old primary to step down")
    assert scheduler.is_running
    trial.conclude()


def calls_itself(servers, name, role):
    try:
        with servers.member(name) as member:
            return member.admin.command("hello").get(role, False)
    except pymongo.errors.PyMongoError:
        return False


def test_a_standalone_is_used_and_warned_about(world, servers, tmp_path):
    mongod = world.closing(Mongod(servers, tmp_path / "mongod").start())
    world.use_database(mongod.url)
    trial = Trial(world, watched=False)  # it has no change stream
    world.custodian()
    scheduler = world.scheduler()
    world.eventually(lambda: scheduler.log_lines("replica set"), 15, "a warning")
    trial.begin()
    with trial.fault():
        scheduler.kill9()
        world.scheduler()
    trial.conclude()


@pytest.mark.slow
def test_a_full_disk_of_the_database_ends_in_no_wrong_word(world, servers, tmp_path):
    """Its writes fail as on a full disk, it gives up, and comes back with room."""
    mongod = world.closing(Mongod(servers, tmp_path / "mongod", replica_set="full").start())
    world.use_database(mongod.url)
    trial = Trial(world)
    world.custodian()
    world.scheduler()
    trial.begin()
    with trial.fault():
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC",
             "-p", str(mongod.pid)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        eventually(lambda: not mongod.is_running, 90, "the database to give up", every=0.2)
        tracer.wait(10)
        mongod.start()
    trial.conclude(60)


@pytest.mark.parametrize("code", [
    pytest.param(388, id="no-room-in-its-cache"), pytest.param(371, id="writes-are-blocked"),
    pytest.param(11601, id="killed-by-an-operator")])
def test_a_write_that_is_refused_for_the_moment_is_sent_again(world, servers, tmp_path, code):
    """The server answers, with an error: no report of a worker may be taken for one that cannot be stored."""
    mongod = world.closing(Mongod(servers, tmp_path / "mongod", "short", may_be_told_to_fail=True).start())
    world.use_database(mongod.url)
    trial = Trial(world)
    world.custodian()
    world.scheduler()
    client = world.closing(Client(world.api().url, world.issuer.token()))
    trial.begin()
    with trial.fault():
        mongod.fail(code, "insert", "update", "findAndModify")
        job = {"name": world.name("refused"), "interval": 60_000}
        throughout(
            lambda: client.post("/api/jobs", job).status_code == 503 and client.get("/api/jobs?limit=1").ok, 2,
            "the API to ask for patience, and to show what there is", every=0.2)
        mongod.fail(None)
    trial.conclude()


@pytest.mark.slow
def test_a_slow_database_makes_late_and_loses_nothing(trial):
    proxy, way = trial.database_way()
    trial.world.custodian()
    scheduler = trial.world.scheduler(HEALTH_ADDRESS="127.0.0.1:0", **way)
    trial.begin()
    with trial.fault():
        proxy.delay = 0.2
        throughout(
            lambda: trial.owners() == {scheduler.manager_id}, 2 * TIMEOUT, "the owner to stay", every=0.1)
        assert Metrics(scheduler).ready() == 200
        proxy.delay = 0.0
    trial.conclude()


def test_a_missing_index_is_made_again_before_anything_fires(trial):
    world = trial.world
    scheduler = world.scheduler()
    trial.begin()
    with trial.fault():
        assert scheduler.term_and_wait()[0] == 0
        world.runs.drop_index("slot")
        run = world.runs.find_one({"scheduledTime": {"$type": "date"}})
        double = world.runs.insert_one(
            {key: run[key] for key in ("jobName", "scheduledTime", "trigger", "createdTime")} | {"status": "pending"}).inserted_id
        refused = world.scheduler(wait=False)
        refused.asked_to_end = True
        assert refused.wait(20) == 69, refused.tail()
        assert refused.log_lines("two runs of one slot")
        world.runs.delete_one({"_id": double})
        world.scheduler()
    index = world.runs.index_information()["slot"]
    assert index["unique"] and index["key"] == [("jobName", 1), ("scheduledTime", 1)]
    trial.conclude()


@pytest.mark.parametrize("concern", ["w=1", "w=0", "w=1&journal=false", "readPreference=secondary"])
def test_no_write_is_taken_from_fewer_than_a_majority(world, servers, concern):
    """Whatever the connection string says: seen in the messages to the server."""
    trial = Trial(world, count=3)
    proxy, way = trial.database_way(f"&{concern}")
    seen = {word: proxy.watch(rb"\x02" + word + rb"\x00.*writeConcern\x00.{4}\x02w\x00\x09\x00\x00\x00majority\x00")
            for word in (b"insert", b"update")}
    weak = proxy.watch(rb"writeConcern\x00.{4}(\x10w\x00|\x05\x00\x00\x00)")
    world.scheduler(**way)
    trial.begin()
    trial.goes_on()
    assert all(event.is_set() for event in seen.values()), "no write of a majority was seen: is the pattern right?"
    assert not weak.is_set(), "a write asked for less than a majority"
    trial.conclude()


def test_an_exhausted_pool_answers_503_and_heals(world, servers):
    trial = Trial(world, count=2)
    proxy, way = trial.database_way("&maxPoolSize=2")
    world.scheduler()
    trial.begin()
    program = world.api(API_RATE_LIMIT="0", **way)
    world.eventually(lambda: requests.get(program.url + "/readyz", timeout=2).ok, 15, "the API to be ready")
    token = world.issuer.token()

    def ask(_):
        begun = time.monotonic()
        client = Client(program.url, token)
        answer = client.get("/api/runs?limit=5")
        client.close()
        return answer.status_code, answer.headers.get("Retry-After"), time.monotonic() - begun

    proxy.freeze()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert {(code, bool(retry)) for code, retry, _ in answers} == {(503, True)}, answers
    assert max(took for _, _, took in answers) < 8, answers
    proxy.thaw()
    world.eventually(lambda: ask(0)[0] == 200, 15, "the API to answer again")
    with ThreadPoolExecutor(50) as pool:
        codes = {code for code, _, _ in pool.map(ask, range(50))}
    assert codes == {200}
    trial.conclude()
