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
    """Those of the faults; the last table is of what scripts/test runs anyway."""
    return named_tests(PAGE.read_text(encoding="utf-8").partition("## What the Go program")[0])


def existing_tests():
    """The same of all tests of this suite."""
    found = set()
    for path in (REPOSITORY / "Tests" / "EndToEnd").rglob("test_*.py"):
        functions = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        found |= {f"{path.stem}::{function}" for function in functions}
    return found


def rows():
    """The numbers of all faults that the page has a row for."""
    numbers = set()
    for cell in re.findall(r"^\| ((?:[GN]?\d+(?:, )?)+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        numbers |= set(cell.split(", "))
    return numbers
