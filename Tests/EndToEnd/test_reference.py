# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The pages that are made from the programs."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_of_the_command_line_is_current(environment):
    program = environment.binaries / "simple-scheduler-cli"
    answer = subprocess.run(
        ["python3", ROOT / "scripts/lib/cli-docs.py", "--check", program, ROOT / "docs"],
        capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
