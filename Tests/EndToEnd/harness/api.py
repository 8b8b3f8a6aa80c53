# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The API under test, and a client of it."""

import re

import requests

from .programs import Program


class API(Program):
    executable = "simple-scheduler-api"

    url = None
    """Where it listens, once it has said so."""

    def listening(self):
        """The address that it took, from its log; None while it has not said so."""
        lines = self.log_lines("serving the API", "address=")
        return "http://" + re.search(r"address=(\S+)", lines[-1]).group(1) if lines else None


class Client:
    """Requests with a token; every answer that is no success must be a problem."""

    def __init__(self, url, token=None):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def send(self, method, path, **options):
        answer = self.session.request(method, self.url + path, timeout=15, **options)
        if answer.status_code >= 400 and method != "HEAD":
            assert answer.headers["Content-Type"] == "application/problem+json", answer.headers
            problem = answer.json()
            assert problem["status"] == answer.status_code and problem["error"] == problem["detail"], problem
        return answer

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.send("POST", path, json=body, **options)

    def patch(self, path, body, **options):
        return self.send("PATCH", path, json=body, **options)

    def delete(self, path, **options):
        return self.send("DELETE", path, **options)

    def close(self):
        self.session.close()
