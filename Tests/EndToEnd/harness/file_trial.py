# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Everything in one process under load, whatever becomes of it, and the verdict: the stored runs, the requests that were received, what the
API had said yes to, and the slots are held against each other."""

import time
from collections import defaultdict

import requests

from . import checks, documents
from .proxy import free_port
from .receiver import Receiver
from .sqlite_world import sent, stored
from .standalone import Standalone
from .waiting import eventually


class FileTrial:
    """`count` jobs, each fired every `interval` ms, of which no slot may be missed whatever happens."""

    def __init__(self, environment, folder, count=6, interval=200, data=None, prefix=()):
        self.interval = interval
        self.receiver = Receiver()
        self.program = Standalone(
            environment, folder, "standalone", data=data or folder / "data", port=free_port(), prefix=prefix, API_RATE_LIMIT=0)
        self.programs = [self.program]
        self.address = f"http://127.0.0.1:{self.program.arguments[3]}"
        self.names = [f"job-{number}" for number in range(count)]
        self.asked, self.made = set(), set()
        """Manual runs and jobs that were answered with 201."""
        self._session = requests.Session()
        self._session.trust_env = False

    # The process

    def start(self):
        """Start it; it need not live to serve."""
        self.program.start()
        return self.program

    def serves(self, timeout=20):
        """Wait until it answers."""
        eventually(lambda: self.program.check() or self.is_up(), timeout, "an answer of the API", every=0.01)

    def is_up(self):
        try:
            return self.send("GET", "/api/status").ok
        except requests.RequestException:
            return False

    def send(self, method, path, body=None):
        file = self.program.token_file
        token = {"Authorization": f"Bearer {self.program.token}"} if file.exists() else {}
        return self._session.request(method, self.address + path, json=body, headers=token, timeout=15)

    # The load

    def begin(self):
        """Start it, and have all jobs fire."""
        self.start()
        self.serves()
        self.first = documents.after(0.5)
        for name in self.names:
            self.add(name, nextRunAt=self.first, interval=self.interval)
        self.add("asked", enabled=False, interval=3_600_000)
        self.goes_on()

    def add(self, name, **fields):
        answer = self.send("POST", "/api/jobs", sent({
            "name": name, "allowConcurrentRuns": True, "misfirePolicy": "all", "maxCatchUp": 10_000,
            "delivery": {"http": {"url": self.receiver.url}}} | fields))
        assert answer.status_code == 201, answer.text

    def ask(self):
        """Ask for a run and for a job, and note what was granted; the process may die meanwhile."""
        try:
            answer = self.send("POST", "/api/jobs/asked/run")
            if answer.status_code == 201:
                self.asked.add(answer.json()["id"])
            name = f"made-{time.monotonic_ns()}"
            if self.send("POST", "/api/jobs", {
                    "name": name, "enabled": False, "interval": 3_600_000,
                    "delivery": {"http": {"url": self.receiver.url}}}).status_code == 201:
                self.made.add(name)
        except requests.RequestException:
            time.sleep(0.005)

    def runs(self, job):
        found, path = [], f"/api/runs?limit=1000&jobName={job}"
        while path:
            answer = self.send("GET", path)
            assert answer.ok, answer.text
            found += [{"_id": run["id"]} | stored(run) for run in answer.json()]
            path = answer.links["next"]["url"].removeprefix(self.address) if "next" in answer.links else None
        return found

    def latest(self, job):
        """The newest slot that has a run."""
        answer = self.send("GET", f"/api/runs?limit=20&jobName={job}")
        return max((stored(run)["scheduledTime"] for run in answer.json() if "scheduledTime" in run), default=None) if answer.ok else None

    def goes_on(self, timeout=60):
        """Wait until each job has fired a slot after this moment."""
        moment = documents.now()
        for name in self.names:
            eventually(lambda: (slot := self.latest(name)) and slot > moment, timeout, f"a slot of {name} after {moment}", every=0.1)

    # The verdict

    def conclude(self, timeout=60):
        """End the firing, let all runs end, and judge."""
        for name in self.names:
            eventually(
                lambda: self.send("PATCH", f"/api/jobs/{name}", {"enabled": False}).ok, 20, f"{name} to be disabled", every=0.1)
        for status in ("pending", "running"):
            eventually(
                lambda: self.send("GET", f"/api/runs?limit=1&status={status}").json() == [], timeout,
                f"the end of all {status} runs", every=0.2)
        received = defaultdict(set)
        for request in list(self.receiver.requests):
            headers = request["headers"]
            assert headers["Idempotency-Key"] == headers["Simple-Scheduler-Run-Id"]
            received[headers["Simple-Scheduler-Job"], headers.get("Simple-Scheduler-Scheduled-Time")].add(headers["Idempotency-Key"])
        doubled = {key: runs for key, runs in received.items() if key[1] and len(runs) > 1}
        assert not doubled, f"slots that were sent under more than one key: {doubled}"
        seen = set().union(*received.values())
        known = set()
        for name in self.names:
            runs = self.runs(name)
            known |= {run["_id"] for run in runs}
            checks.check_contiguous(runs, self.first, self.interval, first=0)
            checks.check_never_early(runs)
            left = [run for run in runs if run["status"] != "completed"]
            assert not left, f"{len(left)} runs of {name} were not completed: {left[:3]}"
            unseen = {run["_id"] for run in runs} - seen
            assert not unseen, f"{len(unseen)} runs of {name} never reached the receiver: {sorted(unseen)[:3]}"
        manual = {run["_id"]: run["status"] for run in self.runs("asked")}
        lost = self.asked - set(manual)
        assert not lost, f"{len(lost)} of {len(self.asked)} runs that were granted are gone: {sorted(lost)[:3]}"
        assert set(manual.values()) <= {"completed"} and set(manual) <= seen, manual
        strangers = seen - known - set(manual)
        assert not strangers, f"the receiver was sent runs that are not stored: {sorted(strangers)[:3]}"
        gone = [name for name in sorted(self.made) if self.send("GET", f"/api/jobs/{name}").status_code != 200]
        assert not gone, f"{len(gone)} of {len(self.made)} jobs that were granted are gone: {gone[:3]}"
        self.check()
        code, _ = self.program.term_and_wait()
        assert code == 0, f"exit code {code} on SIGTERM"
        self.check()
        for word in ("Fatal error", "AddressSanitizer"):
            assert word not in self.program.log(), self.program.tail()
        return known

    def check(self):
        checked = self.program.care("check")
        assert checked.returncode == 0 and "no fault" in checked.stdout, checked

    def close(self):
        self.program.end()
        self.receiver.close()
        self._session.close()
