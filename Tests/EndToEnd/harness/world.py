# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""One test's world: a fresh database, job names of its own, and everything it started, ended and removed again."""

import subprocess
import time
import uuid
from dataclasses import replace
from urllib.parse import urlsplit

import pymongo

from . import checks, documents
from .api import API, Client
from .bus import Broker
from .issuer import Issuer
from .programs import QUICK, Custodian, Scheduler, Script
from .waiting import eventually
from .worker import RecordingWorker, silent

FATAL = ("Fatal error", "Thread Sanitizer", "AddressSanitizer", "*** Program crashed")


class VirtualHost:
    def __init__(self, world, name):
        self.world, self.name = world, name

    def close(self):
        self.world.rabbitmqctl("delete_vhost", self.name)


class World:
    def __init__(self, environment, folder):
        self.environment = environment
        self.folder = folder
        self.id = uuid.uuid4().hex[:8]
        self.use_database(environment.mongodb)
        self.broker = Broker(environment.rabbitmq)
        self.programs = []
        self.workers = []
        self._closers = []
        self._names = set()
        self._issuer = None

    def use_database(self, mongodb):
        """Another server than the environment's, before anything has begun."""
        self.environment = replace(self.environment, mongodb=mongodb)
        self.client = pymongo.MongoClient(mongodb)
        self.db = self.client[f"simple_scheduler_e2e_{self.id}"]
        self.jobs, self.runs, self.managers = self.db.jobs, self.db.runs, self.db.managers

    def use_virtual_host(self, *options):
        """A virtual host of its own, made with these options of `rabbitmqctl add_vhost`, before anything has begun."""
        host = f"e2e-{self.id}"
        self.rabbitmqctl("add_vhost", host, *options)
        self.closing(VirtualHost(self, host))
        self.rabbitmqctl("set_permissions", "-p", host, urlsplit(self.environment.rabbitmq).username, ".*", ".*", ".*")
        self.environment = replace(self.environment, rabbitmq=self.environment.rabbitmq.rstrip("/") + "/" + host)
        self.broker = Broker(self.environment.rabbitmq)
        return host

    def rabbitmqctl(self, *arguments):
        subprocess.run(
            [*self.environment.rabbitmqctl, "--quiet", *arguments], check=True, stdout=subprocess.DEVNULL, timeout=30)

    # Jobs and runs

    def name(self, suffix):
        """A job name no other test uses; its AMQP objects go when the test ends."""
        name = f"{self.id}-{suffix}"
        self._names.add(name)
        return name

    def insert(self, suffix, **fields):
        """Insert a job as the Go program writes it; returns its name."""
        name = self.name(suffix)
        self.jobs.insert_one(documents.go_job(name, **fields))
        return name

    def job(self, name):
        return self.jobs.find_one({"_id": name})

    def runs_of(self, name, **filter):
        """The runs of a job in the order of their slots."""
        return sorted(self.runs.find({"jobName": name} | filter), key=lambda run: (
            run.get("scheduledTime") or run["createdTime"]))

    def run(self, run_id):
        return self.runs.find_one({"_id": run_id})

    # Programs

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
        """Start a Scheduler; `wait` until it has entered itself in `managers`.

        `prefix`: a command before it, which must become it (`prlimit`, `env`).
        """
        known = set(self.managers.distinct("_id"))
        program = self._add(Scheduler, arguments, overrides)
        if wait:
            new = self.eventually(
                lambda: set(self.managers.distinct("_id")) - known, 15, f"the managers document of {program.label}")
            program.manager_id = new.pop()
        return program

    def custodian(self, *arguments, **overrides):
        return self._add(Custodian, arguments, overrides)

    @property
    def issuer(self):
        """The test's own OpenID provider, begun when first needed."""
        if self._issuer is None:
            self._issuer = self.closing(Issuer())
        return self._issuer

    def api(self, *arguments, **overrides):
        """Start an API on a free port; `program.url` is where."""
        program = self._add(API, arguments, {"API_URL": "127.0.0.1:0", "OIDC_ISSUER": self.issuer.url} | overrides)
        program.url = self.eventually(program.listening, 15, f"{program.label} to listen")
        return program

    def api_client(self, ready=True, **overrides):
        """A client with every scope, of an API of its own that can answer."""
        program = self.api(**overrides)
        client = self.closing(Client(program.url, self.issuer.token()))
        client.program = program
        if ready:
            self.eventually(lambda: client.session.get(program.url + "/readyz").ok, 15, f"{program.label} to be ready")
        return client

    def script(self, command, label, **environment):
        program = Script(command, self.folder, label, environment)
        self.programs.append(program)
        return program.start()

    def worker(self, jobs, answer=silent, **options):
        jobs = [jobs] if isinstance(jobs, str) else jobs
        worker = RecordingWorker(self.environment.rabbitmq, jobs, answer, **options)
        self.workers.append(worker)
        return worker.begin()

    def closing(self, thing):
        """Have `thing.close()` called when the test ends."""
        self._closers.append(thing)
        return thing

    # Waiting

    def eventually(self, condition, timeout, what, every=0.05):
        return eventually(condition, timeout, what, every, meanwhile=self.check_alive)

    def check_alive(self):
        for program in self.programs:
            if not program.is_running and not program.asked_to_end:
                program.asked_to_end = True  # told once
                raise ProgramDied(f"{program.label} ended by itself with exit code {program.exit_code}")

    def owner(self, name):
        """Who has the job, or None; the zero ObjectId counts as nobody."""
        owner = (self.job(name) or {}).get("managerId")
        return None if owner is None or str(owner) == "0" * 24 else owner

    def wait_until_owned(self, *names, timeout=10):
        self.eventually(
            lambda: all(self.owner(name) for name in names), timeout, f"a managerId in {len(names)} jobs: {names[:3]}")

    def wait_until_served(self, names, timeout=60):
        """Owned, declared and consumed from."""
        left = list(names)

        def served():
            left[:] = [name for name in left if not self.broker.consumers(f"scheduler.job.{name}.status")]
            return not left

        self.eventually(served, timeout, f"a consumer of statuses for {len(left)} jobs", every=0.2)

    def arm(self, names, after):
        """Once all jobs are served, give them the same next slot, `after` seconds from now; returns it."""
        self.wait_until_served(names)
        slot = documents.after(after)
        self.jobs.update_many({"_id": {"$in": list(names)}}, {"$set": {"nextRunAt": slot}})
        return slot

    def wait_for_runs(self, name, count, timeout=10, **filter):
        """The job's runs, once there are so many."""
        return self.eventually(
            lambda: len(found := self.runs_of(name, **filter)) >= count and found, timeout,
            f"{count} runs of {name} with {filter}")

    def wait_for_status(self, run_id, status, timeout=5):
        def reached():
            run = self.run(run_id)
            assert run is not None and run["status"] == status, run
            return run

        return self.eventually(reached, timeout, f"run {run_id} to become {status}")

    def wait_for_actions(self, worker, count, job=None, kind=None, timeout=10):
        return self.eventually(
            lambda: len(found := [a for a in worker.actions if job in (None, a.job) and kind in (None, a.kind)])
            >= count and found, timeout, f"{count} actions of kind {kind} for {job}")

    def settle(self, worker=None):
        """End the programs as an operator does, so that documents and messages can be compared."""
        stopping = [p for p in self.programs if p.is_running and isinstance(p, (Scheduler, Custodian))]
        for program in stopping:
            program.term()
        for program in stopping:
            code = program.wait(10)
            assert code == 0, f"{program.label} ended with exit code {code} on SIGTERM"
        if worker is not None:
            self._let_it_finish(worker)

    def _let_it_finish(self, worker):
        """Wait for what the broker has already handed over: messages in a worker's buffer are in no queue any more."""
        jobs = list({action.job for action in worker.actions})
        fired = {str(run["_id"]) for run in self.runs.find({"jobName": {"$in": jobs}}, {"_id": 1})}
        deadline = time.monotonic() + 15  # whatever is missing then, the checks tell
        count = -1
        while time.monotonic() < deadline:
            actions = worker.actions
            if fired <= {action.run for action in actions} and len(actions) == count:
                return
            count = len(actions)
            time.sleep(0.5)

    # The end

    def _secrets(self):
        """The passwords of the connection strings, in the form in which they would show up in one."""
        addresses = (self.environment.mongodb, self.environment.rabbitmq)
        return [f":{password}@" for password in (urlsplit(address).password for address in addresses) if password]

    def check_invariants(self):
        """What must be true after every test, whatever it was about."""
        self.check_alive()
        for program in self.programs:
            log = program.log()
            for word in FATAL:
                assert word not in log or program.may_crash, f"{word!r} in the log of {program.label}"
            for secret in self._secrets():
                assert secret not in log, f"a password in the log of {program.label}"
        planned = list(self.runs.find({"scheduledTime": {"$type": "date"}, "retired": None}))
        checks.check_unique(planned)
        checks.check_never_early(planned)
        for worker in self.workers:
            checks.check_actions(worker.actions)

    def close(self):
        for program in self.programs:  # all at once: some take their time
            program.term()
        for program in self.programs:
            program.end()
        for worker in self.workers:
            worker.end()
        self._names.update(name for name in self.db.jobs.distinct("_id") if isinstance(name, str))
        self.broker.delete_objects(name for name in self._names if len(name) < 200)
        self.broker.close()
        self.client.drop_database(self.db.name)
        self.client.close()
        for thing in self._closers:
            thing.close()


class ProgramDied(Exception):
    """A program that nobody asked to end has ended."""
