# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""One fault and its verdict: jobs that fire all the time, a worker that records, something that breaks, and the judge."""

import contextlib
from datetime import timedelta
from urllib.parse import urlsplit

import pymongo
from bson import ObjectId
from pika.exceptions import AMQPError

from .bus import part
from .documents import after, go_job, now, seconds
from .history import History
from .proxy import Proxy
from .verdict import FINAL, Plan, Verdict
from .worker import complete

TIMEOUT = 3.0
"""HEARTBEAT_TIMEOUT of the quick settings, in seconds."""
RECOVERY = 60
"""After 30 s an action whose publishing was given up is published again; a busy machine takes its time for the rest."""


class Trial:
    """`count` jobs, every third of them serial, each fired every `interval` ms once `begin()` was called."""

    def __init__(
            self, world, *, count=6, interval=250, answer=complete, watched=True, confirm=True, may_lag=False, **fields):
        """`may_lag`: a job goes on when anything new is published for it, however far it is behind its slots."""
        self.world = world
        self._may_lag = may_lag
        self.interval = interval
        self.spans = []
        self.history = (
            world.closing(History(world.environment.mongodb, world.db.name).begin()) if watched else None)
        self.names = [world.name(f"job-{k}") for k in range(count)]
        self._serial = set(self.names[2::3])
        world.jobs.insert_many(
            go_job(name, next_run_at=after(3600), interval=interval, allow_concurrent_runs=name not in self._serial)
            | fields for name in self.names)
        self.worker = world.worker(self.names, answer, declare="queue", confirm=confirm)
        self.plans = []

    # Ways of one program's own, which can be broken

    def broker_way(self):
        """A proxy to the broker, and the setting that leads a program through it."""
        address = urlsplit(self.world.environment.rabbitmq)
        proxy = self.world.closing(Proxy(address.hostname, address.port).open())
        secret = f"{address.username}:{address.password}@"
        return proxy, {"MESSAGEBUS_CONNECTION_STRING": f"amqp://{secret}127.0.0.1:{proxy.port}/"}

    def database_way(self, options=""):
        """A proxy to the primary, and the setting that leads a program through it."""
        host, port = self.world.client.primary or pymongo.uri_parser.parse_uri(
            self.world.environment.mongodb)["nodelist"][0]
        proxy = self.world.closing(Proxy(host, port).open())
        return proxy, {"DB_CONNECTION_STRING": f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true{options}"}

    # The course of it

    def begin(self, delay=0.8):
        """Wait until all jobs are served, let them fire, and wait until they do."""
        start = self.world.arm(self.names, after=delay)
        self.plans = [
            Plan(name, start, self.interval, serial=name in self._serial) for name in self.names]
        self.goes_on()
        return start

    @contextlib.contextmanager
    def fault(self, recovery=RECOVERY):
        """The time in which something is broken; it ends when every job fires again, within so many seconds."""
        begin = now()
        yield
        self.goes_on(recovery)
        self.spans.append((begin, now()))

    def goes_on(self, timeout=RECOVERY, names=None):
        """Wait until each job has had a run made and published for a slot after this moment."""
        moment = now()
        names = set(names or self.names)
        # By the time in the id, for which there is an index; a worker can be quicker than the mark.
        recent = {"_id": {"$gte": ObjectId.from_datetime(moment - timedelta(seconds=5))},
                  "scheduledTime": {"$gt": moment},
                  "$or": [{"publishedAt": {"$type": "date"}}, {"status": {"$ne": "pending"}}]}

        def left():
            rest = names - set(self.world.runs.distinct("jobName", recent))
            return rest - self.worker.decided_after(seconds(moment)) if rest and self._may_lag else rest

        try:
            self.world.eventually(lambda: not left(), timeout, f"each job to fire a slot after {moment}", every=0.1)
        except AssertionError as error:
            rest = sorted(left())
            told = "".join(f"\n  {self.standing(name)}" for name in rest[:3])
            raise AssertionError(f"{error}; {len(rest)} jobs left, the worker: {self.worker.error!r}{told}") from None

    def standing(self, name):
        """How things are with a job that does not fire, in one line."""
        job, runs = self.world.job(name), self.world.runs
        counts = {row["_id"]: row["n"] for row in runs.aggregate(
            [{"$match": {"jobName": name}}, {"$group": {"_id": "$status", "n": {"$sum": 1}}}])}
        oldest = runs.find_one({"jobName": name, "status": {"$nin": list(FINAL)}}, sort=[("_id", 1)])
        depths = {}
        with contextlib.suppress(AMQPError):
            depths = {word: self.world.broker.depth(part(name, word)) for word in ("action", "status")}
        return (f"{name} at {now()}: next {job.get('nextRunAt')}, owner {job.get('managerId')}, runs {counts}, "
                f"queues {depths}, the oldest run that has not ended: {oldest}")

    def owners(self):
        return {job.get("managerId") for job in self.world.jobs.find({"_id": {"$in": self.names}})}

    def wait_for_owner(self, program, timeout=TIMEOUT + 4):
        """Wait until the program holds every job."""
        self.world.eventually(
            lambda: self.owners() == {program.manager_id}, timeout, f"all jobs to be held by {program.label}")

    def conclude(self, timeout=40):
        """End the firing and everything that runs, then judge; returns the runs."""
        world, jobs = self.world, {"_id": {"$in": self.names}}
        self.quiet()
        self._let_runs_end(timeout)
        world.settle(self.worker)
        if self.history:
            self.history.catch_up()
        runs = list(world.runs.find({"jobName": {"$in": self.names}}))
        names = set(self.names)
        actions = [action for action in self.worker.actions if action.job in names]
        verdict = Verdict(self.plans, runs, world.jobs.find(jobs), actions, self.spans, may_miss=self._may_lag)
        verdict.judge(self.history).raise_if_any()
        return runs

    def check_none_skipped(self):
        """Where no slot may be missed, although something was broken."""
        skips = {job["_id"]: job.get("skips") for job in self.world.jobs.find({"skipped": {"$exists": True}})}
        assert not skips, f"slots were skipped: {skips}; broken was {self.spans}"

    def _let_runs_end(self, timeout):
        """Wait until all have, and for each of them at most so long."""
        while before := self.active_runs():
            self.world.eventually(
                lambda: self.active_runs() < before, timeout, f"one of {before} runs to end", every=0.2)

    def active_runs(self):
        """How many runs have not ended."""
        return self.world.runs.count_documents(
            {"jobName": {"$in": self.names}, "status": {"$in": ["pending", "running", "cancelling"]}})

    def quiet(self):
        """Disable all jobs and wait until that is known: a live job moves on within its interval."""
        jobs = {"_id": {"$in": self.names}}
        self.world.jobs.update_many(jobs, {"$set": {"enabled": False}})
        margin = timedelta(milliseconds=self.interval + 600)
        self.world.eventually(
            lambda: not self.world.jobs.find_one(jobs | {"nextRunAt": {"$gt": now() - margin}}), 30,
            "the firing to end", every=0.1)
