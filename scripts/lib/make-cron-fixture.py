#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""Writes Tests/SharedTests/Cron/Fixtures/croniter.json: slots as croniter 7.0.0 (PyPI) finds them, to compare ours with.

Run by hand with that version installed; the result is committed. Only what both mean alike is asked (the differences
are listed in docs/schedules.md): no window with a change of the clock unless the hour is a star.
"""
import datetime
import importlib.metadata
import json
import pathlib
import random
import zoneinfo

from croniter import croniter

VERSION = "7.0.0"
ROWS = 2400
NEXT = 5
ZONES = ["UTC", "Asia/Kolkata", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham",
         "America/Sao_Paulo", "Africa/Casablanca", "Antarctica/Troll"]
MONTHS = ["jan", "FEB", "Mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
DAYS = ["SUN", "Mon", "tue", "WED", "THU", "FRI", "SAT"]


def field(pick, low, high, names=None):
    """A random field: star, step, value, list, range or range with a step."""
    def show(value):
        return names[value - low] if names and pick.random() < 0.3 else str(value)

    kind = pick.choice(["star", "step", "value", "value", "list", "range", "stepped"])
    if kind == "star":
        return "*"
    if kind == "step":
        return f"*/{pick.randint(2, (high - low) // 2)}"
    if kind == "value":
        return show(pick.randint(low, high))
    if kind == "list":
        return ",".join(show(value) for value in sorted(pick.sample(range(low, high + 1), 3)))
    first, last = sorted(pick.sample(range(low, high + 1), 2))
    return f"{show(first)}-{show(last)}" + (f"/{pick.randint(2, 4)}" if kind == "stepped" else "")


def days(pick):
    """The day of month and the day of week, of which at most one starts with a star and a step."""
    kind = pick.random()
    if kind < 0.4:
        return field(pick, 1, 31), "*"
    if kind < 0.6:
        return "*", field(pick, 0, 6, DAYS)
    if kind < 0.7:
        return pick.choice(["L", "L,15", f"{pick.randint(1, 28)}W", "?"]), "*"
    if kind < 0.8:
        return "?", f"{pick.choice(DAYS)}#{pick.randint(1, 5)}"
    if kind < 0.9:
        return str(pick.randint(1, 28)), "-".join(pick.sample(DAYS, 2))
    return ",".join(str(day) for day in sorted(pick.sample(range(1, 29), 3))), str(pick.randint(0, 7))


def is_steady(zone, start, end):
    """Whether the offset is one and the same from start to end, looked at every twelve hours."""
    instant, offset = start, start.astimezone(zone).utcoffset()
    while instant < end + datetime.timedelta(days=1):
        if instant.astimezone(zone).utcoffset() != offset:
            return False
        instant += datetime.timedelta(hours=12)
    return end.astimezone(zone).utcoffset() == offset


def main():
    """Writes the file and says how many rows it has."""
    assert importlib.metadata.version("croniter") == VERSION
    pick = random.Random(20_261_121)
    rows = []
    while len(rows) < ROWS:
        name = pick.choice(ZONES)
        zone = zoneinfo.ZoneInfo(name)
        start = datetime.datetime.fromtimestamp(pick.randint(1_420_070_400, 1_767_225_600), datetime.timezone.utc)
        hour = "*" if pick.random() < 0.3 else field(pick, 0, 23)
        day, weekday = days(pick)
        five = f"{field(pick, 0, 59)} {hour} {day} {field(pick, 1, 12, MONTHS)} {weekday}"
        seconds = field(pick, 0, 59) if pick.random() < 0.2 else None
        # croniter has the seconds at the end.
        theirs, ours = (f"{five} {seconds}", f"{seconds} {five}") if seconds else (five, five)
        try:
            found = croniter(theirs, start.astimezone(zone))
            slots = [found.get_next(datetime.datetime).astimezone(datetime.timezone.utc) for _ in range(NEXT)]
        except Exception:  # pylint: disable=broad-except
            continue  # 30 February
        if hour == "*" or is_steady(zone, start - datetime.timedelta(days=1), slots[-1]):
            rows.append([ours, name, int(start.timestamp())] + [int(slot.timestamp()) for slot in slots])
    folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/SharedTests/Cron/Fixtures"
    folder.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row) for row in rows)
    (folder / "croniter.json").write_text(
        f'{{"croniter": "{VERSION}", "rows": [\n{lines}\n]}}\n', encoding="utf-8")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
