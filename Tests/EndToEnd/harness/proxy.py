# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""A small TCP proxy: a network that can be cut, frozen, slow, or deaf in one direction, and stops at a chosen message."""

import contextlib
import re
import socket
import threading
import time

UP, DOWN = "up", "down"
"""The two ways: to the server, and back from it."""


def free_port():
    """A port on which nothing listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hold:
    """What became of a message that is looked for: it was `seen`, and the server has `answered` on its connection."""

    def __init__(self, pattern, way=None, reply=b""):
        self.pattern = re.compile(pattern, re.DOTALL)
        self.way = way
        self.reply = re.compile(reply, re.DOTALL)
        self.seen = threading.Event()
        self.answered = threading.Event()

    def wait(self, timeout):
        """Until what is held is here: the request, or its answer. False when it did not come in so many seconds."""
        return (self.answered if self.way == DOWN else self.seen).wait(timeout)


class Proxy:
    """Listens on `port` from `open()` on and passes everything to the target, until `close()`."""

    def __init__(self, host, port_of_target, port=None):
        self._target = (host, port_of_target)
        self.port = port or free_port()
        self.delay = 0.0
        """Seconds that every piece waits, each way."""
        self._listener = None
        self._sockets = set()
        self._lock = threading.Lock()
        self._gates = {UP: threading.Event(), DOWN: threading.Event()}
        self._lost = set()
        self._holds = []
        self._unanswered = []
        self.thaw()

    def open(self):
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def close(self):
        """Stop listening and cut every connection."""
        if self._listener:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.cut()

    def cut(self):
        """End every connection, whatever is held or lost; new ones are made as usual."""
        with self._lock:
            sockets, self._sockets = self._sockets, set()
            self._holds = [hold for hold in self._holds if hold.way is None]
            self._unanswered.clear()
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._lost.clear()
        self.thaw()

    def lead_to(self, host, port):
        """Another server for the connections that are made from now on."""
        self._target = (host, port)

    def freeze(self, *ways):
        """Pass nothing more, without a word to either side; no way named = both."""
        for way in ways or (UP, DOWN):
            self._gates[way].clear()

    def thaw(self):
        """Pass on what waited and what comes."""
        for gate in self._gates.values():
            gate.set()

    def lose(self, way):
        """Throw away what comes from this side, until the connections are cut."""
        self._lost.add(way)

    def hold(self, pattern, what, reply=b""):
        """Freeze when a message to the server matches: the `request` before it gets there, or its `answer`.

        `reply`: what the answer looks like, where the server says other things on the connection, too.
        Returns the `Hold`, to wait for.
        """
        return self._look_for(Hold(pattern, {"request": UP, "answer": DOWN}[what], reply))

    def watch(self, pattern):
        """An event that tells when a message to the server matches; it passes."""
        return self._look_for(Hold(pattern)).seen

    def _look_for(self, hold):
        with self._lock:
            self._holds.append(hold)
        return hold

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._target, timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._sockets |= {client, server}
            threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client, server):
        """One connection, to its end."""
        up = threading.Thread(target=self._pass_on, args=(client, server, UP), daemon=True)
        up.start()
        self._pass_on(server, client, DOWN)
        for one in (client, server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        up.join()
        with self._lock:
            self._sockets -= {client, server}
        client.close()
        server.close()

    def _pass_on(self, source, sink, way):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                if way == UP and self._holds:
                    self._look_for_holds(data, server=sink)
                if way == DOWN and self._unanswered:
                    self._look_for_answers(data, server=source)
                self._gates[way].wait()
                if way not in self._lost:
                    sink.sendall(data)
        if way == UP:
            # Who asked is gone: the server still answers, and then closes.
            self._gates[way].wait()
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

    def _look_for_holds(self, data, server):
        with self._lock:
            found = [hold for hold in self._holds if hold.pattern.search(data)]
            self._holds = [hold for hold in self._holds if hold not in found]
            for hold in found:
                if hold.way:
                    self.freeze(hold.way)
                    self._unanswered.append((server, hold))
        for hold in found:
            hold.seen.set()

    def _look_for_answers(self, data, server):
        with self._lock:
            found = [entry for entry in self._unanswered if entry[0] is server and entry[1].reply.search(data)]
            self._unanswered = [entry for entry in self._unanswered if entry not in found]
        for _, hold in found:
            hold.answered.set()
