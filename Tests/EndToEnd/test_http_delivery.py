# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Runs that are HTTP requests (contract, 9): a receiver of Python's standard library, the Scheduler from outside."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

from harness import bus
from harness.documents import after, present, seconds
from harness.environment import REPOSITORY
from harness.receiver import Receiver


@pytest.fixture
def receiver(world):
    receiver = Receiver()
    world.closing(receiver)
    return receiver


def http(receiver, **fields):
    return {"http": {"url": receiver.url} | fields}


@pytest.mark.both_stores(bus="none")
def test_a_run_is_one_request_and_its_answer_the_result(world, receiver):
    receiver.answer = lambda request: (200, {"Content-Type": "application/json"}, b'{"done": [1]}')
    job = world.insert(
        "hook", next_run_at=after(1), delivery=http(receiver, headers={"X-Team": "ops"}), payload={"n": 1})
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=10)
    [request] = receiver.requests
    assert (request["method"], request["path"]) == ("POST", "/hook?a=%20b")
    assert json.loads(request["body"]) == {"n": 1}
    headers = request["headers"]
    assert headers["X-Team"] == "ops" and headers["Content-Type"] == "application/json"
    assert re.fullmatch(r"simple-scheduler/\S+", headers["User-Agent"])
    assert headers["Idempotency-Key"] == headers["Simple-Scheduler-Run-Id"] == str(run["_id"])
    assert headers["Simple-Scheduler-Job"] == job and headers["Simple-Scheduler-Attempt"] == "1"
    assert headers["Simple-Scheduler-Action"] == "run"
    assert headers["Simple-Scheduler-Scheduled-Time"] == run["scheduledTime"].strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{run['scheduledTime'].microsecond // 1000:03}Z")
    assert run["result"] == {"done": [1]} and present(run["startTime"]) and "deadline" not in run
    assert -0.05 < request["at"] - seconds(run["scheduledTime"]) < 1


def test_a_job_that_leaves_by_http_has_no_objects_at_the_broker(world, receiver):
    job = world.insert("bare", next_run_at=after(1), delivery=http(receiver))
    world.scheduler()
    world.wait_for_runs(job, 1, status="completed", timeout=10)
    assert world.broker.depth(bus.part(job, "action")) is None


@pytest.mark.both_stores(bus="none")
def test_a_failure_is_tried_again_under_the_same_key_and_a_4xx_is_not(world, receiver):
    receiver.answer = lambda request: (
        (503, {}, b"not\nnow") if request["headers"]["Simple-Scheduler-Attempt"] == "1" else (404, {}, b"no such thing"))
    job = world.insert(
        "retried", next_run_at=after(1), delivery=http(receiver), maxAttempts=5,
        retryBackoff={"initial": 300, "factor": 1, "max": 300})
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="failed", timeout=10)
    first, second = receiver.requests
    assert first["headers"]["Idempotency-Key"] == second["headers"]["Idempotency-Key"] == str(run["_id"])
    assert [(row["status"], row["error"]) for row in run["attempts"]] == [
        ("failed", "HTTP 503: not now"), ("failed", "HTTP 404: no such thing")]
    time.sleep(1)
    assert len(receiver.requests) == 2


@pytest.mark.both_stores(bus="none")
def test_what_cannot_be_reached_or_takes_too_long_says_so_in_one_line(world, receiver):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    receiver.answer = lambda request: time.sleep(3)
    jobs = {
        world.insert("refused", next_run_at=after(1), delivery={"http": {"url": f"http://127.0.0.1:{port}/"}}):
            "connection refused",
        world.insert("unknown", next_run_at=after(1), delivery={"http": {"url": "http://nobody.invalid/"}}):
            "name not found: nobody.invalid",
        world.insert("slow", next_run_at=after(1), delivery=http(receiver, timeout=700)): "timeout after 0.7 s",
    }
    world.scheduler()
    for job, error in jobs.items():
        [run] = world.wait_for_runs(job, 1, status="failed", timeout=15)
        assert run["error"] == error


@pytest.mark.both_stores(bus="none")
def test_a_cancel_breaks_the_request_off_and_ends_the_run_at_once(world, receiver):
    broken = threading.Event()

    def answer(request):
        broken.wait(20)
        return 200, {}, b""

    receiver.answer = answer
    job = world.insert("cancelled", next_run_at=after(1), delivery=http(receiver))
    late = world.insert("late", next_run_at=after(1), delivery=http(receiver), run_execution_timeout=800)
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="running", timeout=10)
    start = time.time()
    world.user().cancel(run["_id"])
    world.wait_for_runs(job, 1, status="cancelled", timeout=5)
    assert time.time() - start < 3
    [run] = world.wait_for_runs(late, 1, status="cancelled", timeout=10)
    assert "800 ms" in run["error"]
    # What was seen of it until it was broken off.
    [attempt] = run["attempts"]
    assert attempt["status"] == "cancelled" and attempt["http"]["address"] == "127.0.0.1" and attempt["http"]["total"] > 500
    broken.set()


@pytest.mark.both_stores(bus="none")
def test_a_request_that_dies_with_its_scheduler_is_sent_again_under_the_same_key(world, receiver):
    hold = threading.Event()

    def answer(request):
        if len(receiver.requests) == 1:
            hold.wait(30)
        return 200, {}, b"again"

    receiver.answer = answer
    job = world.insert("made-good", next_run_at=after(1), delivery=http(receiver))
    first = world.scheduler()
    world.custodian()
    world.eventually(lambda: receiver.requests, 10, "the request")
    world.wait_for_runs(job, 1, status="running", timeout=5)
    first.kill9()
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=30)
    one, two = receiver.requests
    assert one["headers"]["Idempotency-Key"] == two["headers"]["Idempotency-Key"] == str(run["_id"])
    assert two["headers"]["Simple-Scheduler-Attempt"] == "2" and run["result"] == "again"
    assert [row["status"] for row in run["attempts"]] == ["lost", "completed"]
    hold.set()


@pytest.mark.both_stores(bus="none")
def test_a_stop_waits_for_the_answer(world, receiver):
    def answer(request):
        time.sleep(1.5)
        return 200, {}, b"done"

    receiver.answer = answer
    job = world.insert("stopped", next_run_at=after(1), delivery=http(receiver))
    scheduler = world.scheduler()
    world.eventually(lambda: receiver.requests, 10, "the request")
    code, _ = scheduler.term_and_wait()
    assert code == 0
    assert [run["status"] for run in world.runs_of(job)] == ["completed"] and len(receiver.requests) == 1


@pytest.mark.both_stores(bus="none")
def test_a_slow_host_holds_up_nobody_else(world, receiver):
    release = threading.Event()

    def answer(request):
        release.wait(20)
        return 200, {}, b""

    receiver.answer = answer
    quick = Receiver()
    world.closing(quick)
    slow = [world.insert(f"slow-{n}", next_run_at=after(1), delivery=http(receiver)) for n in range(80)]
    job = world.insert("quick", next_run_at=after(2), interval=100, delivery=http(quick))
    world.scheduler()
    world.wait_for_runs(job, 20, status="completed", timeout=10)
    assert len(receiver.requests) == 32
    release.set()
    for name in slow:
        world.wait_for_runs(name, 1, status="completed", timeout=20)


@pytest.mark.both_stores(bus="none")
def test_the_example_receiver_does_what_its_page_says(world):
    script = world.script(
        [sys.executable, "-u", str(REPOSITORY / "examples" / "http-worker" / "worker.py"), "--port", "0"], "http-worker")
    line = world.eventually(lambda: re.search(r"http://127\.0\.0\.1:\d+/", script.log()), 10, "its address")
    job = world.insert(
        "example", next_run_at=after(1), delivery={"http": {"url": line.group()}}, payload={"seconds": 0.2})
    failing = world.insert(
        "failing", next_run_at=after(1), delivery={"http": {"url": line.group()}}, payload={"fail": "no paper"})
    world.scheduler()
    [run] = world.wait_for_runs(job, 1, status="completed", timeout=10)
    assert "0.2" in run["result"]["greeting"]
    [run] = world.wait_for_runs(failing, 1, status="failed", timeout=10)
    assert run["error"] == 'HTTP 500: {"error": "RuntimeError: no paper"}'


@pytest.mark.both_stores(bus="none")
def test_the_api_takes_a_delivery_and_refuses_bad_ones_with_their_path(world, receiver):
    client = world.api_client()
    name = world.name("through-api")
    answer = client.post("/api/jobs", {
        "name": name, "interval": 1000, "delivery": {"http": {"url": receiver.url, "timeout": 5000}}})
    assert answer.status_code == 201, answer.text
    world.scheduler()
    world.wait_for_runs(name, 1, status="completed", timeout=10)
    for delivery, field in (
        ({"http": {"url": "ftp://h/"}}, "delivery.http.url"),
        ({"http": {"url": "http://u:p@h/"}}, "delivery.http.url"),
        ({"http": {"url": "http://h/", "headers": {"Host": "x"}}}, "delivery.http.headers.Host"),
        ({"http": {"url": "http://h/", "signingSecrets": ["whsec_x"]}}, "delivery.http.signingSecrets"),
        ({"http": {"url": "http://h/${host}"}}, "delivery.http.url"),
        ({"worker": {"pool": ".p"}}, "delivery.worker.pool"),
    ):
        answer = client.patch(f"/api/jobs/{name}", {"delivery": delivery})
        assert answer.status_code == 422 and field in answer.text, answer.text


SECRETS = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "an older secret of ours"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RECEIVERS = {
    "python": ([sys.executable, "-"], """
import json, sys
for request in json.load(open(sys.argv[1])):
    print(verify(request["headers"], request["body"].encode(), request["secrets"]))
"""),
    "javascript": (["node", "--input-type=module", "-"], """
import { readFileSync } from "node:fs";
for (const { headers, body, secrets } of JSON.parse(readFileSync(process.argv[2])))
  console.log(verify(headers, Buffer.from(body), secrets) ? "True" : "False");
"""),
    "go": (["go", "run", "."], """
package main

import ("encoding/json"; "fmt"; "net/http"; "os")

func main() {
	var requests []struct { Headers map[string]string; Body string; Secrets []string }
	text, err := os.ReadFile(os.Args[1])
	if err != nil { panic(err) }
	if err = json.Unmarshal(text, &requests); err != nil { panic(err) }
	for _, request := range requests {
		header := http.Header{}
		for name, value := range request.Headers { header.Set(name, value) }
		if Verify(header, []byte(request.Body), request.Secrets) { fmt.Println("True") } else { fmt.Println("False") }
	}
}
"""),
}


@pytest.mark.both_stores(bus="none")
def test_secrets_sign_each_attempt_and_are_shown_nowhere(world, receiver, tmp_path):
    receiver.answer = lambda request: (
        (503, {}, b"") if request["headers"]["Simple-Scheduler-Attempt"] == "1" else (200, {}, b""))
    client = world.api_client()
    name = world.name("signed")
    url = receiver.url.replace("/hook", "/hook/${jobName}/${slot:%Y-%m}")
    answer = client.post("/api/jobs", {
        "name": name, "interval": 3_600_000, "payload": {"n": "\u00e9"}, "maxAttempts": 2,
        "retryBackoff": {"initial": 1200, "factor": 1, "max": 1200},
        "delivery": {"http": {"url": url, "secretHeaders": {"Authorization": "Bearer hush"}, "signingSecrets": SECRETS,
                              "headers": {"X-Run": "${runId}"}}}})
    assert answer.status_code == 201, answer.text
    scheduler = world.scheduler()
    [run] = world.wait_for_runs(name, 1, status="completed", timeout=15)
    first, second = receiver.requests
    month = run["scheduledTime"].strftime("%Y-%m")
    for request in first, second:
        assert request["path"] == f"/hook/{name}/{month}?a=%20b"
        assert request["headers"]["Authorization"] == "Bearer hush" and request["headers"]["X-Run"] == str(run["_id"])
        assert request["headers"]["webhook-id"] == request["headers"]["Idempotency-Key"] == str(run["_id"])
        assert abs(request["at"] - int(request["headers"]["webhook-timestamp"])) < 2
    assert first["headers"]["webhook-timestamp"] != second["headers"]["webhook-timestamp"]

    for text in (client.get(f"/api/jobs/{name}").text, client.get("/api/jobs").text, scheduler.log()):
        assert "hush" not in text and "MfKQ" not in text and "older secret" not in text
    assert client.get(f"/api/jobs/{name}").json()["delivery"]["http"]["signingSecrets"] == 2
    verify_as_the_page_says(second, tmp_path)


def verify_as_the_page_says(request, folder):
    """The functions of the page say the same of a request and of its forgeries."""
    headers = {name.lower(): value for name, value in request["headers"].items()}
    good = {"headers": headers, "body": request["body"].decode(), "secrets": SECRETS}
    old = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 400)}
    trials = [
        (good, True), (good | {"secrets": SECRETS[:1]}, True), (good | {"secrets": ["unknown to us", SECRETS[1]]}, True),
        (good | {"secrets": ["unknown to us all"]}, False), (good | {"secrets": []}, False),
        (good | {"body": good["body"] + " "}, False), (good | {"headers": headers | {"webhook-id": "other"}}, False),
        (good | {"headers": old}, False), (good | {"headers": headers | {"webhook-timestamp": "soon"}}, False),
        (good | {"headers": headers | {"webhook-signature": "v1,\u00e9"}}, False), (good | {"headers": {}}, False),
    ]
    file = folder / "requests.json"
    file.write_text(json.dumps([request for request, _ in trials]))
    page = (REPOSITORY / "docs" / "http-delivery.md").read_text(encoding="utf-8")
    code = {match[1]: match[2] for match in FENCE.finditer(page)}
    for language, (command, main) in RECEIVERS.items():
        if shutil.which(command[0]) is None:
            print(f"skipped: the function in {language}, for there is no {command[0]}")
            continue
        if language == "go":
            # A program of two files, which is built somewhere.
            for name, text in (("go.mod", "module receiver\n"), ("main.go", main), ("verify.go", code["go"])):
                (folder / name).write_text(text.replace("package receiver", "package main"))
        result = subprocess.run(
            [*command, str(file)], input=code[language] + main, capture_output=True, text=True, timeout=60, cwd=folder,
            env=os.environ | {"GOCACHE": str(folder / "go-cache"), "GOFLAGS": "-mod=mod"})
        assert result.returncode == 0, result.stderr
        assert result.stdout.split() == [str(expected) for _, expected in trials], language


@pytest.mark.both_stores(bus="none")
def test_a_delivery_can_be_tried(world, receiver):
    receiver.answer = lambda request: (418, {"X-Pot": "tea"}, b"short and stout")
    client = world.api_client()
    delivery = {"http": {"url": receiver.url, "signingSecrets": SECRETS, "timeout": 5000}}
    answer = client.post("/api/deliveries/test", {"delivery": delivery, "payload": "hello"})
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["status"], seen["error"], seen["headers"]["x-pot"]) == (418, "HTTP 418: short and stout", "tea")
    [request] = receiver.requests
    assert request["body"] == b"hello" and request["headers"]["webhook-signature"].count("v1,") == 2
    assert client.post("/api/deliveries/test", {"delivery": {"worker": {}}}).status_code == 422


@pytest.mark.both_stores(bus="none")
def test_a_job_has_no_more_requests_in_flight_than_it_may(world, receiver):
    release = threading.Event()

    def answer(request):
        release.wait(20)
        return 200, {}, b""

    receiver.answer = answer
    job = world.insert(
        "bounded", next_run_at=after(1), interval=100, allow_concurrent_runs=True, delivery=http(receiver, maxConcurrent=2))
    other = world.insert("other", next_run_at=after(2), delivery=http(receiver))
    world.scheduler()
    world.eventually(lambda: [r for r in receiver.requests if r["headers"]["Simple-Scheduler-Job"] == other], 10, "the other")
    time.sleep(1)
    assert len([r for r in receiver.requests if r["headers"]["Simple-Scheduler-Job"] == job]) == 2
    release.set()
    world.wait_for_runs(job, 10, status="completed", timeout=10)
