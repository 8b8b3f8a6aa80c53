# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The soak: hundreds of fires a second, something breaks every 20 s, and nothing may be lost, doubled or early.

After each fault every job must go on within two minutes. How far the jobs are behind their slots is printed and not
judged: it says how busy the machine is. What has piled up by the end must be worked off within two minutes.

Not collected with the tests; scripts/soak names it. SOAK_MINUTES, SOAK_SEED and SOAK_RATE set it.
"""

import os
import random
import time
from collections import Counter
from statistics import median

from harness.documents import now
from harness.servers import Servers
from harness.trial import TIMEOUT, Trial
from harness.waiting import throughout
from harness.worker import status

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
RATE = int(os.environ.get("SOAK_RATE", "500"))
SEED = int(os.environ.get("SOAK_SEED", random.SystemRandom().randrange(10**6)))
INTERVAL = 1000
PAUSE = 20
MEMORY, DESCRIPTORS = 12 * 1024 * 1024, 12
"""What a process may gain from the second third of its life to the last; the first is warming up."""
BACKLOG = 20 * RATE
"""How many runs may be under way at the end: an outage passes by itself."""


def answer(action):
    """At once, without waiting for the broker: what it loses in a crash is ended by the job's start time-out."""
    return [status("completed" if action.kind == "run" else "cancelled", attempt=action.attempt)]


class Soak:
    """Two Schedulers, of which each can hold everything, a Custodian, and what may befall them."""

    def __init__(self, world, servers, dice):
        self.world, self.servers, self.dice = world, servers, dice
        self.trial = Trial(
            world, count=RATE * INTERVAL // 1000, interval=INTERVAL, watched=False, confirm=False, may_lag=True,
            answer=answer, runStartTimeout=30_000)
        self.broker, broker_way = self.trial.broker_way()
        # Through the replica set's own addresses: the way of a program follows the elections.
        self.settings = broker_way
        self.custodian = world.custodian()
        self.schedulers = [world.scheduler(**self.settings), world.scheduler(**self.settings)]
        self.samples = {}

    def faults(self):
        many = len(self.servers.members) >= 3
        return [self.kill, self.restart, self.freeze, self.pause, self.cut_broker, self.lose_confirms, self.alarm,
                self.kill_custodian, self.kill_broker, self.kill_primary, *([self.step_down] if many else [])]

    def victim(self):
        return self.dice.randrange(2)

    def replace(self, index):
        self.schedulers[index] = self.world.scheduler(**self.settings)

    def kill(self):
        index = self.victim()
        self.schedulers[index].kill9()
        self.replace(index)

    def restart(self):
        index = self.victim()
        code, took = self.schedulers[index].term_and_wait()
        assert code == 0, f"exit code {code} after {took:.1f} s"
        self.replace(index)

    def freeze(self):
        self._hold_up(TIMEOUT + 3)

    def pause(self):
        self._hold_up(1.0)

    def _hold_up(self, seconds):
        program = self.schedulers[self.victim()]
        program.stop()
        time.sleep(seconds)
        program.resume()

    def cut_broker(self):
        self.broker.cut()

    def lose_confirms(self):
        self.broker.lose("down")
        time.sleep(2)
        self.broker.cut()

    def alarm(self):
        with self.servers.alarm("memory"):
            time.sleep(3)

    def kill_custodian(self):
        self.custodian.kill9()
        self.custodian = self.world.custodian()

    def kill_broker(self):
        self.servers.kill9(self.servers.BROKER)
        self.servers.start()

    def step_down(self):
        self.servers.step_down()

    def kill_primary(self):
        self.servers.kill9(self.servers.primary())
        time.sleep(2)
        self.servers.start()

    def sample(self, begun):
        """Note and print memory and descriptors of each program that lives."""
        shown = []
        for program in self.world.programs:
            if program.is_running:
                rss, descriptors = program.rss_bytes(), program.descriptors()
                self.samples.setdefault(program, []).append((rss, descriptors))
                shown.append(f"{program.label} {rss / 2**20:.0f} MiB {descriptors} fds")
        # Counted here: to count the documents takes long, and the database's own estimate is wrong after a crash.
        deliveries, active = len(self.trial.worker.actions), self.trial.active_runs()
        behind = now() - min(job["nextRunAt"] for job in self.world.jobs.find({}, {"nextRunAt": 1}))
        print(f"{time.monotonic() - begun:6.0f} s  {deliveries} deliveries, {active} runs not ended, the last job "
              f"{max(0.0, behind.total_seconds()):.1f} s behind  {' · '.join(shown)}", flush=True)

    def work_off(self):
        """The firing goes on; what the last fault has left must go down all the same."""
        before = self.trial.active_runs()

        def is_done():
            active = self.trial.active_runs()
            assert active <= BACKLOG, f"{active} are"
            return True

        self.world.eventually(is_done, 120, f"{before} runs that are under way to become at most {BACKLOG}", every=1)

    def check_growth(self):
        """Of every process that lived long enough to tell."""
        for program, samples in self.samples.items():
            if len(samples) >= 9:
                memory, descriptors = (growth(values) for values in zip(*samples))
                print(f"{program.label} gained {memory / 2**20:.1f} MiB and {descriptors:g} descriptors", flush=True)
                assert memory <= MEMORY and descriptors <= DESCRIPTORS, f"{program.label} grows: {samples}"


def growth(values):
    """From the second third to the last, without regard to single outliers."""
    third = len(values) // 3
    return median(values[-third:]) - median(values[third:2 * third])


def test_soak(world):
    servers = Servers()
    dice = random.Random(SEED)
    print(f"\nsoak of {MINUTES:g} minutes at {RATE} fires/s, SOAK_SEED={SEED}", flush=True)
    soak = Soak(world, servers, dice)
    try:
        soak.trial.begin(3)
        begun = time.monotonic()
        while time.monotonic() - begun < MINUTES * 60:
            next_fault = time.monotonic() + PAUSE
            soak.sample(begun)
            fault = dice.choice(soak.faults())
            print(f"{time.monotonic() - begun:6.0f} s  {fault.__name__}", flush=True)
            with soak.trial.fault(recovery=120):
                fault()
                broken = time.monotonic()
            healed = time.monotonic()
            print(f"{healed - begun:6.0f} s  all fire again, {healed - broken:.1f} s later", flush=True)
            throughout(
                lambda: world.check_alive() or True, next_fault - time.monotonic(), "the programs to go on", every=0.5)
        soak.work_off()
        soak.sample(begun)
        runs = soak.trial.conclude(120)
        ends = Counter(run["status"] for run in runs)
        skips = sum((Counter(job.get("skipped", {})) for job in world.jobs.find({}, {"skipped": 1})), Counter())
        print(f"{len(runs)} runs {dict(ends)}, slots skipped {dict(skips)}, {len(soak.trial.worker.actions)} deliveries: "
              "no violation", flush=True)
        soak.check_growth()
    finally:
        servers.restore()
