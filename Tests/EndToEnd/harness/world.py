# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""One test's world: a fresh store, job names of its own, and everything it started, ended and removed again.

Over MongoDB (`mongodb_world`) the programs are separate, over a file (`sqlite_world`) they are one. What a test of both may use is here:
jobs and runs are dictionaries with MongoDB's names and types in either, times among them.
"""

import subprocess
import time
import uuid
from dataclasses import replace
from urllib.parse import urlsplit

from . import checks, documents
from .api import Client
from .bus import Broker, Pool, part
from .issuer import Issuer
from .programs import Script
from .waiting import eventually
from .worker import RecordingWorker, silent

FATAL = ("Fatal error", "Thread Sanitizer", "AddressSanitizer", "*** Program crashed")


class VirtualHost:
    def __init__(self, world, name):
        self.world, self.name = world, name

    def close(self):
        self.world.rabbitmqctl("delete_vhost", self.name)


class World:
    missing = None
    """What the programs are not ready for, and need not be."""

    def __init__(self, environment, folder):
        self.environment = environment
        self.folder = folder
        self.id = uuid.uuid4().hex[:8]
        self.broker = Broker(environment.rabbitmq)
        self.programs = []
        self.workers = []
        self._closers = []
        self._names = set()
        self._issuer = None

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

    def pool(self, suffix):
        """A pool no other test uses; its AMQP objects go when the test ends."""
        pool = Pool(f"{self.id}-{suffix}-pool")
        self._names.add(pool)
        return pool

    def insert(self, suffix, **fields):
        """A new job, of fields as `documents.go_job` takes them; returns its name."""
        raise NotImplementedError

    def update(self, *names, **fields):
        """Edit jobs; None removes a field."""
        raise NotImplementedError

    def job(self, name):
        """What is stored of it, or None."""
        raise NotImplementedError

    def all_runs(self, **filter):
        """Runs whose fields have these values."""
        raise NotImplementedError

    def run(self, run_id):
        raise NotImplementedError

    def runs_of(self, name, **filter):
        """The runs of a job in the order of their slots."""
        return sorted(self.all_runs(jobName=name, **filter), key=lambda run: (
            run.get("scheduledTime") or run["createdTime"]))

    # Programs

    def scheduler(self, *arguments, wait=True, **overrides):
        """Start a Scheduler; `wait` until it is entered among the managers, as `program.manager_id`.

        Overrides are settings without their prefix. `prefix`: a command before it, which must become it (`prlimit`, `env`).
        """
        raise NotImplementedError

    def custodian(self, *arguments, **overrides):
        raise NotImplementedError

    def api(self, *arguments, **overrides):
        """Start an API on a free port; `program.url` is where."""
        raise NotImplementedError

    @property
    def issuer(self):
        """The test's own OpenID provider, begun when first needed."""
        if self._issuer is None:
            self._issuer = self.closing(Issuer())
        return self._issuer

    def api_client(self, ready=True, **overrides):
        """A client with every scope, of an API of its own that can answer."""
        program = self.api(**overrides)
        client = self.closing(Client(program.url, self.issuer.token()))
        client.program = program
        if ready:
            self.eventually(
                lambda: all(check["ok"] for name, check in client.session.get(program.url + "/readyz").json()["checks"].items()
                            if name != self.missing), 15, f"{program.label} to be ready")
        return client

    def user(self):
        """Who asks for runs, cancels them, and deletes jobs."""
        raise NotImplementedError

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
            left[:] = [name for name in left if not self.broker.consumers(part(name, "status"))]
            return not left

        self.eventually(served, timeout, f"a consumer of statuses for {len(left)} jobs", every=0.2)

    def arm(self, names, after):
        """Once all jobs are served, give them the same next slot, `after` seconds from now; returns it."""
        self.wait_until_served(names)
        slot = documents.after(after)
        self.update(*names, nextRunAt=slot)
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
        """End the programs as an operator does, so that what is stored and the messages can be compared."""
        self._end_firing()
        if worker is not None:
            self._let_it_finish(worker)

    def _end_firing(self):
        raise NotImplementedError

    def _let_it_finish(self, worker):
        """Wait for what the broker has already handed over: messages in a worker's buffer are in no queue any more."""
        jobs = {action.job for action in worker.actions}
        fired = {str(run["_id"]) for job in jobs for run in self.all_runs(jobName=job)}
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
        planned = self._planned_runs()
        checks.check_unique(planned)
        checks.check_never_early(planned)
        for worker in self.workers:
            checks.check_actions(worker.actions)

    def _planned_runs(self):
        """Those of slots of jobs that have not been deleted."""
        raise NotImplementedError

    def close(self):
        for program in self.programs:  # all at once: some take their time
            program.term()
        for program in self.programs:
            program.end()
        for worker in self.workers:
            worker.end()
        self._names.update(self._stored_names())
        if self.environment.rabbitmq:
            self.broker.delete_objects(name for name in self._names if len(name) < 200)
        self.broker.close()
        self._remove_store()
        for thing in self._closers:
            thing.close()

    def _stored_names(self):
        """The names of all jobs that are left."""
        raise NotImplementedError

    def _remove_store(self):
        raise NotImplementedError


class ProgramDied(Exception):
    """A program that nobody asked to end has ended."""
