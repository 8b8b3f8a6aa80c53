# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""`promote`: from one process with its file to Schedulers over MongoDB, with nothing lost and nothing doubled."""

import sqlite3
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pymongo.uri_parser
import pytest

from harness.checks import check_contiguous, check_messages
from harness.documents import after
from harness.programs import clean_environment, gone, run_once
from harness.proxy import Proxy
from harness.standalone import Standalone
from harness.waiting import eventually
from harness.worker import complete

INTERVAL = 1000
JOBS = 24


class Receiver:
    """Counts requests by run; `delay` holds each back."""

    def __init__(self, delay=0.0):
        self.requests, self.lock, self.delay, receiver = [], threading.Lock(), delay, self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with receiver.lock:
                    receiver.requests.append((self.headers["Simple-Scheduler-Job"], self.headers["Idempotency-Key"]))
                time.sleep(receiver.delay)
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def runs_of(self, job):
        with self.lock:
            return [run for name, run in self.requests if name == job]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver(world):
    return world.closing(Receiver())


@pytest.fixture
def start(world, tmp_path):
    """Starts standalone with the broker, all of a test with one data folder."""
    begun = []

    def start(*arguments, wait=True, **settings):
        settings = {"MESSAGEBUS_CONNECTION_STRING": world.environment.rabbitmq} | settings
        program = Standalone(world.environment, tmp_path, f"standalone-{len(begun) + 1}", *arguments, **settings)
        begun.append(program)
        return program.begin() if wait else program.start()

    yield start
    for program in begun:
        program.end()
        assert "Fatal error" not in program.log(), program.tail()


def server(world):
    """The address without the name of a database."""
    head, _, options = world.environment.mongodb.partition("?")
    return head.rstrip("/"), f"?{options}" if options else ""


def uri(world, database=None, user=""):
    head, options = server(world)
    scheme, _, rest = head.partition("://")
    hosts = rest.split("/")[0]
    return f"{scheme}://{user}{hosts}/{database or world.db.name}{options}"


def promote(program, target, *arguments, text="", wait=True, **settings):
    """Runs the command beside the program, or begins to."""
    process = subprocess.Popen(
        [program.path, "promote", "--data", program.data, *arguments, target], cwd=program.folder,
        env=clean_environment({f"SIMPLE_SCHEDULER_{name}": value for name, value in settings.items()}),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if not wait:
        return process
    process.stdout_text, process.stderr_text = process.communicate(text, timeout=120)
    return process


def add(client, name, **fields):
    answer = client.post("/api/jobs", {"name": name, "interval": INTERVAL, "allowConcurrentRuns": True} | fields)
    assert answer.status_code == 201, answer.text


def load(world, client, receiver, anchor, jobs=JOBS):
    """Half of the jobs over HTTP, half to a worker; every missed slot is made up for, so that each of them counts."""
    names = [world.name(f"job-{number}") for number in range(jobs)]
    slot = anchor.isoformat(timespec="milliseconds") + "Z"
    for number, name in enumerate(names):
        delivery = {"delivery": {"http": {"url": receiver.url}}} if number % 2 else {}
        add(client, name, nextRunAt=slot, misfirePolicy="all", maxCatchUp=10_000, **delivery)
    return names[1::2], names[::2]


def check_all(world, receiver, worker, by_http, by_worker, anchor):
    """Each job has one run for each slot, each run left once or, after a crash, more often, and all have ended."""
    for name in by_http + by_worker:
        found = world.runs_of(name)
        check_contiguous(found, anchor, INTERVAL, first=0)
        assert {run["status"] for run in found} == {"completed"}, name
    for name in by_http:
        known = {str(run["_id"]) for run in world.runs_of(name)}
        assert known == set(receiver.runs_of(name)), name
    check_messages([run for name in by_worker for run in world.runs_of(name)], worker.actions, exactly_once=False)


def settle(world, names):
    """No more slots; everything that was begun has ended."""
    world.jobs.update_many({}, {"$set": {"enabled": False}})
    world.eventually(
        lambda: not world.runs.count_documents({"status": {"$in": ["pending", "running", "cancelling"]}}), 30,
        "all runs to end")


def test_under_load_no_slot_is_lost_or_doubled(world, start, receiver):
    program = start()
    client = program.client()
    anchor = after(6).replace(microsecond=0)
    by_http, by_worker = load(world, client, receiver, anchor)
    worker = world.worker(by_worker, complete)
    add(client, world.name("deleted"), nextRunAt="2100-01-01T00:00:00Z")
    add(client, world.name("off"), enabled=False, labels={"team": "ops"}, description="x")
    manual = client.post(
        f"/api/jobs/{by_http[0]}/run", {"payload": 1}, headers={"Idempotency-Key": "k"})
    assert manual.status_code == 201, manual.text
    eventually(lambda: len(receiver.runs_of(by_http[-1])) >= 5, 30, "runs")
    world.scheduler()
    refused = promote(program, uri(world))
    assert refused.returncode == 1 and "is not empty" in refused.stderr_text, refused.stderr_text
    assert program.is_running and client.get("/api/jobs").ok
    world.settle()
    world.client.drop_database(world.db.name)

    done = promote(program, uri(world))
    assert done.returncode == 0, (done.stdout_text, done.stderr_text)
    assert f"moved {JOBS + 2} jobs" in done.stdout_text and world.db.name in done.stdout_text, done.stdout_text
    gone(program)
    assert program.exit_code == 0, program.tail()
    assert world.jobs.count_documents({"managerId": {"$exists": True}}) == 0
    assert world.jobs.count_documents({}) == JOBS + 2 and world.db.promotion.count_documents({}) == 0
    epochs = {job["_id"]: job["lockEpoch"] for job in world.jobs.find({"_id": {"$in": by_http + by_worker}})}
    before = {name: len(world.runs_of(name)) for name in by_http + by_worker}
    assert min(before.values()) >= 5

    world.scheduler()
    world.wait_until_owned(*by_http, *by_worker, timeout=15)
    for job in world.jobs.find({"_id": {"$in": list(epochs)}}):
        assert job["lockEpoch"] > epochs[job["_id"]]
    for name in by_http + by_worker:
        world.wait_for_runs(name, before[name] + 5, timeout=30)
    off = world.job(world.name("off"))
    assert off["labels"] == {"team": "ops"} and not off["enabled"] and off["description"] == "x"
    world.runs.delete_one({"trigger": "manual"})
    settle(world, by_http + by_worker)
    with receiver.lock:
        receiver.requests = [request for request in receiver.requests if request[1] != manual.json()["id"]]
    check_all(world, receiver, worker, by_http, by_worker, anchor)

    again = start(wait=False)
    assert again.wait(10) == 78 and "were moved to the database" in again.log(), again.log()
    once_more = promote(program, uri(world))
    assert once_more.returncode == 0 and "already" in once_more.stdout_text, once_more.stderr_text
    backup = program.care("backup", program.folder / "backup.db")
    assert backup.returncode == 0 and "were moved to" in backup.stdout, backup
    assert program.care("restore", program.folder / "backup.db", "--force").returncode == 0
    back = start()
    assert len(back.client().get("/api/jobs?limit=1000").json()) == JOBS + 2, "the way back"


def test_killed_at_any_moment_it_can_be_run_again(world, start, receiver):
    program = start()
    anchor = after(4).replace(microsecond=0)
    by_http, by_worker = load(world, program.client(), receiver, anchor, jobs=12)
    worker = world.worker(by_worker, complete)
    eventually(lambda: len(receiver.runs_of(by_http[-1])) >= 3, 30, "runs")
    # In the process that fires, then in the command alone.
    for delay in (0.0, 0.05, 0.15, 0.4):
        command = promote(program, uri(world), wait=False)
        eventually(lambda: world.db.promotion.count_documents({}) or not program.is_running, 20, "the mark", every=0.001)
        time.sleep(delay)
        program.kill9()
        command.communicate(timeout=30)
        moved = sqlite3.connect(f"file:{program.data}/simple-scheduler.db?mode=ro", uri=True).execute(
            "SELECT promoted_at FROM promotion").fetchone()[0]
        if moved is not None:
            break
        program = start()
        before = len(receiver.runs_of(by_http[0]))
        eventually(lambda: len(receiver.runs_of(by_http[0])) > before, 20, "it goes on")
    if program.is_running:
        program.kill9()
    for delay in (0.05, 0.1, 0.2, 0.4):
        command = promote(program, uri(world), wait=False)
        time.sleep(delay)
        command.kill()
        command.communicate(timeout=30)
    waiting = world.scheduler(wait=False)
    done = promote(program, uri(world))
    assert done.returncode == 0, (done.stdout_text, done.stderr_text)
    world.wait_until_owned(*by_http, *by_worker, timeout=15)
    assert waiting.is_running
    for name in by_http + by_worker:
        count = len(world.runs_of(name))
        world.wait_for_runs(name, count + 3, timeout=30)
    settle(world, by_http + by_worker)
    check_all(world, receiver, worker, by_http, by_worker, anchor)


def test_a_server_that_goes_away_in_the_middle_is_waited_for(world, start, receiver):
    program = start()
    anchor = after(4).replace(microsecond=0)
    by_http, by_worker = load(world, program.client(), receiver, anchor, jobs=6)
    worker = world.worker(by_worker, complete)
    eventually(lambda: len(receiver.runs_of(by_http[-1])) >= 3, 30, "runs")
    address = pymongo.uri_parser.parse_uri(world.environment.mongodb)["nodelist"][0]
    proxy = world.closing(Proxy(*address).open())
    through = f"mongodb://127.0.0.1:{proxy.port}/{world.db.name}?directConnection=true&serverSelectionTimeoutMS=500"
    held = proxy.hold(rb"insert.*runs|update.*runs", "request")
    command = promote(program, through, wait=False)
    assert held.wait(20), "the runs are on their way"
    proxy.close()
    time.sleep(3)  # An outage; the first attempts fail in it.
    assert program.is_running
    proxy.open()
    out, errors = command.communicate(timeout=60)
    assert command.returncode == 0, (out, errors)
    assert "trying again" in out and "moved 6 jobs" in out, out
    gone(program)
    world.scheduler()
    world.wait_until_owned(*by_http, *by_worker, timeout=15)
    for name in by_http + by_worker:
        count = len(world.runs_of(name))
        world.wait_for_runs(name, count + 3, timeout=30)
    settle(world, by_http + by_worker)
    check_all(world, receiver, worker, by_http, by_worker, anchor)


def test_a_request_in_flight_ends_first(world, start):
    slow = world.closing(Receiver(delay=8))
    program = start()
    name = world.name("slow")
    add(program.client(), name, interval=0, nextRunAt=after(0.5).isoformat(timespec="milliseconds") + "Z",
        delivery={"http": {"url": slow.url}})
    eventually(lambda: slow.runs_of(name), 10, "the request")
    done = promote(program, uri(world))
    assert done.returncode == 0, done.stderr_text
    assert done.stdout_text.count("requests in flight") >= 5, "how far it is, each second"
    [run] = world.runs_of(name)
    assert run["status"] == "completed" and len(slow.runs_of(name)) == 1


def test_a_password_is_shown_nowhere(world, start, tmp_path):
    program = start()
    add(program.client(), world.name("a"), nextRunAt="2100-01-01T00:00:00Z")
    bad = uri(world, user="nobody:s3cr3t@")
    bad += ("&" if "?" in bad else "?") + "serverSelectionTimeoutMS=2000"
    file = tmp_path / "uri"
    file.write_text(f"\n{bad}\n")
    for arguments, text, code in (
            ([f"@{file}"], "", 1), (["-"], bad + "\n", 1), ([bad], "", 1), ([bad, bad], "", 64),
            ([bad.replace("mongodb://", "mongodb:/")], "", 64), ([bad.replace("mongodb:", "postgresql:")], "", 64)):
        result = promote(program, arguments[0], *arguments[1:], text=text)
        assert result.returncode == code, (arguments, result.stdout_text, result.stderr_text)
        assert "s3cr3t" not in result.stdout_text + result.stderr_text
        assert len(result.stderr_text.strip()) > 20
    for words in (["promte", bad], ["--data", program.data, "promote", bad]):
        result = run_once(program.path, *words, folder=program.folder)
        assert result.returncode == 64 and "s3cr3t" not in result.stdout + result.stderr, result
    assert program.is_running and "s3cr3t" not in program.log()
    assert "refuses us" in promote(program, bad).stderr_text
    away = promote(program, "mongodb://nobody:s3cr3t@127.0.0.1:1/x?serverSelectionTimeoutMS=500")
    assert away.returncode == 1 and "mongodb://***@127.0.0.1:1/x cannot be reached" in away.stderr_text, away.stderr_text
    assert program.is_running and program.client().get("/api/jobs").ok, "nothing has stopped"


def test_the_name_of_the_database_and_a_file_with_the_address(world, start, tmp_path):
    program = start(MESSAGEBUS_CONNECTION_STRING="amqp://127.0.0.1:1/")
    add(program.client(), world.name("a"), nextRunAt="2100-01-01T00:00:00Z")
    program.term_and_wait()
    head, options = server(world)
    file = tmp_path / "uri"
    file.write_text(f"{head}/{options}\n")
    done = promote(program, f"@{file}", DB_NAME=world.db.name)
    assert done.returncode == 0, done.stderr_text
    assert world.jobs.count_documents({}) == 1
    elsewhere = promote(program, uri(world, database=world.db.name + "_2"))
    assert elsewhere.returncode == 1 and "were moved to" in elsewhere.stderr_text


def test_without_data_or_with_damaged_ones_nothing_is_moved(world, start, tmp_path):
    program = start()
    program.term_and_wait()
    nowhere = run_once(program.path, "promote", "--data", tmp_path / "nowhere", uri(world), folder=program.folder)
    assert nowhere.returncode == 1 and "there is no database" in nowhere.stderr, nowhere
    damaged = program.data / "simple-scheduler.db"
    content = bytearray(damaged.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    damaged.write_bytes(content)
    result = promote(program, uri(world))
    assert result.returncode == 1 and "damaged" in result.stderr_text, result.stderr_text
    assert world.db.list_collection_names() == []


def test_help(world, tmp_path):
    result = run_once(
        world.environment.binaries / Standalone.executable, "promote", "--help", folder=tmp_path)
    assert result.returncode == 0 and "@FILE" in result.stdout and "--data" in result.stdout, result
