# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What operators do: restart one after the other, edit while it fires, name the wrong database, change the settings."""

import time

import pytest

from harness.documents import after, now, seconds
from harness.trial import Trial
from harness.waiting import throughout
from harness.worker import working


@pytest.fixture
def trial(world):
    return Trial(world)


@pytest.mark.slow
def test_a_rolling_restart_under_load_makes_no_slot_later_than_two_seconds(world):
    # A worker that waits for each confirm would itself be the late one.
    trial = Trial(world, count=60, interval=500, confirm=False)
    world.custodian()
    schedulers = [world.scheduler(MAX_JOBS=30) for _ in range(3)]
    trial.begin()
    begun = now()
    for number in range(3):
        assert schedulers[number].term_and_wait()[0] == 0
        throughout(lambda: world.check_alive() or True, 0.5, "the others to go on")
        schedulers[number] = world.scheduler(MAX_JOBS=30)
        throughout(lambda: world.check_alive() or True, 1.5, "all to go on")
    trial.goes_on()
    ended = now()
    runs = trial.conclude()
    first = {}
    for action in trial.worker.actions:
        first.setdefault(action.run, action.arrival)
    late = sorted(
        first[str(run["_id"])] - seconds(run["scheduledTime"]) for run in runs if begun < run["scheduledTime"] < ended)
    print(f"{len(late)} slots, the latest {late[-1]:.3f} s late, the median {late[len(late) // 2]:.3f} s")
    assert late[-1] < 2, f"the latest slots were {late[-5:]} s late"
    trial.check_none_skipped()


def test_a_job_edited_while_it_fires_keeps_its_accounts(trial):
    """Edits of everything but the schedule, at all moments; the judge knows every slot."""
    world = trial.world
    world.scheduler()
    trial.begin()
    for number in range(40):
        world.jobs.update_many({}, {"$set": {"payload": {"n": number}, "runStartTimeout": 60_000 + number}})
        if number % 10 == 5:
            world.jobs.update_many({"_id": {"$in": trial.names[:3]}}, {"$set": {"enabled": False}})
            time.sleep(0.3)
            world.jobs.update_many({}, {"$set": {"enabled": True}})
        time.sleep(0.07)
    trial.goes_on()
    trial.conclude()


def test_a_changed_interval_goes_on_from_the_last_slot(trial):
    """A slot that was begun under the old interval is not fired a second time under the new one."""
    world = trial.world
    world.scheduler()
    trial.begin()
    for interval in (400, 150, 250):
        world.jobs.update_many({}, {"$set": {"interval": interval}})
        time.sleep(1)
    trial.quiet()
    world.eventually(lambda: not world.runs.find_one({"status": {"$ne": "completed"}}), 10, "every run to end")
    world.settle(trial.worker)
    for name in trial.names:
        slots = [run["scheduledTime"] for run in world.runs_of(name)]
        assert len(slots) == len(set(slots)) > 8
        steps = {round((b - a).total_seconds() * 1000) for a, b in zip(slots, slots[1:])}
        # From 400 to 150: the first of the new row that lies ahead when the Scheduler sees the edit.
        assert steps <= {400, 150, 250} | {2 * 150, 3 * 150}, f"{name} was fired in steps of {steps} ms"
        assert len([action for action in trial.worker.of(name)]) == len(slots)


def test_another_database_leaves_the_jobs_of_the_first_alone(trial):
    world = trial.world
    world.custodian()
    scheduler = world.scheduler()
    trial.begin()
    other = f"{world.db.name}_other"
    try:
        stranger = world.scheduler(wait=False, DB_NAME=other)
        world.custodian(DB_NAME=other)
        world.eventually(
            lambda: world.client[other].managers.count_documents({}) == 1, 15, "the stranger to register")
        trial.goes_on()
        assert trial.owners() == {scheduler.manager_id}
        assert world.client[other].runs.count_documents({}) == 0
        assert stranger.term_and_wait()[0] == 0
    finally:
        for program in world.programs:
            if program.settings["SIMPLE_SCHEDULER_DB_NAME"] == other:
                program.end()
        world.client.drop_database(other)
    trial.conclude()


def test_changed_settings_between_restarts_lose_nothing(trial):
    world = trial.world
    trial_settings = [
        {"MAX_JOBS": 4}, {"HEARTBEAT_TIMEOUT": "6000", "CACHE_REFRESH_INTERVAL": "300"},
        {"QUEUE_TYPE": "classic", "CLEANUP_INTERVAL": "100", "LOG_FORMAT": "json"}]
    scheduler = world.scheduler()
    trial.begin()
    with trial.fault():
        for settings in trial_settings:
            assert scheduler.term_and_wait()[0] == 0
            scheduler = world.scheduler(**settings)
            trial.goes_on(names=trial.names[:4])
        scheduler.term_and_wait()
        world.scheduler()
    trial.conclude()


def test_the_same_settings_started_twice_are_two_instances(trial):
    """Nothing in a settings file names an instance, so none can be doubled."""
    world = trial.world
    first, second = world.scheduler(MAX_JOBS=3), world.scheduler(MAX_JOBS=3)
    assert first.manager_id != second.manager_id
    trial.begin()
    assert trial.owners() == {first.manager_id, second.manager_id}
    trial.conclude()


def test_jobs_deleted_with_runs_in_flight_end_and_leave_nothing(world):
    trial = Trial(world, count=3)
    gone = [world.insert(f"gone-{k}", next_run_at=after(1), interval=250, allow_concurrent_runs=k > 0) for k in range(3)]
    # A worker of their own: what it says of a deleted job closes its channel.
    world.worker(gone, working(0.6))
    api = world.api_client()
    world.scheduler()
    trial.begin()
    world.eventually(
        lambda: len(world.runs.distinct("jobName", {"jobName": {"$in": gone}, "status": "running"})) == 3, 15,
        "runs in flight")
    for name in gone:
        assert api.delete(f"/api/jobs/{name}").status_code == 204
    deleted = now()
    active = {"jobName": {"$in": gone}, "status": {"$in": ["pending", "running", "cancelling"]}}
    world.eventually(lambda: not world.runs.find_one(active), 20, "the runs of the deleted jobs to end")
    assert not world.runs.find_one({"jobName": {"$in": gone}, "scheduledTime": {"$gt": deleted}})
    trial.goes_on()
    trial.conclude()


def test_fields_and_documents_of_a_newer_version_are_kept(trial):
    """What a later release may add is neither lost nor a hindrance, in jobs as in runs."""
    world = trial.world
    world.jobs.update_many({}, {"$set": {"invented": {"later": [1, 2]}, "skipsOfTomorrow": 1}})
    strange = world.runs.insert_one(
        {"jobName": trial.names[0], "status": "hibernating", "createdTime": now(), "scheduledTime": after(-60),
         "trigger": "telepathy"}).inserted_id
    world.scheduler()
    trial.begin()
    run = world.wait_for_runs(trial.names[0], 1, status="completed")[0]
    world.runs.update_one({"_id": run["_id"]}, {"$set": {"invented": True}})
    trial.goes_on()
    assert world.run(strange)["status"] == "hibernating" and world.run(run["_id"])["invented"] is True
    world.runs.delete_one({"_id": strange})
    trial.history.forget(strange)
    trial.conclude()
    assert all(job["invented"] == {"later": [1, 2]} for job in world.jobs.find())
