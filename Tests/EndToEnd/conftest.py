# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Fixtures: the environment, and one world per test (or per module) that is checked and removed afterwards."""

import contextlib
import fcntl
import logging
import re
import signal
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from harness.environment import Environment, NotSetUp, use_servers_of  # noqa: E402
from harness.fault_table import fault_tests, named_tests  # noqa: E402
from harness.file_trial import FileTrial  # noqa: E402
from harness.mongodb_world import MongoDBWorld  # noqa: E402
from harness.sqlite_world import SQLiteWorld  # noqa: E402
from harness.world import World  # noqa: E402

_environment = None

# It reports each probe for a queue that is not there yet.
logging.getLogger("pika").setLevel(logging.CRITICAL)


def _interrupt_once(*_):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


# A shell that starts us in the background has Ctrl-C ignored, and what we start would inherit that. The second one, which a
# script sends beside the terminal's, must not break off the clearing up.
signal.signal(signal.SIGINT, _interrupt_once)


def pytest_addoption(parser):
    parser.addoption("--without-servers", action="store_true", help="only the tests that need the programs alone")
    parser.addoption("--faults", action="store_true", help="only the tests of the faults in docs/faults.md, slow ones included")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if "store" not in item.fixturenames and not item.get_closest_marker("with_servers"):
            item.add_marker(pytest.mark.without_servers)
    if config.getoption("--without-servers"):
        kept = [item for item in items if item.get_closest_marker("without_servers")]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if not config.getoption("--faults"):
        return
    faults, named = fault_tests(), named_tests()

    def is_wanted(item):
        name = f"{item.path.stem}::{item.originalname}"
        return name in faults or name in named and item.get_closest_marker("slow")

    chosen = [item for item in items if is_wanted(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def pytest_configure(config):
    if hasattr(config, "workerinput") and not config.getoption("--without-servers"):
        use_servers_of(config.workerinput["workerid"])


def pytest_sessionstart(session):
    """Without programs and servers the run fails at once and says what is missing; it never skips."""
    global _environment
    try:
        options = session.config.option
        _environment = Environment.load(needs_servers=not (options.without_servers or options.collectonly))
    except NotSetUp as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def environment():
    return _environment


def pytest_generate_tests(metafunc):
    """A test that is marked with `both_stores` runs over MongoDB and over a file, `bus` being what the latter has for one.

    Without RabbitMQ the latter needs no server.
    """
    mark = metafunc.definition.get_closest_marker("both_stores")
    if mark is None or "store" not in metafunc.fixturenames:
        return
    bus = mark.kwargs.get("bus", "rabbitmq")
    marks = () if bus == "rabbitmq" else pytest.mark.without_servers
    metafunc.parametrize(
        "store", ["mongodb", pytest.param(f"sqlite-{bus}", marks=marks)], ids=["mongodb", "sqlite"], scope="module")


@pytest.fixture(scope="module")
def store():
    """The kind of store: `mongodb`, or `sqlite-` and what there is for a bus."""
    return "mongodb"


@contextlib.contextmanager
def make_world(environment, folder, store):
    if store == "mongodb":
        world = MongoDBWorld(environment, folder)
    else:
        world = SQLiteWorld(environment, folder, store.removeprefix("sqlite-"))
    try:
        yield world
        world.check_invariants()
    finally:
        world.close()


@pytest.fixture
def world(environment, tmp_path, store):
    with make_world(environment, tmp_path, store) as world:
        yield world


@pytest.fixture
def another_world(environment, tmp_path_factory, store):
    with make_world(environment, tmp_path_factory.mktemp("another"), store) as world:
        yield world


@pytest.fixture(scope="module")
def shared_world(environment, tmp_path_factory, request, store):
    """One world for a whole module of small tests that do not disturb each other."""
    name = re.sub(r"\W", "_", request.module.__name__)
    with make_world(environment, tmp_path_factory.mktemp(name), store) as world:
        yield world


@pytest.fixture
def callback_port():
    """The port that a browser comes back to is the same for every login: one at a time on a machine."""
    with open(Path(tempfile.gettempdir()) / "simple-scheduler-callback-port", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of every log of its world, and where the whole log is.

    Where the faults were asked for, one that cannot be made is a failure, too.
    """
    report = (yield).get_result()
    if report.skipped and (item.config.getoption("--faults") or item.path.stem == "soak"):
        report.outcome, report.longrepr = "failed", f"skipped, although the faults were asked for: {call.excinfo.value}"
    if not report.failed:
        return
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, World | FileTrial):
            for program in value.programs:
                report.sections.append((f"{program.label}: {program.log_path}", program.tail()))
