# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Requests made up from the OpenAPI document find nothing that the document does not say."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKS = ("not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,"
          "negative_data_rejection,unsupported_method,ignored_auth")

# A text that is longer than it may be can make the address longer than any may be.
CONFIG = """[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "406", "414", "422", "428", "5xx"]
"""


@pytest.mark.both_stores
def test_the_document_tells_the_truth(world):
    api = world.api_client(API_RATE_LIMIT=0)
    for number in range(3):
        api.post("/api/jobs", {"name": world.name(f"s{number}"), "interval": 60000, "enabled": False})
    (world.folder / "schemathesis.toml").write_text(CONFIG)
    command = [
        str(Path(sys.executable).parent / "schemathesis"), "run", f"{api.url}/api/openapi.json",
        "--header", f"Authorization: {api.session.headers['Authorization']}", "--checks", CHECKS,
        "--max-examples", "25", "--seed", "4", "--phases", "examples,coverage,fuzzing", "--no-color",
    ]
    result = subprocess.run(command, cwd=world.folder, capture_output=True, text=True, timeout=180)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
