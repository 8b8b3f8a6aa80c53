# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A pseudo-terminal with a program in it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    def __init__(self, command, environment, folder, columns, rows):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.command = command
        self.columns = columns
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(slave)
        self._bytes = b""

    @property
    def text(self):
        """All that was shown, as it came."""
        return self._bytes.decode(errors="replace")

    @property
    def plain(self):
        """All that was shown, without colours and movements."""
        return CONTROL.sub("", self.text).replace("\r\n", "\n")

    @property
    def lines(self):
        """The lines that stay: of one that was written over, what came last."""
        return [line.rsplit("\r", 1)[-1] for line in self.plain.split("\n")]

    def _read(self, timeout):
        """Take what there is; False at the end."""
        if not select.select([self._master], [], [], timeout)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:  # how Linux says that nobody is at the other end
            return False
        self._bytes += data
        return bool(data)

    def read_until(self, text, timeout=20):
        """Wait until it shows the text; returns all that was shown."""
        deadline = time.monotonic() + timeout
        while text not in self.plain:
            left = deadline - time.monotonic()
            assert left > 0, f"waited {timeout} s in vain for {text!r}; shown: {self.text!r}"
            if not self._read(min(left, 0.2)):
                assert text in self.plain, f"it ended without {text!r}; shown: {self.text!r}"
        return self.plain

    def type(self, text):
        os.write(self._master, text.encode())

    def interrupt(self):
        """Press Ctrl-C."""
        self.type("\x03")

    @property
    def echoes(self):
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def resize(self, columns, rows=40):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait(self, timeout=30):
        """The exit code, once it has ended."""
        deadline = time.monotonic() + timeout
        while self._read(0.1):
            if self.process.poll() is not None and not select.select([self._master], [], [], 0)[0]:
                break
            assert time.monotonic() < deadline, f"it has not ended within {timeout} s; shown: {self.text!r}"
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        os.close(self._master)
