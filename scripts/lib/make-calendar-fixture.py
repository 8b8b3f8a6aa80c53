#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""Writes Tests/SharedTests/Calendar/Fixtures/dateutil.json: steps on the calendar as dateutil's relativedelta (PyPI) and
Python's zoneinfo make them, to compare ours with.

Run by hand; the result is committed. Each row is a step, a zone, the anchor, and pairs of a number and the slot that is so
many steps from the anchor, in milliseconds since 1970. What a clock does not show is found by looking for the change of it.
"""
import datetime
import importlib.metadata
import json
import pathlib
import random
import zoneinfo

from dateutil.relativedelta import relativedelta

ROWS = 800
UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
SECOND = datetime.timedelta(seconds=1)
ZONES = ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham",
         "America/Sao_Paulo", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Apia"]
LARGEST = {"years": 7, "months": 30, "weeks": 9, "days": 40}
# Changes of a clock of these zones, near which anchors are put.
CHANGES = [(2026, 3, 29), (2026, 10, 25), (2027, 3, 14), (2027, 11, 7), (2026, 4, 5), (2026, 10, 4), (2017, 10, 15),
           (2018, 2, 17), (2024, 3, 10), (2024, 4, 14), (2011, 12, 30), (2010, 9, 26)]


def shown(instant, zone):
    """What the clock on the wall shows."""
    return instant.astimezone(zone).replace(tzinfo=None)


def instants(local, zone):
    """The instants at which the clock shows a time: none, one or two."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(instant for instant in found if shown(instant, zone) == local)


def first_instant(local, zone):
    """The first instant at which the clock shows a time, or a later one where it skips it."""
    known = instants(local, zone)
    if known:
        return known[0]
    before = local.replace(tzinfo=UTC, microsecond=0) - datetime.timedelta(days=2)
    while shown(before + datetime.timedelta(minutes=15), zone) < local:
        before += datetime.timedelta(minutes=15)
    while shown(before, zone) < local:
        before += SECOND
    return before


def milliseconds(instant):
    """Since 1970."""
    return (instant - EPOCH) // datetime.timedelta(milliseconds=1)


def anchor_of(pick, zone):
    """An instant: at a month's end, near a change of a clock, or anywhere; often in the first hours of the day."""
    kind = pick.random()
    if kind < 0.4:
        day = datetime.datetime(pick.randint(1995, 2040), pick.randint(1, 12), 1) + relativedelta(day=31)
        day -= datetime.timedelta(days=pick.randint(0, 3))
    elif kind < 0.7:
        day = datetime.datetime(*pick.choice(CHANGES)) - datetime.timedelta(days=pick.randint(0, 3) * pick.choice([1, 7, 30]))
    else:
        day = datetime.datetime(1990, 1, 1) + datetime.timedelta(days=pick.randint(0, 20_000))
    hour = pick.randint(0, 3) if pick.random() < 0.7 else pick.randint(0, 23)
    local = day.replace(hour=hour, minute=pick.choice([0, 15, 30, 45, 59]), second=pick.choice([0, 0, 1, 59]),
                        microsecond=pick.choice([0, 0, 0, 1, 500, 999]) * 1000)
    known = instants(local, zone)
    return pick.choice(known) if known else first_instant(local, zone)


def main():
    """Writes the file and says how many rows it has."""
    pick = random.Random(20_261_130)
    rows = []
    while len(rows) < ROWS:
        name, unit = pick.choice(ZONES), pick.choice(list(LARGEST))
        zone = zoneinfo.ZoneInfo(name)
        count = 1 if pick.random() < 0.5 else pick.randint(2, LARGEST[unit])
        anchor = anchor_of(pick, zone)
        local = shown(anchor, zone)
        farther = sorted(pick.sample(range(13, 900), 4))
        slots = [
            [number, milliseconds(first_instant(local + relativedelta(**{unit: number * count}), zone))]
            for number in list(range(1, 13)) + farther]
        rows.append([f"{unit}={count}", name, milliseconds(anchor), slots])
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/SharedTests/Calendar/Fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    version = importlib.metadata.version("python-dateutil")
    (folder / "dateutil.json").write_text(f'{{"dateutil": "{version}", "rows": [\n{lines}\n]}}\n', encoding="utf-8")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
