# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""The command line under test: through pipes, and through a terminal of its own."""

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time

from .programs import clean_environment
from .terminal import Terminal

EXECUTABLE = "simple-scheduler-cli"


class CLI:
    """A user with a home of their own; everything that is printed is kept, to be looked through for secrets."""

    def __init__(self, environment, folder, **variables):
        self.path = environment.binaries / EXECUTABLE
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.folder = self.home / ".config" / "simple-scheduler"
        self.variables = {"HOME": self.home, "TERM": "xterm-256color"} | variables
        self.printed = []
        self.secrets = set()
        self._running = []

    def environment(self, variables):
        return clean_environment(self.variables | variables) | {"HOME": str(self.home)}

    def run(self, *words, input=None, timeout=30, **variables):
        """Run it to its end with pipes; `out`, `err` and `code` are what came."""
        process = subprocess.run(
            [str(self.path), *map(str, words)], env=self.environment(variables), cwd=self.home, timeout=timeout,
            input=input, stdin=subprocess.DEVNULL if input is None else None, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
        return self._kept(Result(words, process.returncode, process.stdout, process.stderr))

    def ok(self, *words, **options):
        """Run it; it must succeed. Returns what it printed."""
        result = self.run(*words, **options)
        assert result.code == 0, result
        return result.out

    def json(self, *words, **options):
        return json.loads(self.ok(*words, "-o", "json", **options))

    def fails(self, code, *words, **options):
        """Run it; it must fail with this code, say so on standard error, and print no result."""
        result = self.run(*words, **options)
        assert result.code == code, result
        assert re.search("^error: ", result.err, re.M) or code == 64, result
        assert "Fatal error" not in result.err and not result.err.lstrip().startswith("{"), result
        return result

    def fails_plainly(self, code, *words, **options):
        """Run it; this code is an answer, not a failure: nothing on standard error."""
        result = self.run(*words, **options)
        assert result.code == code and result.err == "", result
        return result

    def start(self, *words, **variables):
        """Start it with pipes, to go on while the test does something."""
        process = Running(subprocess.Popen(
            [str(self.path), *map(str, words)], env=self.environment(variables), cwd=self.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            errors="replace", start_new_session=True), words, self._kept)
        self._running.append(process)
        return process

    def terminal(self, *words, columns=100, rows=40, **variables):
        """Start it in a terminal."""
        return self._shown([str(self.path), *map(str, words)], self.environment(variables), columns, rows)

    def shell(self, *command):
        """Start a shell in a terminal, which finds the program by its name."""
        return self._shown(command, self.shell_environment(), 120, 40)

    def shell_environment(self):
        environment = self.environment({})
        return environment | {"PATH": f"{self.path.parent}:{environment['PATH']}"}

    def _shown(self, command, environment, columns, rows):
        terminal = Terminal(command, environment, self.home, columns, rows)
        self._running.append(terminal)
        return terminal

    def tokens(self):
        """The stored logins by context; their secrets must show up nowhere from now on."""
        file = self.folder / "tokens.json"
        logins = json.loads(file.read_text("utf-8-sig"))["logins"] if file.exists() else {}
        for login in logins.values():
            self.secrets |= {login[name] for name in ("accessToken", "refreshToken", "clientSecret") if login.get(name)}
        return logins

    def _kept(self, result):
        self.printed.append(result.out + result.err)
        return result

    def close(self):
        for process in self._running:
            process.end()
        self.tokens()
        printed = "".join(self.printed + [process.text for process in self._running])
        for secret in self.secrets:
            assert secret not in printed, "a secret was printed"


class Result:
    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def __repr__(self):
        return f"{' '.join(map(str, self.words))}: code {self.code}\nout: {self.out}\nerr: {self.err}"


class Running:
    """A command with pipes that has not ended yet."""

    def __init__(self, process, words, kept):
        self.process = process
        self.words = words
        self._kept = kept
        self._lines = queue.Queue()
        self._parts = {"out": [], "err": []}
        self._readers = [
            threading.Thread(target=self._read, args=(name, stream), daemon=True)
            for name, stream in (("out", process.stdout), ("err", process.stderr))]
        for reader in self._readers:
            reader.start()

    def _read(self, name, stream):
        for line in stream:
            self._parts[name].append(line)
            self._lines.put(line)

    @property
    def text(self):
        return "".join(self._parts["out"] + self._parts["err"])

    def line_with(self, word, timeout=20):
        """The next line, of either stream, that holds the word."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self._lines.get(timeout=0.1)
            except queue.Empty:
                if self.process.poll() is None and time.monotonic() < deadline:
                    continue
                raise AssertionError(f"no line with {word!r} within {timeout} s (exit code {self.process.poll()}): {self.text}") from None
            if word in line:
                return line.strip()

    def interrupt(self):
        os.kill(self.process.pid, signal.SIGINT)

    def wait(self, timeout=30):
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.words} has not ended within {timeout} s: {self.text}") from None
        for reader in self._readers:
            reader.join(5)
        return self._kept(Result(self.words, code, "".join(self._parts["out"]), "".join(self._parts["err"])))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
