# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Known stretches without a Scheduler, and what may be missing or repeated because of them."""

from collections import Counter
from datetime import timedelta

from . import checks


class Outages:
    """Stretches in which nobody fired the jobs: a slot may be missing there and nowhere else."""

    def __init__(self, interval):
        self._margin = timedelta(milliseconds=interval)
        self.spans = []

    def add(self, begin, end):
        self.spans.append((begin, end))

    def covers(self, begin, end):
        return any(b - self._margin <= begin and end <= e + self._margin for b, e in self.spans)

    def near_beginning(self, moment):
        return any(abs(moment - begin) < timedelta(seconds=2) for begin, _ in self.spans)

    def check_slots(self, runs, anchor, interval):
        """Anchored, single, and without a hole outside the outages."""
        checks.check_unique(runs)
        for begin, end in checks.gaps(runs, anchor, interval):
            assert self.covers(begin, end), (
                f"{runs[0]['jobName']} has no run for the slots {begin} to {end}, outside the outages {self.spans}")

    def check_latest_missed(self, runs, interval):
        """Of the slots missed in an outage the latest one was made up for: the hole ends before the take-over."""
        for begin, end in self.spans:
            fired = [run for run in runs if begin < run["scheduledTime"] <= end]
            assert fired, f"{runs[0]['jobName']}: no slot between {begin} and {end} was fired"
            late = end - max(run["scheduledTime"] for run in fired)
            assert late < timedelta(seconds=1, milliseconds=interval), (
                f"{runs[0]['jobName']}: the latest slot before {end} was not fired, the last one is {late} older")

    def check_repetitions(self, runs, actions):
        """Only what was created shortly before a crash may arrive twice; what its heir fired may not."""
        counts = Counter(action.run for action in actions)
        for run in runs:
            if counts[str(run["_id"])] > 1:
                deliveries = [action for action in actions if action.run == str(run["_id"])]
                assert self.near_beginning(run["createdTime"]), (
                    f"{checks.describe(run, deliveries)}; outages: {self.spans}")
