# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The health address of a program: its probes and its figures."""

import re

import requests

from .waiting import eventually


class Metrics:
    """Of a program that was started with `HEALTH_ADDRESS`; port 0 is looked up in its log."""

    def __init__(self, program):
        address = program.settings["SIMPLE_SCHEDULER_HEALTH_ADDRESS"]
        if address.endswith(":0"):
            [line, *_] = eventually(
                lambda: program.log_lines("serving health and metrics"), 15, f"{program.label} to serve its health")
            address = re.search(r"address=(\S+)", line).group(1)
        self.url = "http://" + address
        self._session = requests.Session()
        self._session.trust_env = False

    def status(self, path):
        """The status of an answer; None without one."""
        try:
            return self._session.get(self.url + path, timeout=3).status_code
        except requests.RequestException:
            return None

    def ready(self):
        return self.status("/readyz")

    def checks(self):
        """What `/readyz` says of each server."""
        return self._session.get(self.url + "/readyz", timeout=3).json()["checks"]

    def value(self, name, **labels):
        """A figure, 0 where it has not been used; without labels the sum over all of its series."""
        total = 0.0
        for line in self._session.get(self.url + "/metrics", timeout=3).text.splitlines():
            match = re.match(rf"simple_scheduler_{name}(\{{.*\}})? (\S+)$", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total
