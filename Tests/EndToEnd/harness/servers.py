# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The set of scripts/servers that the tests run on: its servers are killed, frozen, and brought back."""

import base64
import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pymongo
import pytest

from .environment import REPOSITORY
from .waiting import eventually


class Servers:
    """Everything by the ids that the set has noted; `restore()` makes it whole again."""

    BROKER = "rabbitmq"

    def __init__(self):
        name, folder = (os.environ.get(f"SIMPLE_SCHEDULER_TEST_SERVERS_{word}") for word in ("NAME", "DIR"))
        if not name:
            pytest.skip("SIMPLE_SCHEDULER_TEST_SERVERS_NAME is not set: the servers are not ours to stop")
        self._name, self._folder = name, Path(folder)
        self._is_touched = False
        self._undo = []

    # Processes

    def pid(self, what):
        """The process of `rabbitmq`, `glewlwyd` or `mongod-N`; None when it does not run."""
        with contextlib.suppress(OSError):
            pid = int((self._folder / "pid" / what).read_text().split()[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
            return None if state == "Z" else pid
        return None

    def _send(self, what, number):
        self._is_touched = True
        pid = self.pid(what)
        assert pid, f"{what} does not run"
        os.kill(pid, number)

    def kill9(self, what):
        self._send(what, signal.SIGKILL)
        eventually(lambda: self.pid(what) is None, 10, f"{what} to be gone")

    def freeze(self, what):
        self._send(what, signal.SIGSTOP)

    def thaw(self, what):
        self._send(what, signal.SIGCONT)

    def script(self, verb, *options):
        """scripts/servers for this set."""
        self._is_touched = True
        result = subprocess.run(
            [str(REPOSITORY / "scripts" / "servers"), verb, self._name, "--dir", str(self._folder), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=150)
        assert result.returncode == 0, result.stdout

    def start(self):
        """Have everything run that does not, and wait until it is ready."""
        self.script("start")

    def restore(self):
        """Whatever a test did: all servers run, nothing is frozen, no alarm is on."""
        if self._is_touched:
            for what in (self.BROKER, "glewlwyd", *self.members):
                with contextlib.suppress(OSError, AssertionError):
                    self.thaw(what)
            self.start()
            self._is_touched = False
        while self._undo:
            self.control(*self._undo.pop())

    # The broker

    def control(self, *arguments):
        """rabbitmqctl; returns what it printed."""
        result = subprocess.run(
            [str(self._folder / "rabbitmqctl"), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60)
        assert result.returncode == 0, result.stdout
        return result.stdout

    @contextlib.contextmanager
    def told(self, change, undo):
        """A change by rabbitmqctl for the time of a block; both are its arguments as one text."""
        self._undo.append(undo.split())
        self.control(*change.split())
        yield
        self.control(*self._undo.pop())

    def alarm(self, kind):
        """A `memory` or a `disk` alarm for the time of a block."""
        return {
            "memory": self.told("set_vm_memory_high_watermark absolute 1MB", "set_vm_memory_high_watermark 0.4"),
            "disk": self.told("set_disk_free_limit 900000GB", "set_disk_free_limit 64MB"),
        }[kind]

    def evaluate(self, expression):
        """An Erlang expression in the broker."""
        return self.control("eval", expression)

    def publish(self, exchange, key, body):
        """From within the broker, which an alarm does not hold up as it does all of its clients."""
        self.evaluate(
            f'rabbit_basic:publish(rabbit_misc:r(<<"/">>, exchange, <<"{exchange}">>), <<"{key}">>, [], '
            f'base64:decode(<<"{base64.b64encode(json.dumps(body).encode()).decode()}">>)).')

    def connections(self):
        """How many clients the broker has."""
        return len(self.control("--quiet", "list_connections", "pid", "--no-table-headers").split())

    # The database

    @property
    def members(self):
        """`mongod-1` and so on."""
        count = len(os.environ["SIMPLE_SCHEDULER_TEST_MONGOD_PORTS"].split())
        return [f"mongod-{number}" for number in range(1, count + 1)]

    def port(self, member):
        return int(os.environ["SIMPLE_SCHEDULER_TEST_MONGOD_PORTS"].split()[int(member.split("-")[1]) - 1])

    def member(self, name):
        """A client of this one member, whatever its part."""
        return pymongo.MongoClient(
            f"mongodb://127.0.0.1:{self.port(name)}/?directConnection=true", serverSelectionTimeoutMS=2000,
            socketTimeoutMS=15000)

    def primary(self, timeout=30):
        """The member that takes writes now."""

        def found():
            for name in self.members:
                if self.pid(name) is None:
                    continue
                with contextlib.suppress(pymongo.errors.PyMongoError), self.member(name) as client:
                    if client.admin.command("hello")["isWritablePrimary"]:
                        return name
            return None

        return eventually(found, timeout, "a primary", every=0.1)

    def step_down(self):
        """Have the primary give way to another, as an operator does; it refuses as long as no other has caught up."""

        def done():
            with contextlib.suppress(pymongo.errors.OperationFailure), self.member(self.primary()) as member:
                # Shortly: who has stepped down cannot be elected meanwhile, and the next one needs an heir.
                member.admin.command("replSetStepDown", 6, secondaryCatchUpPeriodSecs=5)
                return True
            return False

        eventually(done, 40, "the primary to step down")
