# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What costs an idle Scheduler, and everything in one process; measured always, asserted for release builds only."""

import time
import warnings

import pytest

from harness.documents import after

RSS = 60 * 1024 * 1024
CPU = {"mongodb": 0.01, "sqlite-none": 0.005}

pytestmark = [pytest.mark.alone, pytest.mark.both_stores(bus="none")]


def test_an_idle_scheduler_is_small_and_quiet(world, store):
    delivery = {} if store == "mongodb" else {"delivery": {"http": {"url": "http://127.0.0.1:1/"}}}
    names = [world.insert(f"job-{k}", next_run_at=after(3600), interval=3_600_000, **delivery) for k in range(20)]
    # As an operator runs it: the defaults, not the quick settings of the other tests.
    scheduler = world.scheduler(
        HEARTBEAT_INTERVAL=None, HEARTBEAT_TIMEOUT=None, CLEANUP_INTERVAL=None, CACHE_REFRESH_INTERVAL=None)
    world.wait_until_owned(*names, timeout=15)
    time.sleep(2)
    spent, begun = scheduler.cpu_seconds(), time.monotonic()
    time.sleep(10)
    share = (scheduler.cpu_seconds() - spent) / (time.monotonic() - begun)
    rss = scheduler.rss_bytes()
    threads = scheduler.threads()
    measured = f"idle with {len(names)} jobs: RSS {rss / 1024 / 1024:.1f} MiB, CPU {share:.2%}, {threads} threads"
    print(measured)
    if world.environment.is_release:
        assert rss < RSS and share < CPU[store], measured
    else:
        warnings.warn(f"{measured} (not asserted: SIMPLE_SCHEDULER_BUILD is not release)", stacklevel=1)
