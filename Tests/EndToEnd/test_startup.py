# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Starting, stopping, settings and exit codes (contract, 1 and 2)."""

import json
import re
import time
import urllib.error
import urllib.request

import pika
import pymongo
import pytest

from harness import bus
from harness.documents import after
from harness.programs import Custodian, Scheduler, run_once
from harness.proxy import Proxy, free_port
from harness.standalone import Standalone
from harness.waiting import throughout
from harness.worker import complete

PROGRAMS = [Scheduler, Custodian, Standalone]
PREFIX = "SIMPLE_SCHEDULER_"
SECRET = "s3cret-Pa55"


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.executable)
def run(request, environment, tmp_path):
    """Runs one of the programs to its end: settings without prefix, files of its folder by name."""

    def run(*arguments, files=None, **settings):
        for name, text in (files or {}).items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return run_once(
            environment.binaries / request.param.executable, *arguments, folder=tmp_path,
            settings={PREFIX + name: value for name, value in settings.items()})

    run.program = request.param
    return run


def lines(result):
    return [line for line in result.stderr.splitlines() if line.strip()]


@pytest.mark.parametrize("flag", ["--help", "-h", "--version"])
def test_help_and_version(run, flag):
    result = run(flag)
    assert result.returncode == 0, result
    assert result.stdout.strip() and not result.stderr.strip()
    if flag == "--version":
        assert re.search(r"\d+\.\d+", result.stdout), result.stdout
    else:
        assert "--check" in result.stdout and "--version" in result.stdout


@pytest.mark.parametrize(
    "arguments", [["--no-such-flag"], ["-z"], ["one.env", "two.env"], ["--check", "--chekc"], ["--check=yes"]])
def test_bad_usage_is_64(run, arguments):
    result = run(*arguments)
    assert result.returncode == 64, result
    assert result.stderr.strip()


def test_a_missing_env_file_is_78_only_when_it_was_named(run):
    result = run("missing.env", "--check")
    assert result.returncode == 78 and "missing.env" in result.stderr, result
    assert run("missing.env").returncode == 78
    assert run("--check").returncode == 0, "without an argument .env is used only when it exists"


def test_check_prints_the_settings_with_masked_secrets(run):
    result = run(
        "--check", DB_CONNECTION_STRING=f"mongodb://someone:{SECRET}@db.example:27018/?authSource=admin",
        MESSAGEBUS_CONNECTION_STRING=f"amqps://somebody:{SECRET}@mq.example:5671/vhost", DB_NAME="checkedName",
        HEARTBEAT_TIMEOUT=12345)
    assert result.returncode == 0, result
    shown = result.stdout
    for expected in ("DB_CONNECTION_STRING", "db.example:27018", "checkedName", "12345", "HEARTBEAT_TIMEOUT"):
        assert expected in shown, f"{expected} is not in:\n{shown}"
    assert SECRET not in shown + result.stderr


def test_check_shows_the_documented_defaults(run):
    shown = run("--check").stdout
    expected = {"DB_TYPE": "mongodb", "DB_CONNECTION_STRING": "mongodb://localhost:27017", "DB_NAME": "simpleScheduler",
                "CLEANUP_INTERVAL": "1000", "HEARTBEAT_TIMEOUT": "15000"}
    if run.program is not Custodian:
        expected |= {"MAX_JOBS": "0", "MESSAGEBUS_TYPE": "rabbitmq", "CACHE_REFRESH_INTERVAL": "5000",
                     "HEARTBEAT_INTERVAL": "1000"}
    if run.program is Standalone:
        expected |= {"DB_TYPE": "sqlite", "DB_CONNECTION_STRING": "sqlite:simple-scheduler.db", "MESSAGEBUS_TYPE": "none"}
    for name, value in expected.items():
        assert any(PREFIX + name in line and value in line for line in shown.splitlines()), (
            f"no line with {PREFIX + name} and {value} in:\n{shown}")


GO_SCHEDULER = """\
SIMPLE_SCHEDULER_DB_TYPE=mongodb
SIMPLE_SCHEDULER_MESSAGEBUS_TYPE=rabbitmq
SIMPLE_SCHEDULER_DB_CONNECTION_STRING=mongodb://db.from-file:27017
SIMPLE_SCHEDULER_DB_NAME=fromFile
SIMPLE_SCHEDULER_MESSAGEBUS_CONNECTION_STRING=amqp://guest:guest@localhost:5672/
SIMPLE_SCHEDULER_CLEANUP_INTERVAL=60001
SIMPLE_SCHEDULER_CACHE_REFRESH_INTERVAL=300001
SIMPLE_SCHEDULER_HEARTBEAT_INTERVAL=1001
SIMPLE_SCHEDULER_HEARTBEAT_TIMEOUT=30001
SIMPLE_SCHEDULER_MAX_JOBS=7
SIMPLE_SCHEDULER_OIDC_ISSUER=http://localhost:8080/realms/simple-scheduler"""


@pytest.mark.parametrize("style", ["plain", "windows", "mac", "decorated"])
def test_an_env_file_of_the_go_program_is_read(run, style):
    text = {
        "plain": GO_SCHEDULER,
        "windows": "\ufeff" + GO_SCHEDULER.replace("\n", "\r\n") + "\r\n",
        "mac": GO_SCHEDULER.replace("\n", "\r") + "\r",
        "decorated": "# settings\n\n" + GO_SCHEDULER.replace("=fromFile", '="fromFile"') + "\n",
    }[style]
    for arguments, files in ((["the.env", "--check"], {"the.env": text}), (["--check"], {".env": text})):
        result = run(*arguments, files=files)
        assert result.returncode == 0, result
        assert "db.from-file" in result.stdout and "fromFile" in result.stdout and "60001" in result.stdout
        assert '"fromFile"' not in result.stdout or style != "plain"


@pytest.mark.parametrize("content, words", [
    (GO_SCHEDULER.encode("utf-16"), ["the.env: ", "UTF-16", "iconv -f UTF-16 -t UTF-8 the.env"]),
    (GO_SCHEDULER.encode("utf-16-le"), ["the.env: ", "iconv -f UTF-16LE -t UTF-8 the.env"]),
    (b"# caf\xc3\xa9\nA=caf\xe9\n", ["the.env:2: ", "iconv -f WINDOWS-1252 -t UTF-8 the.env"]),
    (b"A=1\nB=\0\n", ["the.env:2: ", "NUL"]),
])
def test_an_env_file_that_is_no_utf_8_is_78_with_what_to_do(run, content, words):
    result = run("the.env", "--check", files={"the.env": content})
    assert result.returncode == 78 and len(lines(result)) == 1, result
    assert all(word in result.stderr for word in words), result.stderr


def test_the_flag_may_stand_before_or_after_the_file(run):
    files = {"the.env": GO_SCHEDULER}
    outputs = {run(*words, files=files).stdout for words in (("--check", "the.env"), ("the.env", "--check"))}
    assert len(outputs) == 1 and "fromFile" in outputs.pop()


def test_what_is_no_env_file_is_78(run):
    for path, words in (("", '"": expected an env file'), (".", "Is a directory"), ("missing.env", "missing.env: expected")):
        result = run(path, "--check")
        assert result.returncode == 78 and words in result.stderr, result


def test_the_environment_wins_over_the_file(run):
    result = run("the.env", "--check", files={"the.env": GO_SCHEDULER}, DB_NAME="fromEnvironment")
    assert result.returncode == 0, result
    assert "fromEnvironment" in result.stdout and "fromFile" not in result.stdout
    assert "db.from-file" in result.stdout


BAD = {
    "DB_TYPE": ["postgres"],
    "DB_CONNECTION_STRING": ["nonsense", "http://localhost:27017", "mongodb://"],
    "DB_NAME": ["has space", "dollar$", "a/b", "x" * 70],
    "CLEANUP_INTERVAL": ["soon", "-1", "0", "1.5", "99999999999999999999", "10s?"],
    "HEARTBEAT_TIMEOUT": ["never", "-3000", "0"],
    "LOG_LEVEL": ["loud"],
    "LOG_FORMAT": ["xml"],
    "HEALTH_ADDRESS": ["nowhere", "127.0.0.1:99999"],
    "MESSAGEBUS_CONNECTION_STRING": ["nonsense", "http://localhost:5672/"],
}
BAD_FOR_SCHEDULER = {
    "MESSAGEBUS_TYPE": ["kafka"],
    "MAX_JOBS": ["many", "-1"],
    "CACHE_REFRESH_INTERVAL": ["x", "0", "-5"],
    "HEARTBEAT_INTERVAL": ["x", "0", "-5"],
    "QUEUE_TYPE": ["lazy"],
    "HTTP_ALLOWED_HOSTS": ["http://a", "::1"],
    "HTTP_DENIED_NETWORKS": ["10.0.0.1/8", "example.com"],
    "HTTP_MAX_IN_FLIGHT": ["0", "many"],
    "HTTP_MAX_PER_HOST": ["0"],
    "HTTP_TLS_FILE": ["/no/such/file"],
}


def test_each_bad_setting_is_78_with_a_line_naming_it(run):
    wrong = []
    for name, values in (BAD | (BAD_FOR_SCHEDULER if run.program is not Custodian else {})).items():
        for value in values:
            result = run("--check", **{name: value})
            named = [line for line in lines(result) if PREFIX + name in line]
            shown = value in result.stderr or "CONNECTION_STRING" in name
            if result.returncode != 78 or len(named) != 1 or not shown:
                wrong.append(f"{name}={value[:30]}: exit {result.returncode}, stderr {result.stderr!r}")
    assert not wrong, "\n".join(wrong)


OPTIONS = {
    "DB_CONNECTION_STRING": {
        "mongodb://h/?readConcernLevel=strong": "readConcernLevel", "mongodb://h/?tls=perhaps": "tls",
        "mongodb://h/?retryWritess=true": "retryWrites", "mongodb://h/?maxPoolSize=x": "maxPoolSize",
        "mongodb://h/?compressors=lz4": "compressors", "mongodb://h/?loadBalanced=true": "loadBalanced",
        "mongodb://h/?replicaSet=a&replicaSet=b": "replicaSet", "mongodb://h/?proxyHost=p": "proxyHost",
        "mongodb://h/?authMechanism=MONGODB-X509&tls=true": "tlsCertificateKeyFile",
        "mongodb://h/?tlsCAFile=/no/such/file": "tlsCAFile",
        f"mongodb://u:{SECRET}@h/?tlsCertificateKeyFilePassword={SECRET}": "tlsCertificateKeyFile",
        f"mongodb://u:{SECRET}@h?tls=true": "/ before the ?", f"mongodb://u:a@{SECRET}@h/": "%40",
        "mongodb+srv://localhost/": "mongodb+srv://",
    },
    "MESSAGEBUS_CONNECTION_STRING": {
        "amqp://h?heartbeat=soon": "heartbeat", "amqp://h?connection_timeout=-1": "connection_timeout",
        "amqp://h?heartbeats=1": "heartbeat", "amqp://h?verify=verify_peer": "amqps://",
        "amqps://h?cacertfile=/no/such/file": "cacertfile", "amqp://a:1,b:2/": "one host",
        f"amqp://:{SECRET}@h/": "user", f"amqp://u:{SECRET}@h/a/b": "%2F", "amqp://h:notaport/": "port",
    },
}


def test_each_option_of_a_connection_string_that_will_not_do_is_78_and_named(run):
    wrong = []
    for name, values in OPTIONS.items():
        for value, named in values.items():
            result = run("--check", **{name: value})
            if (result.returncode != 78 or len(lines(result)) != 1 or PREFIX + name not in result.stderr
                    or named not in result.stderr or SECRET in result.stderr):
                wrong.append(f"{name}={value}: exit {result.returncode}, stderr {result.stderr!r}")
    assert not wrong, "\n".join(wrong)


def test_faults_of_both_connection_strings_are_told_together(run):
    result = run("--check", DB_CONNECTION_STRING="mongodb://h/?w=", MESSAGEBUS_CONNECTION_STRING="amqp://h:x/")
    assert result.returncode == 78 and len(lines(result)) == 2, result


@pytest.mark.parametrize("options", [
    "readConcernLevel=majority", "readConcernLevel=linearizable", "readConcernLevel=snapshot&readPreference=secondary",
    "w=0&journal=false&wTimeoutMS=1", "appName=mine&compressors=zstd&maxPoolSize=0&socketTimeoutMS=0"])
def test_programs_work_whatever_the_options_of_the_database_say(world, options):
    address = f"{world.environment.mongodb}&{options}"
    job = world.insert("optional", next_run_at=after(1), interval=400)
    worker = world.worker(job, complete)
    client = world.api_client(DB_CONNECTION_STRING=address)
    custodian = world.custodian(DB_CONNECTION_STRING=address)
    scheduler = world.scheduler(DB_CONNECTION_STRING=address)
    world.wait_for_actions(worker, 2, timeout=20)
    assert client.get(f"/api/jobs/{job}").ok
    for program in (scheduler, custodian):
        assert "annot set appname" not in program.log(), program.tail()


def test_several_faults_are_told_together_one_line_each(run):
    faults = {"DB_TYPE": "postgres", "CLEANUP_INTERVAL": "soon", "HEARTBEAT_TIMEOUT": "-1", "LOG_LEVEL": "loud"}
    for arguments in ([], ["--check"]):
        result = run(*arguments, **faults)
        assert result.returncode == 78, result
        found = {name: [line for line in lines(result) if PREFIX + name in line] for name in faults}
        assert all(len(named) == 1 for named in found.values()), result.stderr
        assert len({named[0] for named in found.values()}) == len(faults), "one line per fault"


def test_a_fault_in_a_connection_string_does_not_show_its_password(run):
    result = run(
        "--check", DB_CONNECTION_STRING=f"mongo://u:{SECRET}@host",
        MESSAGEBUS_CONNECTION_STRING=f"amqp://u:{SECRET}@host:notaport/")
    assert result.returncode == 78, result
    assert SECRET not in result.stdout + result.stderr


def test_programs_wait_for_servers_that_are_not_up_and_stop_when_asked(world):
    nothing = free_port()
    no_database = f"mongodb://someone:{SECRET}@127.0.0.1:{nothing}"
    no_broker = f"amqp://someone:{SECRET}@127.0.0.1:{nothing}/"
    impatient = no_database + "/?serverSelectionTimeoutMS=1000"  # the default says it only after 15 s
    waiting = {
        world.scheduler(wait=False, DB_CONNECTION_STRING=no_database, MESSAGEBUS_CONNECTION_STRING=no_broker): "broker",
        world.scheduler(wait=False, DB_CONNECTION_STRING=impatient): "database",
        world.scheduler(wait=False, MESSAGEBUS_CONNECTION_STRING=no_broker): "broker",
        world.custodian(DB_CONNECTION_STRING=impatient): "database",
        world.custodian(DB_CONNECTION_STRING=no_database, MESSAGEBUS_CONNECTION_STRING=no_broker): "broker",
    }
    for program, missing in waiting.items():
        world.eventually(
            lambda: [line for line in program.log_lines(missing) if "connected to" not in line], 10,
            f"a log line of {program.label} that says it waits for the {missing}")
    throughout(lambda: world.check_alive() or True, 1, "the programs to wait")
    begun = time.monotonic()
    for program in waiting:
        program.term()
    for program in waiting:
        code = program.wait(max(10.5 - (time.monotonic() - begun), 0.01))
        assert code == 0, f"{program.label} ended with {code}"
    for program in waiting:
        assert SECRET not in program.log(), f"a password in the log of {program.label}"
        assert len(program.log().splitlines()) < 200, f"{program.label} floods its log while it waits"


def test_servers_that_come_up_late_are_used(world):
    broker = pika.URLParameters(world.environment.rabbitmq)
    host, port = pymongo.uri_parser.parse_uri(world.environment.mongodb)["nodelist"][0]
    broker_proxy, database_proxy = Proxy(broker.host, broker.port), Proxy(host, port)
    name, secret = broker.credentials.username, broker.credentials.password
    start = after(1)
    job = world.insert("patient", next_run_at=start, interval=400)
    worker = world.worker(job, complete)
    world.scheduler(
        wait=False, DB_CONNECTION_STRING=f"mongodb://127.0.0.1:{database_proxy.port}/?directConnection=true",
        MESSAGEBUS_CONNECTION_STRING=f"amqp://{name}:{secret}@127.0.0.1:{broker_proxy.port}/")
    throughout(lambda: world.check_alive() or not worker.actions, 2, "no action without servers")
    world.closing(database_proxy.open())
    throughout(lambda: world.check_alive() or not worker.actions, 1.5, "no action without a broker")
    world.closing(broker_proxy.open())
    world.wait_for_actions(worker, 3, timeout=30)
    # Now both go away for a while and come back.
    for proxy in (broker_proxy, database_proxy):
        proxy.close()
        throughout(lambda: world.check_alive() or True, 1, "the programs to wait")
        proxy.open()
        count = len(worker.actions)
        world.wait_for_actions(worker, count + 3, timeout=30)


def test_a_broker_that_refuses_the_password_is_69(world):
    broker = pika.URLParameters(world.environment.rabbitmq)
    program = world.scheduler(
        wait=False, MESSAGEBUS_CONNECTION_STRING=f"amqp://guest:{SECRET}@{broker.host}:{broker.port}/")
    program.asked_to_end = True
    assert program.wait(20) == 69, program.tail()
    assert SECRET not in program.log()


def test_an_env_file_starts_the_programs(world, tmp_path):
    """The settings only in the file, as the Go program is run."""
    job = world.insert("by-file", next_run_at=after(2), interval=400)
    worker = world.worker(job, complete)
    path = tmp_path / "go.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in world.settings().items()))
    nothing = {name.removeprefix(PREFIX): None for name in world.settings()}
    scheduler = world.scheduler(path, **nothing)
    custodian = world.custodian(path, **nothing)
    world.wait_for_actions(worker, 2)
    assert [program.term_and_wait()[0] for program in (custodian, scheduler)] == [0, 0]
    assert world.broker.depth(bus.part(job, "action")) == 0


def http_status(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return None, ""


@pytest.mark.parametrize("kind", ["scheduler", "custodian"])
def test_health_is_served_where_it_was_asked_for(world, kind):
    ready, waiting = free_port(), free_port()
    start = world.custodian if kind == "custodian" else lambda **settings: world.scheduler(wait=False, **settings)
    start(HEALTH_ADDRESS=f"127.0.0.1:{ready}")
    unready = start(HEALTH_ADDRESS=f"127.0.0.1:{waiting}", DB_CONNECTION_STRING=f"mongodb://127.0.0.1:{free_port()}")
    world.eventually(lambda: http_status(ready, "/readyz")[0] == 200, 15, "/readyz to answer 200")
    assert http_status(ready, "/livez")[0] == 200
    code, text = http_status(ready, "/metrics")
    assert code == 200 and re.search(r"^[a-z_]+(\{.*\})? [0-9.e+]+$", text, re.MULTILINE), text[:300]
    world.eventually(lambda: http_status(waiting, "/livez")[0] == 200, 15, "/livez to answer 200")
    assert http_status(waiting, "/readyz")[0] == 503, "ready without a database"
    unready.kill9()


def test_logs_are_json_when_asked_for(world):
    job = world.insert("json", next_run_at=after(2))
    worker = world.worker(job, complete)
    scheduler = world.scheduler(LOG_FORMAT="json", LOG_LEVEL="debug")
    world.wait_for_actions(worker, 1)
    scheduler.term_and_wait()
    lines = scheduler.log().splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines), scheduler.tail(3)
