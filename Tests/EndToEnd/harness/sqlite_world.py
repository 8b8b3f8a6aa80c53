# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A world over a file: everything in one process, which is asked through its API for all that it stores."""

import hashlib
import re
import secrets
import sqlite3
from dataclasses import replace
from datetime import datetime

from . import documents
from .api import Client
from .programs import QUICK
from .standalone import NOBODY, Standalone
from .world import World

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def stored(value):
    """What the API says, as MongoDB has it: `id` and `name` are the key, times are dates."""
    if isinstance(value, dict):
        return {name: datetime.fromisoformat(part[:-1]) if isinstance(part, str) and TIME.fullmatch(part) else part
                for name, part in value.items()}
    return value


def sent(fields):
    """The same way back; what the API takes for granted is left out."""
    return {name: value.isoformat(timespec="milliseconds") + "Z" if isinstance(value, datetime) else value
            for name, value in fields.items()}


class SQLiteWorld(World):
    def __init__(self, environment, folder, bus="rabbitmq"):
        """`bus`: `rabbitmq`, `nobody` (an address at which nobody answers), or `none`."""
        super().__init__(environment if bus == "rabbitmq" else replace(environment, rabbitmq=""), folder)
        self.missing = "messagebus" if bus == "nobody" else None
        self.data = folder / "data"
        self._program = None
        self._earlier = set()
        self._port = 0
        self._token = secrets.token_hex(16)
        tokens = folder / "harness-tokens"
        scopes = "jobs:read,jobs:write,runs:read,runs:write"
        tokens.write_text(f"harness {hashlib.sha256(self._token.encode()).hexdigest()} {scopes}\n")
        quick = {name.removeprefix("SIMPLE_SCHEDULER_"): value for name, value in QUICK.items() if "_TYPE" not in name}
        self._settings = quick | {
            "API_TOKENS_FILE": tokens,
            "MESSAGEBUS_CONNECTION_STRING": {"rabbitmq": environment.rabbitmq, "nobody": NOBODY, "none": None}[bus]}

    # The process

    def _serve(self, arguments=(), overrides=None):
        """The process with these settings; one that has others is ended as an operator does it."""
        settings = self._settings | (overrides or {})
        running = self._program is not None and self._program.is_running
        if running and settings == self._settings:
            return self._program
        if running:
            code, _ = self._program.term_and_wait()
            assert code == 0, f"{self._program.label} ended with exit code {code} on SIGTERM"
        self._settings = settings
        label = f"standalone-{len(self.programs) + 1}"
        prefix = settings.get("prefix", ())
        program = Standalone(
            self.environment, self.folder, label, *arguments, data=self.data, port=self._port, prefix=prefix,
            **{name: value for name, value in settings.items() if name != "prefix"})
        self.programs.append(program)
        self._earlier.add(self._program and self._program.manager_id)
        self._program = program.begin()
        self._port = int(program.url.rsplit(":", 1)[1])
        self._client = self.closing(Client(program.url, self._token))
        return program

    def _ask(self, method, path, body=None, refused=()):
        """The answer; any but success and the codes in `refused` is a failure."""
        self._serve()
        answer = self._client.send(method, path, json=body)
        assert answer.ok or answer.status_code in refused, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        return answer

    def _pages(self, path):
        """The elements of a list, page by page."""
        found = []
        while path:
            answer = self._ask("GET", path)
            found += answer.json()
            path = answer.links["next"]["url"].removeprefix(self._program.url) if "next" in answer.links else None
        return found

    def scheduler(self, *arguments, wait=True, **overrides):
        program = self._serve(arguments, overrides)
        if wait and not program.manager_id:
            program.manager_id = self.eventually(
                lambda: [manager["id"] for manager in self._pages("/api/managers") if manager["id"] not in self._earlier],
                15, f"{program.label} among the managers")[0]
        return program

    def custodian(self, *arguments, **overrides):
        return self._serve(arguments, overrides)

    def api(self, *arguments, **overrides):
        if "OIDC_ISSUER" not in self._settings | overrides:
            overrides["OIDC_ISSUER"] = self.issuer.url
        return self._serve(arguments, overrides)

    # Jobs and runs

    def insert(self, suffix, **fields):
        name = self.name(suffix)
        job = documents.go_job(name, **fields)
        for field in ("_id", "heartbeat"):
            del job[field]
        self._ask("POST", "/api/jobs", {"name": name} | sent({k: v for k, v in job.items() if v not in (None, 0) or v is False}))
        return name

    def update(self, *names, **fields):
        """Through the API, so it takes effect at once."""
        for name in names:
            self._ask("PATCH", f"/api/jobs/{name}", sent(fields))

    def job(self, name):
        answer = self._ask("GET", f"/api/jobs/{name}", refused=[404])
        return None if answer.status_code == 404 else {"_id": name} | stored(answer.json())

    def all_runs(self, **filter):
        chosen = "".join(f"&{name}={filter[name]}" for name in ("jobName", "status") if name in filter)
        runs = [self._run(run) for run in self._pages(f"/api/runs?limit=1000{chosen}")]
        return [run for run in runs if all(run.get(name) == value for name, value in filter.items())]

    def run(self, run_id):
        answer = self._ask("GET", f"/api/runs/{run_id}", refused=[404])
        return None if answer.status_code == 404 else self._run(answer.json())

    def _run(self, run):
        run = {"_id": run.pop("id")} | stored(run)
        return run | ({"attempts": [stored(attempt) for attempt in run["attempts"]]} if "attempts" in run else {})

    def user(self):
        return APIUser(self._ask, self.insert)

    def _end_firing(self):
        """Its jobs are disabled: who is asked for the runs afterwards would go on firing."""
        if self._program is None:
            return
        self.update(*(job["name"] for job in self._pages("/api/jobs?limit=1000") if job["enabled"]), enabled=False)
        code, _ = self._program.term_and_wait()
        assert code == 0, f"{self._program.label} ended with exit code {code} on SIGTERM"

    # The end

    def check_invariants(self):
        super().check_invariants()
        if self._program is not None:
            checked = self._program.care("check")
            assert checked.returncode == 0, f"{checked.stdout}{checked.stderr}"

    def _rows(self, query):
        """From the file itself, once nobody has it any more."""
        for program in self.programs:
            program.end()
        file = self.data / "simple-scheduler.db"
        if not file.exists():
            return []
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _planned_runs(self):
        rows = self._rows("SELECT hex(id), job, scheduled_time, created_time FROM runs "
                          "WHERE trigger = 'schedule' AND is_retired = 0 AND scheduled_time IS NOT NULL")
        return [{"_id": run, "jobName": job, "scheduledTime": documents.moment(slot / 1000), "createdTime": documents.moment(made / 1000)}
                for run, job, slot, made in rows]

    def _stored_names(self):
        return [name for name, in self._rows("SELECT name FROM jobs")]

    def _remove_store(self):
        pass  # pytest keeps the folders of its latest runs, and removes older ones


class APIUser:
    """The same as `users.User`, through the API itself."""

    def __init__(self, ask, insert):
        self._ask, self._insert = ask, insert

    def trigger(self, job, **more):
        """Ask for a run now; returns its id."""
        return self._ask("POST", f"/api/jobs/{job}/run", more or None).json()["id"]

    def cancel(self, run_id):
        """Cancel a run; returns the status that it has then."""
        self._ask("POST", f"/api/runs/{run_id}/cancel")
        return self._ask("GET", f"/api/runs/{run_id}").json()["status"]

    def delete(self, job):
        self._ask("DELETE", f"/api/jobs/{job}")

    def make_again(self, job, **fields):
        """Make a job under the name of a deleted one."""
        self._insert(job.split("-", 1)[1], **fields)
