# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Every change of runs and locks in the database's own order: what the documents at the end do not tell any more."""

import threading
import uuid
from dataclasses import dataclass

import pymongo
from pymongo.errors import PyMongoError

from .documents import ZERO_ID
from .waiting import eventually


@dataclass(frozen=True)
class RunChange:
    """What a run was after one write: only what the rules speak of."""

    run: object
    job: str
    status: str
    attempt: int
    published: bool
    backs_off: bool
    time: object
    """The cluster time of the write."""


@dataclass(frozen=True)
class LockChange:
    """Who held a job after one write, and under which epoch; nobody is None."""

    job: str
    owner: object
    epoch: int


class History(threading.Thread):
    """Reads the change stream of one database, through elections and restarts."""

    def __init__(self, mongodb, database):
        super().__init__(daemon=True)
        self._client = pymongo.MongoClient(mongodb, serverSelectionTimeoutMS=3000, socketTimeoutMS=10000)
        self._database = self._client[database]
        self._stopping = threading.Event()
        self._opened = threading.Event()
        self._marks = set()
        self._runs = {}
        self._locks = {}
        self.runs = []
        """Changes of runs, in order."""
        self.locks = []
        """Changes of locks, in order."""

    def begin(self):
        self.start()
        assert self._opened.wait(15), "the change stream did not open"
        return self

    def close(self):
        self._stopping.set()
        self.join(15)
        self._client.close()

    def catch_up(self):
        """Wait until everything written so far has been read."""
        mark = uuid.uuid4().hex
        self._database.marks.insert_one({"_id": mark})
        eventually(lambda: mark in self._marks, 30, "the change stream to catch up")

    def forget(self, run):
        """Leave out what a test put there itself."""
        self.catch_up()
        self.runs = [change for change in self.runs if change.run != run]

    def run(self):
        token = start = None
        while not self._stopping.is_set():
            try:
                start = start or self._client.admin.command("hello")["operationTime"]
                where = {"resume_after": token} if token else {"start_at_operation_time": start}
                with self._database.watch(max_await_time_ms=200, **where) as stream:
                    self._opened.set()
                    while stream.alive and not self._stopping.is_set():
                        change = stream.try_next()
                        token = stream.resume_token or token
                        if change is not None:
                            self._note(change)
            except PyMongoError:
                self._stopping.wait(0.2)

    def _note(self, change):
        kind = change["operationType"]
        collection = change.get("ns", {}).get("coll")
        if kind not in ("insert", "update", "replace"):
            return
        key = change["documentKey"]["_id"]
        if collection == "marks":
            self._marks.add(key)
            return
        if collection not in ("runs", "jobs"):
            return
        changes = change.get("updateDescription", {})
        document = dict(change.get("fullDocument") or {}) or (
            (self._runs if collection == "runs" else self._locks).get(key, {}) | changes.get("updatedFields", {}))
        for field in changes.get("removedFields", []):
            document.pop(field, None)
        if collection == "runs":
            self._note_run(key, document, change["clusterTime"])
        else:
            self._note_lock(key, document)

    def _note_run(self, key, document, time):
        before = self._runs.get(key)
        kept = {name: document.get(name) for name in ("jobName", "status", "attempt", "publishedAt", "retryAt")}
        if kept == before:
            return
        self._runs[key] = kept
        self.runs.append(RunChange(
            key, kept["jobName"], kept["status"], kept["attempt"] or 1, kept["publishedAt"] is not None,
            kept["retryAt"] is not None, time))

    def _note_lock(self, key, document):
        owner = document.get("managerId")
        kept = {"managerId": None if owner == ZERO_ID else owner, "lockEpoch": document.get("lockEpoch") or 0}
        if kept == self._locks.get(key):
            return
        self._locks[key] = kept
        self.locks.append(LockChange(key, kept["managerId"], kept["lockEpoch"]))
