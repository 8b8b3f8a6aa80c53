# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A MongoDB of the test's own, beside those of the set: standalone, with another clock, or to be broken for good."""

import os
import signal
import subprocess
from pathlib import Path

import pymongo

from .proxy import free_port
from .waiting import eventually


class Mongod:
    """One process with data of its own; started again after its end it has them still."""

    def __init__(self, servers, folder, replica_set=None, prefix=(), may_be_told_to_fail=False):
        """The same program that the set uses."""
        self._program = os.readlink(f"/proc/{servers.pid(servers.members[0])}/exe")
        self._folder = Path(folder)
        self._replica_set = replica_set
        self._prefix = [str(word) for word in prefix]
        self._options = ["--setParameter", "enableTestCommands=1"] if may_be_told_to_fail else []
        self._process = None
        self.port = free_port()

    @property
    def url(self):
        options = f"replicaSet={self._replica_set}" if self._replica_set else "directConnection=true"
        return f"mongodb://127.0.0.1:{self.port}/?{options}"

    @property
    def pid(self):
        return self._process.pid

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def start(self):
        is_new = not self._folder.exists()
        self._folder.mkdir(parents=True, exist_ok=True)
        options = [*self._options, *(["--replSet", self._replica_set] if self._replica_set else [])]
        with open(self._folder.with_suffix(".log"), "ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix, self._program, "--dbpath", str(self._folder), "--bind_ip", "127.0.0.1", "--port",
                 str(self.port), "--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64",
                 "--setParameter", "diagnosticDataCollectionEnabled=false", *options],
                env=os.environ | {"LC_ALL": "C"}, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        direct = pymongo.MongoClient(
            f"mongodb://127.0.0.1:{self.port}/?directConnection=true", serverSelectionTimeoutMS=500)

        def hello():
            try:
                return direct.admin.command("hello")
            except pymongo.errors.PyMongoError:
                return None

        eventually(hello, 40, "a mongod of the test's own", every=0.1)
        if is_new and self._replica_set:
            direct.admin.command("replSetInitiate", {
                "_id": self._replica_set, "members": [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]})
        eventually(lambda: (hello() or {}).get("isWritablePrimary"), 40, "it to take writes", every=0.1)
        direct.close()
        return self

    def fail(self, code, *commands):
        """Answer these commands with an error of this number until told otherwise, with `None`."""
        with pymongo.MongoClient(self.url) as client:
            client.admin.command({
                "configureFailPoint": "failCommand", "mode": "alwaysOn" if code else "off",
                "data": {"failCommands": list(commands), "errorCode": code} if code else {}})

    def close(self):
        if self.is_running:
            self._process.send_signal(signal.SIGCONT)
            self._process.kill()
            self._process.wait(10)
