# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The tests that docs/faults.md names: what `--faults` runs, and what must exist."""

import re

from .environment import REPOSITORY

PAGE = REPOSITORY / "docs" / "faults.md"


def named_tests(text=None):
    """`file::function` of each, without parameters."""
    return set(re.findall(r"`(test_\w+::test_\w+)`", text or PAGE.read_text(encoding="utf-8")))


def fault_tests():
    """Those of the faults; of the last table scripts/test runs what is not slow anyway."""
    return named_tests(PAGE.read_text(encoding="utf-8").partition("## What the Go program")[0])


def existing_tests(mark=""):
    """The same of all tests of this suite; `mark`: a pattern of what stands before them."""
    found = set()
    for path in (REPOSITORY / "Tests" / "EndToEnd").rglob("test_*.py"):
        functions = re.findall(rf"^{mark}def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        found |= {f"{path.stem}::{function}" for function in functions}
    return found


def slow_tests():
    """Those of them that take long: a mark, other decorators, the function."""
    return existing_tests(mark=r"@pytest\.mark\.slow\n(?:[@ \])].*\n)*")


def rows():
    """The numbers of all faults that the page has a row for."""
    numbers = set()
    for cell in re.findall(r"^\| ((?:[GN]?\d+(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        numbers |= set(cell.split(", "))
    return numbers
