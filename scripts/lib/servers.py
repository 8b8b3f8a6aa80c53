# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What `scripts/servers` cannot do in bash: free ports, and asking the servers whether they are ready."""

import random
import socket
import sys
import time


def is_free(port):
    """Whether a server could listen on the port (SO_REUSEADDR as the servers set it, so TIME_WAIT does not count)."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
            return True
        except OSError:
            return False


def ports(wanted):
    """Keeps each wanted port that is free and replaces the others (and 0).

    Chosen below the range from which the kernel takes the ports of outgoing connections, so none of those can get in
    between; at random, so two sets that start together do not choose alike.
    """
    chosen = []
    for port in map(int, wanted):
        while port == 0 or port in chosen or not is_free(port):
            port = random.randrange(20000, 32000)
        chosen.append(port)
    print(*chosen)


def must_live(pid, name):
    """Ends the wait as soon as the process is gone: it will not get ready any more."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            if file.read().rpartition(") ")[2][0] != "Z":
                return
    except OSError:
        pass
    sys.exit(f"{name} ended by itself")


def mongodb(limit, *servers):
    """Makes the mongods a replica set where they are none yet, and waits until it takes writes.

    A server is PORT:PID.
    """
    import pymongo
    from pymongo.errors import PyMongoError

    deadline = time.monotonic() + float(limit)
    ports, pids = zip(*(server.split(":") for server in servers))
    hosts = [f"127.0.0.1:{port}" for port in ports]
    clients = [
        pymongo.MongoClient(host, directConnection=True, serverSelectionTimeoutMS=1000, socketTimeoutMS=20000)
        for host in hosts
    ]
    admin = clients[0].admin
    configured = False
    last = None
    while time.monotonic() < deadline:
        for pid in pids:
            must_live(pid, "mongod")
        try:
            for client in clients:
                client.admin.command("ping")
            if not configured:
                configure(admin, hosts)
                configured = True
            if any(client.admin.command("hello")["isWritablePrimary"] for client in clients):
                return
            if len(hosts) > 1 and admin.command("replSetGetStatus")["myState"] == 2:
                # Spares the ten seconds after which somebody would stand for election by himself.
                admin.command("replSetStepUp")
        except PyMongoError as error:
            last = error
        time.sleep(0.1)
    sys.exit(f"mongod is not ready after {limit} s: {last}")


def configure(admin, hosts):
    from pymongo.errors import OperationFailure

    members = [{"_id": index, "host": host} for index, host in enumerate(hosts)]
    try:
        config = admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != 94:  # NotYetInitialized
            raise
        admin.command("replSetInitiate", {"_id": "rs0", "members": members})
        return
    if [member["host"] for member in config["members"]] != hosts:
        # The set had other ports the last time.
        config["members"] = members
        config["version"] += 1
        admin.command("replSetReconfig", config, force=True)


def rabbitmq(limit, server):
    """Waits until the broker (PORT:PID) lets a client in and opens a channel."""
    import logging

    import pika

    logging.getLogger("pika").setLevel(logging.CRITICAL)
    port, pid = server.split(":")
    deadline = time.monotonic() + float(limit)
    last = None
    while time.monotonic() < deadline:
        must_live(pid, "RabbitMQ")
        try:
            with socket.create_connection(("127.0.0.1", int(port)), 1):
                pass
            connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", int(port)))
            connection.channel()
            connection.close()
            return
        except (OSError, pika.exceptions.AMQPError) as error:
            last = error
        time.sleep(0.1)
    sys.exit(f"RabbitMQ is not ready after {limit} s: {last!r}")


if __name__ == "__main__":
    if sys.argv[1] == "ports":
        ports(sys.argv[2:])
    else:
        {"mongodb": mongodb, "rabbitmq": rabbitmq}[sys.argv[1]](*sys.argv[2:])
