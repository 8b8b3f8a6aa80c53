# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Runs that are HTTP requests, to receivers that nobody here wrote: Flask, Python's file server, nginx with TLS and HTTP/2, and
through a proxy."""

import gzip
import json
import re
import time

import pytest

from harness.authority import Authority
from harness.documents import after
from harness.environment import REPOSITORY
from harness.receiver import Receiver
from harness.strangers import FileServer, Flask, Nginx, Tinyproxy

pytestmark = pytest.mark.without_servers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OK = "location / { return 200 '{\"front\": true}'; default_type application/json; }"


@pytest.fixture(scope="module")
def store():
    return "sqlite-none"


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def hook(url, **fields):
    return {"http": {"url": url} | fields}


def verify_of_the_page():
    page = (REPOSITORY / "docs" / "http-delivery.md").read_text(encoding="utf-8")
    return re.search(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)[1]


def tls_file(world, **hosts):
    path = world.folder / "hosts.yaml"
    path.write_text(json.dumps({host: {name: str(path) for name, path in entry.items()} for host, entry in hosts.items()}))
    return path


def end_of(world, job, status="completed", timeout=15):
    [run] = world.wait_for_runs(job, 1, status=status, timeout=timeout)
    return run


def test_flask_verifies_each_attempt_and_answers_as_flask_does(world):
    flask = Flask(world, verify_of_the_page())
    world.scheduler()
    soon = {"next_run_at": after(1)}
    backoff = {"initial": 100, "factor": 1, "max": 100}
    signed = world.insert(
        "signed", **soon, payload={"n": [1, None, "\u00e9\u2028"]}, maxAttempts=3, retryBackoff=backoff,
        delivery=hook(flask.url + "/signed/${jobName}", signingSecrets=["an older secret of ours", SECRET]))
    forged = world.insert("forged", **soon, payload={}, delivery=hook(flask.url + "/signed/x", signingSecrets=["another secret of ours"]))
    methods = {name: world.insert(name.lower(), **soon, delivery=hook(flask.url + "/any?a=%20b&c", method=name))
               for name in ("GET", "PUT", "PATCH", "DELETE")}
    raising = world.insert("raising", **soon, delivery=hook(flask.url + "/raise"))
    stream = world.insert("stream", **soon, delivery=hook(flask.url + "/stream"))
    latin = world.insert("latin", **soon, delivery=hook(flask.url + "/latin"))
    refused = world.insert("refused", **soon, delivery=hook(flask.url + "/any"))

    run = end_of(world, signed)
    assert run["result"] == {
        "job": signed, "run": str(run["_id"]), "attempt": "2", "payload": {"n": [1, None, "\u00e9\u2028"]}}
    assert [row["http"]["status"] for row in run["attempts"]] == [503, 200]
    assert "HTTP 401" in end_of(world, forged, "failed")["error"]
    for name, job in methods.items():
        text = end_of(world, job)["result"]
        body = int(text.rsplit(" ", 1)[1])
        assert text.startswith(f"{name} {{'a': ' b', 'c': ''}} ") and (body > 0) == (name in ("PUT", "PATCH")), text
    run = end_of(world, raising, "failed")
    assert run["error"].startswith("HTTP 500: <!doctype html> ") and "\n" not in run["error"]
    assert end_of(world, stream)["result"] == "".join(f"line {number}\n" for number in range(5))
    assert end_of(world, latin)["result"] == "[4 bytes, not text]"
    run = end_of(world, refused, "failed")
    assert run["error"].startswith("HTTP 405: ") and run["attempts"][0]["http"]["status"] == 405


def test_pythons_file_server_gives_its_files(world):
    folder = world.folder / "files"
    folder.mkdir()
    (folder / "text.txt").write_text("plain")
    (folder / "object.json").write_text('{"a": 1}')
    (folder / "large.txt").write_text("x" * 3_000_000)
    (folder / "bytes.bin").write_bytes(bytes(range(256)) * 4)
    (folder / "packed.json.gz").write_bytes(gzip.compress(b"0" * 50_000_000))
    files = FileServer(world, folder)
    world.scheduler()
    soon = {"next_run_at": after(1)}
    jobs = {name: world.insert(f"get-{number}", **soon, delivery=hook(f"{files.url}/{name}", method="GET"))
            for number, name in enumerate(("text.txt", "object.json", "large.txt", "bytes.bin", "packed.json.gz", "none"))}
    post = world.insert("post", **soon, delivery=hook(files.url + "/text.txt"))
    assert end_of(world, jobs["text.txt"])["result"] == "plain"
    assert end_of(world, jobs["object.json"])["result"] == {"a": 1}
    large = end_of(world, jobs["large.txt"])["result"]
    assert large.endswith("x\u2026 [cut]") and 60_000 < len(large) <= 65_536
    assert end_of(world, jobs["bytes.bin"])["result"] == "[1024 bytes, not text]"
    assert re.fullmatch(r"\[\d+ bytes, not text\]", end_of(world, jobs["packed.json.gz"])["result"])
    assert end_of(world, jobs["none"], "failed")["error"].startswith("HTTP 404: ")
    run = end_of(world, post, "failed")
    assert run["error"].startswith("HTTP 501: ") and "\n" not in run["error"]


def test_nginx_speaks_http_2_to_us_behind_a_private_authority(world, authority):
    receiver = world.closing(Receiver(lambda request: (200, {"Content-Type": "application/json"}, b'{"behind": "nginx"}')))
    nginx = Nginx(world, f"""listen 127.0.0.1:PORT ssl http2; TLS
        location / {{ proxy_pass http://127.0.0.1:{receiver.server.server_port}; proxy_set_header Host $http_host; }}""",
        certificate=authority.issue("localhost"))
    world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    job = world.insert("front", next_run_at=after(1), interval=100, payload={"n": 1},
                       delivery=hook(f"https://localhost:{nginx.port}/hook?${{attempt}}", signingSecrets=[SECRET]))
    other = world.insert("unknown-to-us", next_run_at=after(1), delivery=hook(f"https://127.0.0.1:{nginx.port}/"))
    runs = world.wait_for_runs(job, 12, status="completed", timeout=15)
    assert all(run["result"] == {"behind": "nginx"} and len(run["attempts"]) == 1 for run in runs)
    first = runs[0]["attempts"][0]["http"]
    assert first["status"] == 200 and first["address"] == "127.0.0.1" and first["tls"] > 0
    assert sum("tls" in run["attempts"][0]["http"] for run in runs) < len(runs), "no connection was used again"
    assert {line[0] for line in nginx.journal} == {"HTTP/2.0"} and len({line[4] for line in nginx.journal}) < len(nginx.journal)
    assert {request["headers"]["Host"] for request in receiver.requests} == {f"localhost:{nginx.port}"}
    assert {request["path"] for request in receiver.requests} == {"/hook?1"}
    assert end_of(world, other, "failed")["error"] == "certificate: nobody who is trusted vouches for it"


@pytest.mark.parametrize("fault, error", [
    ("expired", "certificate: nobody who is trusted vouches for it"),
    ("foreign", "certificate: nobody who is trusted vouches for it"),
    ("other host", "certificate: is for another host")])
def test_a_bad_certificate_of_nginx_is_one_line_and_nothing_is_sent(world, authority, fault, error):
    if fault == "expired":
        certificate = authority.issue("localhost", days=-1)
    elif fault == "foreign":
        certificate = Authority(world.folder).issue("localhost")
    else:
        certificate = authority.issue("localhost.example")
    nginx = Nginx(world, f"listen 127.0.0.1:PORT ssl; TLS\n{OK}", certificate=certificate)
    world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    job = world.insert("bad", next_run_at=after(1), maxAttempts=2, retryBackoff={"initial": 100, "factor": 1, "max": 100},
                       delivery=hook(f"https://localhost:{nginx.port}/"))
    run = end_of(world, job, "failed")
    assert run["error"] == error and len(run["attempts"]) == 2
    assert nginx.journal == []


@pytest.mark.parametrize("protocol", ["http2", ""])
def test_nginx_asks_for_a_certificate_and_gets_it(world, authority, protocol):
    nginx = Nginx(world, f"""listen 127.0.0.1:PORT ssl {protocol}; TLS
        ssl_client_certificate {authority.path}; ssl_verify_client on; {OK}""", certificate=authority.issue("localhost", "127.0.0.1"))
    certificate, key = authority.issue("our-scheduler")
    world.scheduler(HTTP_TLS_FILE=tls_file(
        world, localhost={"authorities": authority.path, "certificate": certificate, "key": key},
        **{"127.0.0.1": {"authorities": authority.path}}))
    job = world.insert("shown", next_run_at=after(1), delivery=hook(f"https://localhost:{nginx.port}/shown"))
    without = world.insert("without", next_run_at=after(1), delivery=hook(f"https://127.0.0.1:{nginx.port}/without"))
    assert end_of(world, job)["result"] == {"front": True}
    assert "No required SSL certificate" in end_of(world, without, "failed")["error"]
    assert [line[6] for line in nginx.journal if line[2] == "/shown"] == ['"CN=our-scheduler"']


@pytest.mark.parametrize("server", [
    "listen 127.0.0.1:PORT; keepalive_timeout 99ms;", "listen 127.0.0.1:PORT; keepalive_requests 3;",
    "listen 127.0.0.1:PORT ssl; TLS keepalive_timeout 99ms;",
    "listen 127.0.0.1:PORT ssl http2; TLS keepalive_timeout 99ms;",
    "listen 127.0.0.1:PORT ssl http2; TLS keepalive_requests 3;"], ids=["idle", "count", "tls-idle", "http2-idle", "http2-count"])
def test_connections_that_nginx_closes_cost_no_attempt(world, authority, server):
    """Those that it kept: just when the next request comes, or after so many."""
    nginx = Nginx(world, f"{server} {OK}", certificate=authority.issue("localhost") if "TLS" in server else None)
    world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    scheme = "https" if "TLS" in server else "http"
    jobs = [world.insert(f"kept-{number}", next_run_at=after(1 + number / 50), interval=100,
                         delivery=hook(f"{scheme}://localhost:{nginx.port}/")) for number in range(3)]
    for job in jobs:
        runs = world.wait_for_runs(job, 60, timeout=25)
        assert [(run.get("error"), run["status"]) for run in runs if run["status"] not in ("completed", "pending", "running")] == []


@pytest.mark.parametrize("protocol", ["http2", ""])
def test_nginx_can_be_reloaded_under_load(world, authority, protocol):
    nginx = Nginx(world, f"listen 127.0.0.1:PORT ssl {protocol}; TLS {OK}", certificate=authority.issue("localhost"))
    world.scheduler(HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
    jobs = [world.insert(f"reload-{number}", next_run_at=after(1 + number / 100), interval=50,
                         delivery=hook(f"https://localhost:{nginx.port}/")) for number in range(8)]
    world.wait_for_runs(jobs[0], 5, status="completed", timeout=15)
    for _ in range(6):
        nginx.reload()
        time.sleep(0.7)
    world.update(*jobs, enabled=False)
    world.eventually(lambda: not world.all_runs(status="running") and not world.all_runs(status="pending"), 15, "all runs to end")
    runs = [run for job in jobs for run in world.runs_of(job)]
    assert len(runs) > 200 and [(run["status"], run.get("error")) for run in runs if run["status"] != "completed"] == []


def test_what_nginx_packs_is_left_packed(world):
    (world.folder / "object.json").write_text(json.dumps({"n": "0" * 20_000}))
    nginx = Nginx(world, f"listen 127.0.0.1:PORT; location / {{ default_type application/json; root {world.folder}; }}",
                  http="gzip on; gzip_types application/json;")
    world.scheduler()
    plain = world.insert("plain", next_run_at=after(1), delivery=hook(f"http://127.0.0.1:{nginx.port}/object.json", method="GET"))
    asked = world.insert("asked", next_run_at=after(1), delivery=hook(
        f"http://127.0.0.1:{nginx.port}/object.json", method="GET", headers={"Accept-Encoding": "gzip"}))
    assert end_of(world, plain)["result"] == {"n": "0" * 20_000}, "nobody is asked to pack"
    assert re.fullmatch(r"\[\d\d\d? bytes, not text\]", end_of(world, asked)["result"])


def test_all_requests_go_through_the_proxy_that_is_named(world, authority):
    receiver = world.closing(Receiver())
    port = receiver.server.server_port
    nginx = Nginx(world, f"listen 127.0.0.1:PORT ssl http2; TLS {OK}", certificate=authority.issue("localhost"))
    for target in (port, nginx.port):
        proxy = Tinyproxy(world, target)
        world.scheduler(HTTP_PROXY=proxy.setting, HTTP_TLS_FILE=tls_file(world, localhost={"authorities": authority.path}))
        scheme = "http" if target == port else "https"
        jobs = {name: world.insert(f"{scheme}-{name}", next_run_at=after(1), delivery=hook(f"{scheme}://{host}:{number}/"))
                for name, host, number in (("open", "localhost", target), ("refused", "localhost", 9), ("unknown", "nobody.invalid", target))}
        run = end_of(world, jobs["open"])
        assert run["attempts"][0]["http"]["status"] == 200 and "address" not in run["attempts"][0]["http"]
        for name in ("refused", "unknown"):
            run = end_of(world, jobs[name], "failed", timeout=30)
            assert "proxy" in run["error"] and "\n" not in run["error"], run["error"]
        assert f"localhost:{target}" in proxy.connected
    assert [request["headers"]["Host"] for request in receiver.requests] == [f"localhost:{port}"]
    assert [line[0] for line in nginx.journal] == ["HTTP/2.0"]
    assert "hush-hush" not in world.scheduler().log()


def test_the_guard_judges_before_the_proxy_is_asked(world):
    receiver = world.closing(Receiver())
    port = receiver.server.server_port
    proxy = Tinyproxy(world, port)
    world.scheduler(HTTP_PROXY=proxy.setting, HTTP_ALLOWED_HOSTS=f"localhost:{port},[::1]:{port}")
    allowed = world.insert("allowed", next_run_at=after(1), delivery=hook(f"http://localhost:{port}/"))
    end_of(world, allowed)
    client = world.api_client()
    for host in ("127.0.0.1", "0x7f.1", "2130706433", "169.254.169.254", "other.example", "[::ffff:127.0.0.1]"):
        answer = client.post("/api/jobs", {"name": world.name("no"), "interval": 1000, "delivery": hook(f"http://{host}:{port}/")})
        tried = client.post("/api/deliveries/test", {"delivery": hook(f"http://{host}:{port}/")})
        assert (answer.status_code, tried.status_code) == (422, 422), (host, answer.text, tried.text)
    assert set(proxy.connected) == {f"localhost:{port}"}


def test_a_proxy_that_refuses_us_or_is_away_is_one_line(world):
    receiver = world.closing(Receiver())
    port = receiver.server.server_port
    proxy = Tinyproxy(world, port)
    world.scheduler(HTTP_PROXY=proxy.setting.replace("hush", "wrong"))
    job = world.insert("refused", next_run_at=after(1), delivery=hook(f"http://localhost:{port}/"))
    run = end_of(world, job, "failed")
    assert "proxy" in run["error"] and "wrong" not in run["error"], run["error"]
    proxy.program.end()
    world.scheduler(HTTP_PROXY="http://127.0.0.1:9")
    job = world.insert("away", next_run_at=after(1), delivery=hook(f"http://localhost:{port}/"))
    assert end_of(world, job, "failed")["error"] == "connection refused"
    assert receiver.requests == []
