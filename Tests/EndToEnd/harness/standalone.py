# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The program that is everything in one process, and its data folder."""

import re
import stat

import requests

from .api import Client
from .programs import Program, run_once
from .waiting import eventually

NOBODY = "amqp://127.0.0.1:1/"
"""A bus at which nobody answers: runs are made and wait."""

QUICK = {"HEARTBEAT_INTERVAL": 300, "CLEANUP_INTERVAL": 300}


class Standalone(Program):
    executable = "simple-scheduler-standalone"

    manager_id = None
    """Its id among the managers, once `world.scheduler()` has asked for it."""

    def __init__(self, environment, folder, label, *arguments, data=None, port=0, prefix=(), **settings):
        self.data = data or folder / "data"
        super().__init__(
            environment.binaries, folder, label,
            {f"SIMPLE_SCHEDULER_{name}": value for name, value in (QUICK | settings).items()},
            ["--data", self.data, "--port", port, *arguments], prefix)

    @property
    def address(self):
        """`http://host:port`, once it has been printed."""
        found = re.search(r"(http://\S+)/api$", self.log(), re.M)
        return found and found.group(1)

    @property
    def url(self):
        return self.address

    def begin(self):
        """Start it; wait until it has said where it is."""
        self.start()
        eventually(lambda: self.address, 10, f"the address of {self.label}", meanwhile=self.check)
        return self

    def check(self):
        if not self.is_running:
            raise RuntimeError(f"{self.label} has ended with {self.exit_code}:\n{self.tail()}")

    @property
    def token_file(self):
        return self.data / "token"

    @property
    def token(self):
        return self.token_file.read_text().strip()

    @property
    def token_mode(self):
        return stat.S_IMODE(self.token_file.stat().st_mode)

    def client(self, token=None):
        return Client(self.address, self.token if token is None else token)

    @property
    def link(self):
        return re.search(r"(http://\S+/login\?code=\S+)", self.log()).group(1)

    def get(self, path, **options):
        """Without a token."""
        return requests.get(self.address + path, timeout=15, allow_redirects=False, **options)

    def care(self, *words):
        """`backup`, `restore` or `check` in its folder."""
        return run_once(self.path, *words, "--data", self.data, folder=self.folder, settings={})
