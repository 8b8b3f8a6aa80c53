# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""What the fault tests have besides the others: the servers themselves, made whole again after each test."""

import pytest

from harness.servers import Servers


@pytest.fixture
def servers(world):
    servers = Servers()
    try:
        yield servers
    finally:
        servers.restore()


@pytest.fixture
def replica_set(servers):
    """Three members, of which one may be lost."""
    if len(servers.members) < 3:
        pytest.skip("the servers have no replica set of three; scripts/faults starts one")
    return servers
