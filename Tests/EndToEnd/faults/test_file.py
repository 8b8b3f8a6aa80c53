# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What befalls everything in one process and its file: kills, power cuts, disks that are full or fail, other programs, clocks."""

import errno
import os
import random
import sqlite3
import struct
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from harness.documents import now
from harness.file_trial import FileTrial
from harness.programs import run_once
from harness.shims import Clock, Disk, compiled
from harness.standalone import Standalone
from harness.waiting import eventually, throughout

pytestmark = pytest.mark.without_servers

FILE = "simple-scheduler.db"


@pytest.fixture(scope="module")
def disk_shim(tmp_path_factory):
    return compiled("disk_shim", tmp_path_factory.mktemp("disk-shim"))


@pytest.fixture
def trial(environment, tmp_path):
    trial = FileTrial(environment, tmp_path)
    yield trial
    trial.close()


@pytest.fixture
def disk(disk_shim, tmp_path):
    return Disk(disk_shim, tmp_path, tmp_path / "data")


@pytest.fixture
def shimmed(environment, tmp_path, disk):
    """A trial over the disk that the test has in its hands."""
    trial = FileTrial(environment, tmp_path, prefix=disk.prefix)
    yield trial
    trial.close()


@pytest.fixture
def dice():
    """Other numbers each time; which, a failure tells."""
    seed = int(os.environ.get("FAULT_SEED", random.randrange(1 << 30)))
    print(f"FAULT_SEED={seed}")
    return random.Random(seed)


# The end, at any moment


@pytest.mark.parametrize("kills", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_loses_and_doubles_nothing(trial, dice, kills):
    trial.begin()
    for number in range(kills):
        # From the first instruction of the start on, or from the first answer on.
        if number % 3:
            trial.serves()
        killer = threading.Timer(dice.uniform(0, 0.4), trial.program.kill9)
        killer.start()
        while killer.is_alive():
            trial.ask()
        trial.start()
    trial.serves()
    trial.goes_on()
    runs = trial.conclude()
    assert len(trial.asked) > kills / 2 and len(runs) > 3 * kills, (len(trial.asked), len(runs))


@pytest.mark.parametrize("steps", [range(1, 13), pytest.param(range(13, 120), marks=pytest.mark.slow)], ids=["few", "many"])
@pytest.mark.parametrize("end", ["killed", "power-cut"])
def test_ended_before_each_step_of_the_file_it_loses_and_doubles_nothing(shimmed, disk, dice, steps, end):
    """A step is a write, a sync, a truncation or a renaming; a power cut loses what was not synced, sector by sector at random."""
    shimmed.begin()
    for step in steps:
        shimmed.serves()
        disk.end_in(step, power=end == "power-cut", seed=dice.randrange(1 << 60))
        eventually(lambda: shimmed.ask() or not shimmed.program.is_running, 60, f"the end before step {step}", every=0)
        assert shimmed.program.exit_code == -9, shimmed.program.tail()
        shimmed.start()
    shimmed.serves()
    shimmed.goes_on()
    shimmed.conclude()
    assert (disk.get("reverted") > 0) == (end == "power-cut"), "nothing was lost with the power"


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.slow)], ids=["some", "all"])
@pytest.mark.parametrize("end", ["killed", "power-cut"])
def test_ended_before_each_step_of_the_first_start_it_starts_again(environment, tmp_path, disk_shim, dice, end, stride):
    for step in range(dice.randint(1, stride), 1000, stride):
        folder = tmp_path / str(step)
        folder.mkdir()
        data = folder / "data"
        disk = Disk(disk_shim, folder, data)
        disk.end_in(step, power=end == "power-cut", seed=dice.randrange(1 << 60))
        program = Standalone(environment, folder, "standalone", data=data, prefix=disk.prefix)
        program.start()
        eventually(lambda: program.address or not program.is_running, 20, "an address or the end", every=0.01)
        if program.is_running:
            program.end()
            assert step > 5, "it ended nowhere"
            return
        again = Standalone(environment, folder, "again", data=data).begin()
        assert again.client().get("/api/jobs").json() == []
        assert again.care("check").returncode == 0
        again.end()
    raise AssertionError("it never came to its address")


@pytest.mark.parametrize("moment", ["request", "answer"])
def test_killed_at_a_request_it_sends_it_again_under_its_key(trial, moment):
    """Between a request and its answer, and between the answer and its being stored."""
    trial.begin()
    for _ in range(8):
        trial.serves()
        count = len(trial.receiver.requests)
        if moment == "request":
            reached = threading.Event()

            def answer(request):
                reached.set()
                time.sleep(0.2)
                return 200, {}, b""

            trial.receiver.answer = answer
            assert reached.wait(10)
        else:
            eventually(lambda: len(trial.receiver.requests) > count, 10, "a request", every=0.001)
        trial.program.kill9()
        trial.receiver.answer = lambda request: (200, {}, b"")
        trial.start()
    trial.serves()
    trial.goes_on()
    trial.conclude()


def test_the_disk_of_these_tests_keeps_what_is_synced_and_loses_the_rest(disk_shim, tmp_path):
    """The ruler itself: half of 64 sectors that were not synced are lost, none of those that were."""
    data = tmp_path / "data"
    data.mkdir()
    disk = Disk(disk_shim, tmp_path, data)
    script = (
        f"import os; f = os.open('{data}/a', os.O_RDWR | os.O_CREAT); os.pwrite(f, b'a' * 32768, 0); os.fdatasync(f); "
        "os.pwrite(f, b'b' * 32768, 0); os.pwrite(f, b'c' * 32768, 32768); os.fdatasync(f) if os.environ.get('SYNC') else None; "
        "os.pwrite(f, b'x', 0); os.pwrite(f, b'x', 0)")
    for synced in ("", "1"):
        (data / "a").unlink(missing_ok=True)
        disk.set(power=1, seed=7, steps=0, end_at=6)
        result = run_once("/usr/bin/env", *disk.prefix[1:], f"SYNC={synced}", sys.executable, "-c", script, folder=tmp_path)
        assert result.returncode == -9, result
        content = (data / "a").read_bytes()
        if synced:
            assert content == b"b" * 32768 + b"c" * 32768
        else:
            assert 8000 < content[:32768].count(b"a") < 24000 and content[:32768].count(b"b") > 8000
            assert set(content[32768:]) <= set(b"c\0")


# The disk


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS], ids=errno.errorcode.get)
def test_while_writes_fail_it_says_so_and_goes_on_by_itself_afterwards(shimmed, disk, code):
    shimmed.begin()
    disk.set(failing=code)
    check_refusals(shimmed)
    disk.set(failing=0)
    check_recovery(shimmed)
    shimmed.conclude()


class Tmpfs:
    """A disk of 6 MB, which can be filled."""

    def __init__(self, path):
        self.path = path
        self._filler = path / "filler"
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(path)], check=True)

    def fill(self, _):
        with open(self._filler, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096) == 4096:
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC

    def free(self, _):
        self._filler.unlink()

    def close(self):
        subprocess.run(["umount", "--lazy", str(self.path)], check=True)


class Limit:
    """No file may become larger than the largest one is; in place of a full disk where one may not mount one."""

    def __init__(self, path):
        self.path = path
        path.mkdir()

    def fill(self, program):
        self._set(program, max(file.stat().st_size for file in self.path.iterdir()))

    def free(self, program):
        self._set(program, "unlimited")

    def _set(self, program, value):
        subprocess.run(["prlimit", "--pid", str(program.pid), f"--fsize={value}:"], check=True)

    def close(self):
        pass


@pytest.mark.parametrize("kind", [Limit, *([Tmpfs] if os.geteuid() == 0 else [])])
def test_a_full_disk_is_told_and_no_slot_is_lost(environment, tmp_path, kind):
    disk = kind(tmp_path / "disk")
    # The signal of the limit would end it.
    trial = FileTrial(
        environment, tmp_path, data=disk.path, prefix=["bash", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
    try:
        trial.begin()
        disk.fill(trial.program)
        for number in range(200):  # what room there is within the files is used up
            answer = trial.send("POST", "/api/jobs", {
                "name": f"large-{number}", "interval": 3_600_000, "enabled": False, "payload": "x" * 60_000,
                "delivery": {"http": {"url": trial.receiver.url}}})
            if answer.status_code == 503:
                break
            assert answer.status_code == 201, answer.text
        check_refusals(trial)
        disk.free(trial.program)
        check_recovery(trial)
        trial.conclude()
    finally:
        trial.close()
        disk.close()


def check_refusals(trial, readable=True):
    """Writes are refused and readiness says so, what is there can be read, and it lives."""
    eventually(lambda: trial.send("GET", "/readyz").status_code == 503, 20, "not ready")

    def refused():
        answer = trial.send("POST", "/api/jobs/asked/run")
        if answer.status_code == 201:
            trial.asked.add(answer.json()["id"])
        return answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0

    eventually(refused, 20, "a write to be refused")
    assert trial.send("GET", "/livez").status_code == 200
    if readable:
        assert trial.send("GET", "/api/jobs").status_code == 200
    throughout(lambda: trial.program.is_running, 1, "it to wait")
    assert len(trial.program.log().splitlines()) < 2000, "it floods its log"


def check_recovery(trial):
    eventually(lambda: trial.send("GET", "/readyz").status_code == 200, 30, "ready again")
    eventually(lambda: trial.send("POST", "/api/jobs/asked/run").status_code == 201, 10, "a write")
    trial.goes_on()


# The file, and other programs


def test_a_file_that_is_moved_away_is_missed_until_it_is_back(trial):
    trial.begin()
    file, elsewhere = trial.program.data / FILE, trial.program.data / "elsewhere"
    file.rename(elsewhere)
    check_refusals(trial)
    elsewhere.rename(file)
    check_recovery(trial)
    trial.conclude()


def test_another_file_in_its_place_is_not_written_to(trial):
    trial.begin()
    file, elsewhere = trial.program.data / FILE, trial.program.data / "elsewhere"
    file.rename(elsewhere)
    file.write_bytes(b"another")
    check_refusals(trial)
    assert file.read_bytes() == b"another"
    elsewhere.rename(file)
    check_recovery(trial)
    trial.conclude()


@pytest.mark.parametrize("end", ["killed", "stopped"])
def test_after_its_file_was_deleted_nothing_of_it_gets_into_a_new_one(trial, refused, end):
    """What is beside it would be taken for the last transactions of the new file."""
    trial.begin()
    (trial.program.data / FILE).unlink()
    check_refusals(trial)
    if end == "killed":
        trial.program.kill9()
    else:
        assert trial.program.term_and_wait()[0] == 0
    refused(trial.program.data, f"{FILE}-wal")
    (trial.program.data / f"{FILE}-wal").unlink()
    trial.start()
    trial.serves()
    assert trial.send("GET", "/api/jobs").json() == []
    trial.check()


def test_a_file_that_is_locked_is_waited_for(trial):
    trial.begin()
    other = sqlite3.connect(trial.program.data / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    check_refusals(trial)
    other.execute("ROLLBACK")
    other.close()
    check_recovery(trial)
    trial.conclude()


def test_a_file_that_is_locked_at_the_start_is_waited_for(trial):
    trial.begin()
    trial.program.kill9()
    other = sqlite3.connect(trial.program.data / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    trial.start()
    trial.serves()
    check_refusals(trial)
    other.execute("ROLLBACK")
    other.close()
    check_recovery(trial)
    trial.conclude()


@pytest.fixture
def refused(environment, tmp_path):
    """Starts it over what is there: it must end with 78 and a sentence that names the file, and leave all as it is."""

    def refused(data, word, prefix=()):
        before = contents(data)
        program = Standalone(environment, tmp_path, f"refused-{time.monotonic_ns()}", data=data, prefix=prefix)
        program.start()
        assert program.wait(10) == 78, program.tail()
        assert str(data / FILE) in program.log() and word in program.log(), program.log()
        assert contents(data) == before
        return program

    return refused


def contents(folder):
    """By name, without what who looks in leaves there: the lock with his number, shared memory, an empty log."""
    files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    return {name: content for name, content in files.items() if content and name not in ("lock", f"{FILE}-shm")}


def write_at(file, offset, content):
    with open(file, "r+b") as opened:
        opened.seek(offset)
        opened.write(content)


def middle(file):
    return file.stat().st_size // 2 // 4096 * 4096


DAMAGES = {
    "a newer version": (lambda file: write_at(file, 60, struct.pack(">I", 99)), "newer version"),
    "another program's": (lambda file: write_at(file, 68, struct.pack(">I", 1)), "another program"),
    "no database": (lambda file: write_at(file, 0, b"MySQL"), "no database"),
    "cut in two": (lambda file: os.truncate(file, middle(file)), "damaged"),
    "cut in a page": (lambda file: os.truncate(file, middle(file) + 100), "damaged"),
    "cut in the header": (lambda file: os.truncate(file, 50), "no database"),
    "a page of others": (lambda file: write_at(file, middle(file), os.urandom(4096)), "damaged"),
    "an empty page": (lambda file: write_at(file, middle(file), bytes(4096)), "damaged"),
    "a lost schema": (lambda file: write_at(file, 100, bytes(3996)), "damaged"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_that_is_not_surely_ours_and_whole_is_refused_and_stays_as_it_is(trial, refused, damage):
    trial.begin()
    for number in range(100):
        trial.add(f"filling-{number}", enabled=False, interval=1000, description="x" * 500)
    assert trial.program.term_and_wait()[0] == 0
    change, word = DAMAGES[damage]
    change(trial.program.data / FILE)
    refused(trial.program.data, word)
    before = contents(trial.program.data)
    checked = trial.program.care("check")
    assert checked.returncode == 1 and word in checked.stderr, checked
    backup = trial.program.care("backup", trial.program.folder / "backup.db")
    assert backup.returncode == 1 and not (trial.program.folder / "backup.db").exists(), backup
    assert contents(trial.program.data) == before


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_refused_at_the_start(trial, environment, tmp_path, what):
    trial.begin()
    assert trial.program.term_and_wait()[0] == 0
    data = trial.program.data
    path = data / FILE if what == "file" else data
    mode = path.stat().st_mode
    path.chmod(0o400 if what == "file" else 0o500)
    # Root may do everything, unless that is taken away.
    prefix = ["setpriv", "--bounding-set", "-dac_override"] if os.geteuid() == 0 else []
    try:
        before = contents(data)
        program = Standalone(environment, tmp_path, "refused", data=data, prefix=prefix)
        program.start()
        assert program.wait(10) == 78, program.tail()
        assert str(data) in program.log(), program.log()
        assert contents(data) == before
    finally:
        path.chmod(mode)
    trial.start()
    trial.serves()
    trial.conclude()


def test_a_file_that_is_made_read_only_while_it_runs_stays_in_use(trial):
    trial.begin()
    (trial.program.data / FILE).chmod(0o400)
    trial.goes_on()
    trial.program.kill9()
    (trial.program.data / FILE).chmod(0o600)
    trial.start()
    trial.serves()
    trial.conclude()


def test_a_second_process_on_the_folder_changes_nothing(trial, environment, tmp_path):
    trial.begin()
    for number in range(3):
        program = Standalone(environment, tmp_path, f"second-{number}", data=trial.program.data)
        program.start()
        assert program.wait(10) == 78 and f"process {trial.program.pid}" in program.log(), program.tail()
    trial.goes_on()
    trial.conclude()


# The clock


@pytest.fixture
def clock(tmp_path):
    return Clock(compiled("clock_shim", tmp_path), tmp_path)


@pytest.fixture
def timed(environment, tmp_path, clock):
    """A trial whose clock the test sets."""
    trial = FileTrial(environment, tmp_path, prefix=clock.prefix)
    yield trial
    trial.close()


def test_a_clock_set_back_fires_no_slot_twice_and_goes_on_when_it_is_reached_again(timed, clock):
    timed.begin()
    clock.set(-4)
    set_back = now()
    count = len(timed.receiver.requests)
    time.sleep(2.5)
    assert len(timed.receiver.requests) <= count + 3 * len(timed.names), "slots were fired by a clock that stands still"
    timed.ask()
    time.sleep(max(0, 4.5 - (now() - set_back).total_seconds()))
    clock.set(0)
    timed.goes_on()
    timed.conclude()


@pytest.mark.parametrize("end", ["running", "killed"])
def test_a_clock_set_forward_makes_up_for_what_lies_between(timed, clock, end):
    timed.begin()
    if end == "killed":
        timed.program.kill9()
    clock.set(20)
    if end == "killed":
        timed.start()
        timed.serves()
    later = now() + timedelta(seconds=20)
    for name in timed.names:
        eventually(lambda: timed.latest(name) > later, 30, f"a slot of {name} by the new time")
    timed.conclude()


def test_a_clock_set_back_while_it_is_away_fires_no_slot_twice(timed, clock):
    timed.begin()
    timed.program.kill9()
    clock.set(-3)
    timed.start()
    timed.serves()
    time.sleep(3)
    clock.set(0)
    timed.goes_on()
    timed.conclude()
