# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Libraries that are preloaded into a program and put its clock or its disk into the hands of the test."""

import shutil
import struct
import subprocess
import uuid
from pathlib import Path

import pytest


def compiled(name, folder):
    """The library, from its source beside this file. libfaketime would stop the timers of Swift's concurrency."""
    compiler = shutil.which("clang") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    library = folder / f"{name}.so"
    source = Path(__file__).parent / f"{name}.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", str(library), str(source)], check=True)
    return library


class Clock:
    """The wall clock of one program, by `clock_shim.c`."""

    def __init__(self, library, folder, offset=0):
        self._file = folder / f"clock-{uuid.uuid4().hex}"
        self.set(offset)
        self.prefix = ["env", f"LD_PRELOAD={library}", f"CLOCK_SHIM_FILE={self._file}"]

    def set(self, offset):
        """Put it off by so many seconds from now on."""
        with open(self._file, "r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", offset))


class Disk:
    """What the preloaded `disk_shim.c` does with the files of one folder."""

    NAMES = ("steps", "end_at", "power", "failing", "seed", "reverted")

    def __init__(self, library, folder, data):
        self._file = folder / f"disk-{uuid.uuid4().hex}"
        self._file.write_bytes(bytes(8 * len(self.NAMES)))
        self.prefix = ["env", f"LD_PRELOAD={library}", f"DISK_SHIM_FILE={self._file}", f"DISK_SHIM_FOLDER={data}"]

    def get(self, name):
        return struct.unpack("=6q", self._file.read_bytes())[self.NAMES.index(name)]

    def set(self, **values):
        with open(self._file, "r+b") as file:
            for name, value in values.items():
                file.seek(8 * self.NAMES.index(name))
                file.write(struct.pack("=q", value))

    def end_in(self, steps, power=False, seed=0):
        """End the process before so many steps from now; with `power` as a power cut does it."""
        self.set(power=power, seed=seed)
        self.set(end_at=self.get("steps") + steps)
