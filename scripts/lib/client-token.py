# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Prints an access token for the client that the environment names; see `scripts/servers env`."""

import os
import sys

import requests


def main():
    issuer = os.environ["SIMPLE_SCHEDULER_OIDC_ISSUER"]
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.post(
            f"{issuer}/token", timeout=10,
            auth=(os.environ["SIMPLE_SCHEDULER_TEST_OIDC_CLIENT_ID"],
                  os.environ["SIMPLE_SCHEDULER_TEST_OIDC_CLIENT_SECRET"]),
            data={"grant_type": "client_credentials", "scope": "jobs:read jobs:write runs:read runs:write"})
    except requests.RequestException:
        sys.exit(f"error: no OpenID provider answers at {issuer}; scripts/run --servers starts it")
    if answer.status_code != 200:
        sys.exit(f"error: the OpenID provider answered {answer.status_code}")
    print(answer.json()["access_token"])


if __name__ == "__main__":
    main()
