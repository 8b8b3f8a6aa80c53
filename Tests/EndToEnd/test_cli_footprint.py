# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""How small and quick the command line is: measured always; its size and its start are asserted of a binary that holds
the Swift runtime (`swift build -c release --static-swift-stdlib`)."""

import json
import shutil
import statistics
import subprocess
import sys
import time
import warnings

import pytest

from harness.cli import CLI
from harness.documents import after

SIZE = 35_000_000
RSS = 16_000_000
START = 0.015
LIST = 0.3

pytestmark = pytest.mark.alone

# A program inherits its parent's peak, so the parent must be small.
PEAK = """
import os, sys
null = os.open(os.devnull, os.O_WRONLY)
process = os.posix_spawn(sys.argv[1], [sys.argv[1], "--version"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, 1)])
print(os.wait4(process, 0)[2].ru_maxrss * 1024)
"""


def start_time(program):
    begun = time.perf_counter()
    subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def test_the_command_line_is_small_and_starts_at_once(environment, tmp_path):
    program = environment.binaries / "simple-scheduler-cli"
    stripped = tmp_path / "stripped"
    subprocess.run([shutil.which("strip") or "llvm-strip", "-o", stripped, program], check=True)
    size = stripped.stat().st_size
    rss = statistics.median(
        int(subprocess.run([sys.executable, "-ISc", PEAK, stripped], capture_output=True, check=True).stdout) for _ in range(5))
    start = statistics.median(start_time(stripped) for _ in range(21))
    measured = f"--version: {size / 1e6:.1f} MB stripped, RSS {rss / 1e6:.1f} MB, {start * 1000:.1f} ms"
    print(measured)
    needed = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    assert "libyaml" not in needed, needed
    if "libswiftCore" in needed:
        warnings.warn(f"{measured} (not asserted: the Swift runtime is not in it)", stacklevel=1)
    else:
        assert size <= SIZE and rss <= RSS and start <= START, measured


@pytest.mark.both_stores(bus="nobody")
def test_a_thousand_jobs_are_listed_quickly(world, environment, tmp_path):
    for k in range(1000):
        world.insert(f"job-{k}", next_run_at=after(3600), interval=3_600_000)
    api = world.api_client().program
    cli = world.closing(CLI(environment, tmp_path))
    cli.variables |= {"SIMPLE_SCHEDULER_URL": f"{api.url}/api", "SIMPLE_SCHEDULER_TOKEN": world.issuer.token()}
    assert len(json.loads(cli.ok("list", "jobs", "--all", "-o", "json"))) == 1000
    spent = []
    for _ in range(7):
        begun = time.perf_counter()
        assert cli.ok("list", "jobs", "--limit", "1000").count("\n") == 1001
        spent.append(time.perf_counter() - begun)
    measured = f"list jobs of 1,000: {statistics.median(spent) * 1000:.0f} ms"
    print(measured)
    if environment.is_release:
        assert statistics.median(spent) <= LIST, measured
    else:
        warnings.warn(f"{measured} (not asserted: SIMPLE_SCHEDULER_BUILD is not release)", stacklevel=1)
