# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The one judge of the fault tests: it holds three independent records against each other.

They are the run documents, the messages that a recording worker saw, and the slots computed here from the job. Where the
database's history was kept, the edges of runs and the passing on of locks are judged, too.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from .documents import moment, seconds

FINAL = {"completed", "failed", "cancelled"}
EDGES = {
    None: {"pending"},
    "pending": {"running", "cancelling"} | FINAL,
    "running": {"cancelling"} | FINAL,
    "cancelling": FINAL,
    "completed": set(), "failed": set(), "cancelled": set(),
}
"""The chart of the documentation; the way back to `pending` needs a further attempt."""

BATCH = timedelta(seconds=6)
"""How far the slots that go through together can reach: longer is what a late Scheduler does not catch up on."""


@dataclass(frozen=True)
class Plan:
    """What a job was made as, from which its slots follow."""

    job: str
    anchor: datetime
    interval: int = 0
    seconds: tuple = ()
    """For a cron expression of seconds: which seconds of each minute, instead of an interval in ms."""
    serial: bool = False

    def slots(self, end):
        """Every slot from the anchor to before `end`."""
        result, slot = [], self.anchor
        step = timedelta(milliseconds=self.interval or 1000)
        while slot < end:
            if not self.seconds or slot.second in self.seconds:
                result.append(slot)
            slot += step
        return result


class Verdict:
    """Collects what is wrong; `raise_if_any` tells all of it at once."""

    def __init__(self, plans, runs, jobs, actions, spans=(), may_miss=False):
        """`spans` are the times (begin, end) in which something was broken; else slots are missed only if they `may`."""
        self.plans = plans
        self.runs = runs
        self.jobs = {job["_id"]: job for job in jobs}
        self.actions = actions
        self.spans = [(begin - timedelta(seconds=3), end + timedelta(seconds=1)) for begin, end in spans]
        self.may_miss = may_miss
        self.violations = []
        self._by_job = defaultdict(list)
        for run in runs:
            self._by_job[run["jobName"]].append(run)

    def judge(self, history=None):
        """Everything there is to judge."""
        for plan in self.plans:
            self.judge_slots(plan)
            self.judge_misfires(plan)
        self.judge_times()
        self.judge_deliveries()
        self.judge_ends()
        if history is not None:
            self.judge_edges(history.runs)
            self.judge_serial({plan.job for plan in self.plans if plan.serial}, history.runs)
            self.judge_locks(history.locks)
        return self

    def raise_if_any(self):
        shown = "\n  ".join(self.violations[:25])
        assert not self.violations, f"{len(self.violations)} violations, the first of them:\n  {shown}"

    def _say(self, text):
        self.violations.append(text)

    def is_disturbed(self, moment):
        return any(begin <= moment <= end for begin, end in self.spans)

    def covers(self, first, last):
        """Whether something was broken all along."""
        return any(begin <= first and last <= end for begin, end in self.spans)

    def judge_slots(self, plan):
        """Each slot has one run or one recorded skip, and nothing else has (I1, I2)."""
        job = self.jobs[plan.job]
        fired = Counter(
            run["scheduledTime"] for run in self._by_job[plan.job] if run.get("trigger", "schedule") == "schedule")
        slots = plan.slots(job["nextRunAt"])
        if not job["enabled"]:
            # Disabled between the making of the runs and the job's step: the slots are begun, and count as such later.
            slots += [slot for slot in plan.slots(job["nextRunAt"] + BATCH) if slot >= job["nextRunAt"] and slot in fired]
        rows = job.get("skips", [])
        skipped = Counter(
            slot for slot in slots for row in rows if row["firstSlot"] <= slot <= row["lastSlot"])
        for slot, count in fired.items():
            if count > 1:
                self._say(f"{plan.job}: slot {slot} has {count} runs")
        known = set(slots)
        for slot in sorted(set(fired) - known):
            self._say(f"{plan.job}: a run for {slot}, which is no slot before {job['nextRunAt']}")
        for slot, count in skipped.items():
            if count > 1 or slot in fired:
                self._say(f"{plan.job}: slot {slot} has {count} skips and {fired[slot]} runs")
        told = sum(job.get("skipped", {}).values())
        is_whole = told == sum(row["count"] for row in rows)
        if is_whole and sum(skipped.values()) != told:
            self._say(f"{plan.job}: {told} skips are counted, its rows cover {sum(skipped.values())} slots: {rows}")
        lost = known - set(fired) - set(skipped)
        if lost and is_whole or len(known) != len(fired) + told:
            self._say(f"{plan.job}: {len(lost)} of {len(known)} slots have neither run nor skip: {sorted(lost)[:5]}")

    def judge_misfires(self, plan):
        """A slot is missed only where something was broken."""
        for row in self.jobs[plan.job].get("skips", []):
            if row["reason"] == "misfire" and not self.may_miss and not self.covers(row["firstSlot"], row["lastSlot"]):
                self._say(f"{plan.job}: slots were missed while nothing was broken: {row}")

    def judge_times(self):
        """Nothing is made or published before its slot (I3)."""
        slots = {}
        for run in self.runs:
            slot = run.get("scheduledTime")
            if slot is None:
                continue
            slots[str(run["_id"])] = slot
            if run["createdTime"] < slot:
                self._say(f"run {run['_id']} was made at {run['createdTime']}, before its slot {slot}")
        for action in self.actions:
            slot = slots.get(action.run)
            if slot is not None and action.arrival < seconds(slot):
                self._say(f"the {action.kind} of {action.run} arrived before its slot {slot}")

    def judge_deliveries(self):
        """Each attempt of each run arrived, under its one id, and twice only where something was broken (I7 to I9)."""
        arrived = defaultdict(list)
        for action in self.actions:
            arrived[action.message_id].append(action)
            expected = f"{action.run}:{action.kind}:{action.attempt}"
            if action.message_id != expected:
                self._say(f"message_id {action.message_id}, expected {expected}")
        known = {str(run["_id"]): run for run in self.runs}
        for run in self.runs:
            for attempt in range(1, run.get("attempt", 1) + 1):
                if f"{run['_id']}:run:{attempt}" not in arrived and run["status"] != "cancelled":
                    self._say(f"attempt {attempt} of {run['_id']} ({run['status']}) of {run['jobName']}, slot "
                              f"{run.get('scheduledTime')}, never reached the worker")
        for id, deliveries in arrived.items():
            run = known.get(deliveries[0].run)
            if run is None:
                self._say(f"{id} arrived and has no run document: {deliveries[0].body}")
                continue
            if any(other.body != deliveries[0].body for other in deliveries):
                self._say(f"two bodies under {id}")
            moments = [moment(delivery.arrival) for delivery in deliveries]
            if len(deliveries) > 1 and not any(map(self.is_disturbed, [run["createdTime"], *moments])):
                self._say(f"{id} arrived {len(deliveries)} times, at {moments}, and nothing was broken then")

    def judge_ends(self):
        """Every run has ended (I27); none that was delivered is unmarked."""
        for run in self.runs:
            if run["status"] not in FINAL:
                self._say(f"run {run['_id']} of {run['jobName']} is still {run['status']} "
                          f"(published {run.get('publishedAt')}, attempt {run.get('attempt')})")
            elif run.get("endTime") is None or run["endTime"].year == 1:
                self._say(f"run {run['_id']} has ended without an endTime")
        for job in self.jobs.values():
            if job.get("managerId"):
                self._say(f"{job['_id']} is still locked by {job['managerId']}")

    def judge_edges(self, changes):
        """States move along the chart, and an attempt never goes back (I6)."""
        last = {}
        for change in changes:
            status, attempt = last.get(change.run, (None, 1))
            last[change.run] = (change.status, change.attempt)
            if change.attempt < attempt:
                self._say(f"run {change.run} went from attempt {attempt} back to {change.attempt}")
            if change.status == status:
                continue
            is_retry = change.status == "pending" and status in ("pending", "running", "failed")
            allowed = change.attempt > attempt if is_retry else change.status in EDGES[status]
            if not allowed:
                self._say(f"run {change.run} went from {status} to {change.status} (attempt {attempt} to {change.attempt})")

    def judge_serial(self, jobs, changes):
        """Of a serial job at most one run is published and not ended (I17)."""
        active = defaultdict(set)
        for change in changes:
            if change.job not in jobs:
                continue
            takes = change.status in ("running", "cancelling") or change.status == "pending" and change.published
            if takes and not change.backs_off:
                active[change.job].add(change.run)
                if len(active[change.job]) > 1:
                    self._say(f"serial {change.job} had {len(active[change.job])} active runs: {active[change.job]}")
            elif change.status in FINAL or change.backs_off:
                active[change.job].discard(change.run)

    def judge_locks(self, changes):
        """A job goes from its owner to nobody, and on under a higher epoch (I4, I15)."""
        last = {}
        for change in changes:
            owner, epoch = last.get(change.job, (None, -1))
            last[change.job] = (change.owner, change.epoch)
            if change.epoch < epoch:
                self._say(f"the lock epoch of {change.job} went from {epoch} to {change.epoch}")
            if change.owner is None or change.owner == owner:
                continue
            if owner is not None:
                self._say(f"{change.job} went from {owner} to {change.owner} without having been unlocked")
            if change.epoch <= epoch:
                self._say(f"{change.job} was locked by {change.owner} under the old epoch {epoch}")
