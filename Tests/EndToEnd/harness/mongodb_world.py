# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A world over MongoDB: a database of its own, which the test reads and writes itself, and the separate programs."""

from dataclasses import replace

import pymongo

from . import documents
from .api import API
from .programs import QUICK, Custodian, Scheduler
from .users import User
from .world import World


class MongoDBWorld(World):
    def __init__(self, environment, folder):
        super().__init__(environment, folder)
        self.use_database(environment.mongodb)

    def use_database(self, mongodb):
        """Another server than the environment's, before anything has begun."""
        self.environment = replace(self.environment, mongodb=mongodb)
        self.client = pymongo.MongoClient(mongodb)
        self.db = self.client[f"simple_scheduler_e2e_{self.id}"]
        self.jobs, self.runs, self.managers = self.db.jobs, self.db.runs, self.db.managers

    def insert(self, suffix, **fields):
        """As the Go program writes it."""
        name = self.name(suffix)
        self.jobs.insert_one(documents.go_job(name, **fields))
        return name

    def update(self, *names, **fields):
        """As by hand, which a Scheduler sees at its next refresh."""
        values = {name: value for name, value in fields.items() if value is not None}
        changes = {"$set": values, "$unset": {name: 1 for name in fields if name not in values}}
        self.jobs.update_many({"_id": {"$in": list(names)}}, {name: change for name, change in changes.items() if change})

    def job(self, name):
        return self.jobs.find_one({"_id": name})

    def all_runs(self, **filter):
        return list(self.runs.find(filter))

    def run(self, run_id):
        return self.runs.find_one({"_id": run_id})

    def settings(self, **overrides):
        """Quick settings against the real servers; names without their prefix, None leaves one out."""
        result = QUICK | {
            "SIMPLE_SCHEDULER_DB_CONNECTION_STRING": self.environment.mongodb,
            "SIMPLE_SCHEDULER_DB_NAME": self.db.name,
            "SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING": self.environment.rabbitmq,
        }
        for name, value in overrides.items():
            result[f"SIMPLE_SCHEDULER_{name}"] = value
        return result

    def _add(self, kind, arguments, overrides):
        prefix = overrides.pop("prefix", ())
        count = sum(isinstance(program, kind) for program in self.programs) + 1
        program = kind(
            self.environment.binaries, self.folder, f"{kind.__name__.lower()}-{count}", self.settings(**overrides),
            arguments, prefix)
        self.programs.append(program)
        return program.start()

    def scheduler(self, *arguments, wait=True, **overrides):
        known = set(self.managers.distinct("_id"))
        program = self._add(Scheduler, arguments, overrides)
        if wait:
            new = self.eventually(
                lambda: set(self.managers.distinct("_id")) - known, 15, f"the managers document of {program.label}")
            program.manager_id = new.pop()
        return program

    def custodian(self, *arguments, **overrides):
        return self._add(Custodian, arguments, overrides)

    def api(self, *arguments, **overrides):
        program = self._add(API, arguments, {"API_URL": "127.0.0.1:0", "OIDC_ISSUER": self.issuer.url} | overrides)
        program.url = self.eventually(program.listening, 15, f"{program.label} to listen")
        return program

    def user(self):
        return User(self)

    def _end_firing(self):
        stopping = [p for p in self.programs if p.is_running and isinstance(p, (Scheduler, Custodian))]
        for program in stopping:
            program.term()
        for program in stopping:
            code = program.wait(10)
            assert code == 0, f"{program.label} ended with exit code {code} on SIGTERM"

    def _planned_runs(self):
        return list(self.runs.find({"scheduledTime": {"$type": "date"}, "retired": None}))

    def _stored_names(self):
        return [name for name in self.db.jobs.distinct("_id") if isinstance(name, str)]

    def _remove_store(self):
        self.client.drop_database(self.db.name)
        self.client.close()
