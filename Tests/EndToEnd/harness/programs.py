# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The programs under test as child processes that are signalled, measured and always ended by their id."""

import os
import signal
import subprocess
import time
from pathlib import Path

from .waiting import eventually

QUICK = {
    "SIMPLE_SCHEDULER_DB_TYPE": "mongodb",
    "SIMPLE_SCHEDULER_MESSAGEBUS_TYPE": "rabbitmq",
    "SIMPLE_SCHEDULER_HEARTBEAT_INTERVAL": "300",
    "SIMPLE_SCHEDULER_HEARTBEAT_TIMEOUT": "3000",
    "SIMPLE_SCHEDULER_CLEANUP_INTERVAL": "300",
    "SIMPLE_SCHEDULER_CACHE_REFRESH_INTERVAL": "500",
    "SIMPLE_SCHEDULER_HTTP_DENIED_NETWORKS": "169.254.0.0/16",
}
"""Settings under which everything that waits does so shortly, and receivers may be on this machine."""

KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


def clean_environment(settings):
    """This process's environment without any setting of ours, plus the given ones (None removes one)."""
    # libmongoc's counters in /dev/shm outlive a kill -9, and whoever gets the same process id warns of them on stderr.
    result = {name: os.environ[name] for name in KEPT if name in os.environ} | {"MONGOC_DISABLE_SHM": "1"}
    return result | {name: str(value) for name, value in settings.items() if value is not None}


def run_once(executable, *arguments, settings=None, folder, timeout=15):
    """Run a program that is expected to end by itself; returns what it printed and its exit code."""
    return subprocess.run(
        [str(executable), *map(str, arguments)], cwd=folder, env=clean_environment(settings or {}),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
        encoding="utf-8", errors="replace")


class Program:
    """A running program; its output goes to a log file of its own."""

    executable = ""

    def __init__(self, binaries, folder, label, settings, arguments=(), prefix=()):
        self.label = label
        self.prefix = [str(argument) for argument in prefix]
        self.path = Path(binaries) / self.executable
        self.folder = Path(folder) / label
        self.folder.mkdir(parents=True)
        self.log_path = self.folder / "log"
        self.settings = settings
        self.arguments = [str(argument) for argument in arguments]
        self.process = None
        self.asked_to_end = False
        self.may_crash = False
        """Whether a trap in its log is what the test was after."""

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self.prefix, str(self.path), *self.arguments], cwd=self.folder, env=clean_environment(self.settings),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.asked_to_end = False
        return self

    @property
    def pid(self):
        return self.process.pid

    @property
    def exit_code(self):
        """None while it runs; minus the signal's number when a signal ended it."""
        return self.process.poll()

    @property
    def is_running(self):
        return self.process is not None and self.exit_code is None

    def _send(self, number):
        if self.is_running:
            os.kill(self.pid, number)

    def term(self):
        self.asked_to_end = True
        self._send(signal.SIGTERM)

    def interrupt(self):
        self.asked_to_end = True
        self._send(signal.SIGINT)

    def kill9(self):
        self.asked_to_end = True
        self._send(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        self._send(signal.SIGSTOP)

    def resume(self):
        self._send(signal.SIGCONT)

    def wait(self, timeout):
        """The exit code, once it has ended within the time; else an AssertionError that says so."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.label} (pid {self.pid}) has not ended within {timeout} s") from None

    def term_and_wait(self, timeout=10):
        """Ask it to end; returns the exit code and the seconds it took."""
        start = time.monotonic()
        self.term()
        code = self.wait(timeout)
        return code, time.monotonic() - start

    def end(self):
        """Whatever it does, it is gone afterwards."""
        if not self.is_running:
            return
        self.resume()
        self.term()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill9()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

    def log_lines(self, *words):
        """Log lines that contain every one of the words."""
        return [line for line in self.log().splitlines() if all(word in line for word in words)]

    def tail(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def rss_bytes(self):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"{self.label} has no VmRSS")

    def cpu_seconds(self):
        """User and system time spent so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        return len(os.listdir(f"/proc/{self.pid}/task"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))


class Scheduler(Program):
    executable = "simple-scheduler"

    manager_id = None
    """The id of its document in `managers`, once `world.scheduler()` has seen it."""


class Custodian(Program):
    executable = "simple-scheduler-custodian"


class Script(Program):
    """Any other program, for example a worker of the examples folder."""

    def __init__(self, command, folder, label, settings):
        super().__init__("/", folder, label, settings, command[1:])
        self.path = Path(command[0])


def gone(program, timeout=10):
    return eventually(lambda: not program.is_running, timeout, f"{program.label} to end")
