# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls runs that are HTTP requests from one process over a file: a kill before an answer is stored, name servers that are away,
certificates that run out, hosts that swallow everything, and many that are slow."""

import shutil
import socket
import statistics
import threading
import time

import pytest

from harness.authority import Authority
from harness.documents import after, now, seconds
from harness.metrics import Metrics
from harness.names import NOT_FOUND, SERVER_FAILURE, NameServer
from harness.proxy import free_port
from harness.receiver import Receiver
from harness.shims import Disk, compiled
from harness.strangers import Nginx
from test_http_receivers import end_of, hook, tls_file

pytestmark = pytest.mark.without_servers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUICKLY = {"initial": 200, "factor": 1, "max": 200}


@pytest.fixture(scope="module")
def store():
    return "sqlite-none"


def test_killed_before_an_answer_is_stored_in_the_file(world, tmp_path):
    disk = Disk(compiled("disk_shim", tmp_path), tmp_path, world.data)
    ends = 0

    def answer(request):
        # The very next thing that is written is what was stored last, or this answer.
        if ends < 5:
            disk.end_in(1)
        return 200, {}, b"done"

    receiver = world.closing(Receiver(answer))
    program = world.scheduler(prefix=disk.prefix)
    job = world.insert("kept", next_run_at=after(1), delivery=hook(receiver.url, signingSecrets=[SECRET]))
    while ends < 5:
        program.asked_to_end = True
        world.eventually(lambda: not program.is_running, 15, "it to end before it has stored the answer")
        ends += 1
        if ends == 5:
            break
        program = world.scheduler(prefix=disk.prefix, wait=False)
    world.scheduler(prefix=())
    run = end_of(world, job)
    assert run["result"] == "done" and len(world.runs_of(job)) == 1
    # What died before it was known to be running is sent again as the same attempt.
    assert run["attempts"][-1]["status"] == "completed" and {row["status"] for row in run["attempts"][:-1]} == {"lost"}
    assert [request["headers"]["webhook-id"] for request in receiver.requests] == [str(run["_id"])] * 6


# Names


@pytest.mark.parametrize("how", ["silent", SERVER_FAILURE, NOT_FOUND])
def test_while_names_are_away_others_are_served_and_afterwards_all_is_made_good(world, how):
    names = world.closing(NameServer(world))
    receiver, other = world.closing(Receiver()), world.closing(Receiver())
    port = receiver.server.server_port
    hosts = [f"hook-{number}.names.test" for number in range(20)]
    names.known = {host: ["127.0.0.1"] for host in hosts}
    world.scheduler(prefix=names.prefix)
    named = [world.insert(host.split(".")[0], next_run_at=after(1), interval=500, maxAttempts=1000, retryBackoff=QUICKLY,
                          delivery=hook(f"http://{host}:{port}/", timeout=700)) for host in hosts]
    literal = world.insert("literal", next_run_at=after(1), interval=100, delivery=hook(other.url))
    for job in named:
        world.wait_for_runs(job, 2, status="completed")
    names.how = how
    begun = now()
    time.sleep(4)
    names.how = "answer"
    ended = now()
    error = {f"name not found: {host}" for host in hosts} | ({"timeout after 0.7 s"} if how == "silent" else set())
    for job in named:
        world.eventually(
            lambda: [run for run in world.runs_of(job, status="completed") if run["scheduledTime"] > ended], 20, f"{job} to go on")
    world.update(*named, literal, enabled=False)
    world.eventually(lambda: not world.all_runs(status="running") + world.all_runs(status="pending"), 15, "all runs to end")
    runs = [run for job in named for run in world.runs_of(job)]
    assert {run["status"] for run in runs} == {"completed"}
    failures = {row["error"] for run in runs for row in run["attempts"] if row["status"] == "failed"}
    assert failures and failures <= error, failures
    lags = [request["at"] - seconds(run["scheduledTime"]) for run in world.runs_of(literal) for request in other.requests
            if request["headers"]["Idempotency-Key"] == str(run["_id"]) and begun < run["scheduledTime"] < ended]
    assert len(lags) >= 35 and max(lags) < 0.3, sorted(lags)[-6:]


def test_a_name_that_turns_to_where_nothing_may_go_is_not_followed(world):
    names = world.closing(NameServer(world))
    receiver = world.closing(Receiver())
    names.known = {"turning.test": [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]]}
    world.scheduler(prefix=names.prefix, HTTP_DENIED_NETWORKS="169.254.0.0/16,10.0.0.0/8")
    job = world.insert("turning", next_run_at=after(1), interval=1500, retryBackoff=QUICKLY,
                       delivery=hook(f"http://turning.test:{receiver.server.server_port}/"))
    world.wait_for_runs(job, 5, timeout=15)
    world.update(job, enabled=False)
    world.eventually(lambda: not world.runs_of(job, status="running") + world.runs_of(job, status="pending"), 5, "all runs to end")
    [failed] = world.runs_of(job, status="failed")
    assert failed["error"] == "address not allowed: 169.254.169.254 (link-local)"
    completed = world.runs_of(job, status="completed")
    assert len(completed) >= 4 and {run["attempts"][0]["http"]["address"] for run in completed} == {"127.0.0.1"}
    assert {request["headers"]["Idempotency-Key"] for request in receiver.requests} == {str(run["_id"]) for run in completed}


# Certificates


def test_a_certificate_that_runs_out_is_told_and_all_is_made_good_once_it_is_renewed(world):
    authority = Authority(world.folder)
    chain, key = world.folder / "chain.pem", world.folder / "chain.key"

    def certify(lifetime):
        for source, target in zip(authority.issue("localhost", days=lifetime / 86_400), (chain, key)):
            shutil.copyfile(source, target)

    certify(8)
    nginx = Nginx(world, "listen 127.0.0.1:PORT ssl; TLS keepalive_timeout 0; location / { return 200; }", certificate=(chain, key))
    world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    job = world.insert("expiring", next_run_at=after(0.5), interval=200, maxAttempts=100, retryBackoff=QUICKLY,
                       delivery=hook(f"https://localhost:{nginx.port}/"))
    world.wait_for_runs(job, 3, status="completed", timeout=5)
    world.eventually(
        lambda: any(row.get("error", "").startswith("certificate: ")
                    for run in world.runs_of(job) for row in run.get("attempts", [])),
        15, "the certificate to have run out")
    certify(86_400)
    nginx.reload()
    ended = now()
    world.eventually(
        lambda: [run for run in world.runs_of(job, status="completed") if run["scheduledTime"] > ended], 15, "it to go on")
    world.update(job, enabled=False)
    world.eventually(lambda: not world.runs_of(job, status="running") + world.runs_of(job, status="pending"), 15, "all runs to end")
    assert {run["status"] for run in world.runs_of(job)} == {"completed"}


# Hosts that swallow, and many that are slow


@pytest.mark.alone
def test_one_host_of_a_hundred_that_swallows_everything_delays_no_other(world):
    receiver = world.closing(Receiver(host="0.0.0.0"))
    port = receiver.server.server_port
    pit = socket.create_server(("127.1.9.9", free_port()), backlog=4096)
    scheduler = world.scheduler(HEALTH_ADDRESS="127.0.0.1:0")
    jobs = [world.insert(f"host-{number}", next_run_at=after(2 + number / 100), interval=1000,
                         delivery=hook(f"http://127.1.1.{number + 1}:{port}/")) for number in range(99)]
    swallowed = [world.insert(f"pit-{number}", next_run_at=after(3600), interval=500, allow_concurrent_runs=True,
                              delivery=hook(f"http://127.1.9.9:{pit.getsockname()[1]}/", timeout=5000)) for number in range(40)]

    def p99():
        begin = time.time() + 0.5
        time.sleep(6)
        slots = {str(run["_id"]): seconds(run["scheduledTime"]) for run in world.all_runs(status="completed")}
        lags = [(request["at"] - slots[request["headers"]["Idempotency-Key"]]) * 1000 for request in list(receiver.requests)
                if request["headers"]["Idempotency-Key"] in slots and request["at"] > begin]
        assert len(lags) > 300
        return statistics.quantiles(lags, n=100)[98]

    world.wait_for_runs(jobs[-1], 1, status="completed")
    alone = p99()
    world.update(*swallowed, nextRunAt=after(0.2))
    world.eventually(lambda: Metrics(scheduler).value("http_requests_in_flight") >= 32, 10, "the pit to be full")
    besides = []
    while not besides or besides[-1] > alone + 10:  # a machine has its moments
        assert len(besides) < 4, (alone, besides)
        besides.append(p99())
    pit.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_512_slow_hosts_are_waited_for_in_little_memory_and_handed_over_by_a_stop(world, scheme):
    release, authority = threading.Event(), Authority(world.folder)
    addresses = [f"127.2.{1 + number // 128}.{1 + number % 128}" for number in range(512)]
    receiver = world.closing(Receiver(lambda request: release.wait(60) and (200, {}, b"") or (200, {}, b""), host="0.0.0.0"))
    port, settings = receiver.server.server_port, {"HEALTH_ADDRESS": "127.0.0.1:0"}
    if scheme == "https":
        nginx = Nginx(world, f"listen 0.0.0.0:PORT ssl; TLS location / {{ proxy_pass http://127.0.0.1:{port}; }}",
                      certificate=authority.issue(*addresses), connections=2048)
        port = nginx.port
        settings["HTTP_TLS_FILE"] = tls_file(world, **{"127.2.1.1": {"authorities": authority.path}} | {
            address: {"authorities": authority.path} for address in addresses})
    program = world.scheduler(**settings)
    slot = after(4)
    for number, address in enumerate(addresses):
        world.insert(f"slow-{number}", next_run_at=slot, delivery=hook(f"{scheme}://{address}:{port}/", timeout=60_000))
    world.eventually(lambda: len(receiver.requests) == 512, 30, "512 requests in flight", every=0.2)
    assert Metrics(program).value("http_requests_in_flight") == 512
    # A client for each host costs TLS 100 KiB beside the connection.
    assert program.rss_bytes() <= (120 if scheme == "http" else 170) << 20, f"{program.rss_bytes() >> 20} MiB"
    code, took = program.term_and_wait(15)
    assert code == 0 and took < 10, (code, took)
    release.set()
    world.scheduler(**settings)
    world.eventually(lambda: len(world.all_runs(status="completed")) == 512, 60, "all runs to be made good", every=0.5)
    ids = [request["headers"]["Idempotency-Key"] for request in receiver.requests]
    assert set(ids) == {str(run["_id"]) for run in world.all_runs()} and len(ids) == 1024
