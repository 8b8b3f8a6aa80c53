# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The pages that are made from the programs, or name parts of them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from harness.fault_table import existing_tests, named_tests, rows, slow_tests

ROOT = Path(__file__).parents[2]


def test_the_reference_of_the_command_line_is_current(environment):
    program = environment.binaries / "simple-scheduler-cli"
    answer = subprocess.run(
        ["python3", ROOT / "scripts/lib/cli-docs.py", "--check", program, ROOT / "docs"],
        capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_every_test_that_the_page_of_faults_names_exists():
    missing = named_tests() - existing_tests()
    assert len(named_tests()) > 60 and not missing, f"docs/faults.md names tests that do not exist: {sorted(missing)}"


def test_every_guarantee_names_tests_that_exist():
    page = (ROOT / "docs/guarantees.md").read_text(encoding="utf-8")
    rules = re.findall(r"^(\d+)\. \*\*", page, re.MULTILINE)
    shown = dict(re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE))
    assert len(rules) == 14 and list(shown) == rules, f"the rules are {rules}, the table shows {list(shown)}"
    missing = named_tests(page) - existing_tests()
    bare = [rule for rule, row in shown.items() if not named_tests(row)]
    assert not bare, f"no test is named for {bare}"
    assert not missing, f"docs/guarantees.md names tests that do not exist: {sorted(missing)}"
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "Tests").rglob("*.swift"))
    suites = set(re.findall(r"`(\w+(?:Tests|Integration))`", page))
    unknown = {suite for suite in suites if not re.search(rf"\b(?:struct|enum|class) {suite}\b", code)}
    assert suites and not unknown, f"docs/guarantees.md names suites that do not exist: {sorted(unknown)}"


def test_every_slow_test_is_run_by_scripts_faults():
    """scripts/test leaves it out."""
    answer = subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", ".", "--collect-only", "-q", "--faults"], cwd=ROOT / "Tests/EndToEnd",
        env=os.environ, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    taken = set(re.findall(r"(test_\w+)\.py::(test_\w+)", answer.stdout))
    left = slow_tests() - {"::".join(name) for name in taken}
    assert len(slow_tests()) > 30 and not left, f"no script runs {sorted(left)}"


def test_the_page_of_faults_has_a_row_for_each_and_names_each_fault_test():
    unused = {28, 29, 33, 36, 37, 43, 52, 54}
    numbers = {str(number) for number in range(1, 61) if number not in unused}
    assert rows() == numbers | {f"G{number}" for number in range(1, 20)} | {f"N{number}" for number in range(1, 26)}
    files = {path.stem for path in (ROOT / "Tests/EndToEnd/faults").glob("test_*.py")} - {"test_verdict"}
    unnamed = {test for test in existing_tests() if test.split("::")[0] in files} - named_tests()
    assert not unnamed, f"docs/faults.md does not name {sorted(unnamed)}"
