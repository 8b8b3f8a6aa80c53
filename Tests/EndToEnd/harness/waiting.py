# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Waiting for things to become true, with a name for what is waited for."""

import time


def eventually(condition, timeout, what, every=0.05, meanwhile=None):
    """Return the first true value of `condition()`; an AssertionError inside it counts as "not yet".

    `meanwhile` is called on each round and may raise to end the wait early (a program that died).
    """
    start = time.monotonic()
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = value
        except AssertionError as error:
            last = error
        if meanwhile:
            meanwhile()
        if time.monotonic() - start > timeout:
            raise AssertionError(f"waited {timeout} s in vain for: {what}; last seen: {last!r}")
        time.sleep(every)


def throughout(condition, seconds, what, every=0.05):
    """Observe for a while that `condition()` stays true: for tests whose point is that nothing happens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        assert value, f"must hold for {seconds} s: {what}; seen: {value!r}"
        time.sleep(every)
