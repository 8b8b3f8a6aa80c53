# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Where the programs and the servers are, taken from the environment and checked before the first test."""

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import pika
import pymongo

REPOSITORY = Path(__file__).resolve().parents[3]


def use_servers_of(worker):
    """With several workers of pytest each has a set of servers of its own, since some tests stop or kill theirs.

    `SIMPLE_SCHEDULER_TEST_SETS` names the `env` files of the sets, one per worker; `worker` is `gw0`, `gw1`, …
    """
    files = os.environ["SIMPLE_SCHEDULER_TEST_SETS"].split(os.pathsep)
    for line in Path(files[int(worker.removeprefix("gw"))]).read_text().splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] == "export":
            os.environ.update(word.split("=", 1) for word in words[1:])


class NotSetUp(Exception):
    """The suite cannot run here; the text says what is missing and how to provide it."""


@dataclass(frozen=True)
class Environment:
    binaries: Path
    mongodb: str
    rabbitmq: str
    issuer: str
    rabbitmqctl: tuple[str, ...] | None
    build: str

    @property
    def is_release(self):
        return self.build == "release"

    @classmethod
    def load(cls, needs_servers=True):
        """Read and check everything at once, so that one run names every fault."""
        faults = []

        def required(name, meaning):
            value = os.environ.get(name, "")
            if not value:
                faults.append(f"{name} is not set: it must be {meaning}")
            return value

        binaries = required("SIMPLE_SCHEDULER_BIN", "the folder with the built programs")
        mongodb = rabbitmq = issuer = ""
        if needs_servers:
            mongodb = required("SIMPLE_SCHEDULER_TEST_MONGODB", "a mongodb:// connection string")
            rabbitmq = required("SIMPLE_SCHEDULER_TEST_RABBITMQ", "an amqp:// address")
            issuer = required("SIMPLE_SCHEDULER_OIDC_ISSUER", "an OpenID provider as scripts/servers sets one up")
        if binaries:
            for program in ("simple-scheduler", "simple-scheduler-custodian", "simple-scheduler-api", "simple-scheduler-cli",
                            "simple-scheduler-standalone"):
                if not os.access(Path(binaries) / program, os.X_OK):
                    faults.append(f"SIMPLE_SCHEDULER_BIN={binaries} holds no executable {program}")
        if mongodb:
            try:
                with pymongo.MongoClient(mongodb, serverSelectionTimeoutMS=5000) as client:
                    client.admin.command("ping")
            except Exception as error:
                faults.append(f"no MongoDB answers at SIMPLE_SCHEDULER_TEST_MONGODB: {error}")
        if rabbitmq:
            try:
                pika.BlockingConnection(pika.URLParameters(rabbitmq)).close()
            except Exception as error:
                faults.append(f"no RabbitMQ answers at SIMPLE_SCHEDULER_TEST_RABBITMQ: {error!r}")
        if faults:
            raise NotSetUp("the end-to-end tests cannot run:\n  " + "\n  ".join(faults))
        control = shlex.split(os.environ.get("SIMPLE_SCHEDULER_TEST_RABBITMQCTL", ""))
        build = os.environ.get("SIMPLE_SCHEDULER_BUILD", "debug")
        return cls(Path(binaries).resolve(), mongodb, rabbitmq, issuer, tuple(control) or None, build)
