# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Answers of HTTP/1 that are broken, endless or strange."""

import contextlib

from .tcp_server import TCPServer

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
BROKEN = "the answer is not HTTP as it should be"
LATE = "timeout after 1 s"
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def _status(text, *fields):
    lines = [f"HTTP/1.1 {text} X", "content-length: 2", *fields, "", "ok"]
    return "\r\n".join(lines).encode("latin-1")


WAYS = {
    "000": (_status("000"), b"", BROKEN), "050": (_status("050"), b"", BROKEN), "099": (_status("099"), b"", BROKEN),
    "199": (_status("199"), b"", BROKEN), "600": (_status("600"), b"", "HTTP 600: ok"), "999": (_status("999"), b"", "HTTP 999: ok"),
    "101": (b"HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", b"", "HTTP 101"),
    "103, then 200": (b"HTTP/1.1 103 X\r\nlink: x\r\n\r\n" + OK, b"", "ok"),
    "100 for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, LATE),
    "fields for ever": (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000, BROKEN),
    "a field for ever": (b"HTTP/1.1 200 OK\r\nx: ", b"a" * 65536, BROKEN),
    "a reason for ever": (b"HTTP/1.1 200 ", b"a" * 65536, {LATE, BROKEN}),
    "trailers for ever": (CHUNKED + b"0\r\n", b"a: b\r\n" * 1000, BROKEN),
    "an extension for ever": (CHUNKED + b"5;", b"a" * 65536, {LATE, BROKEN}),
    "no UTF-8 in a field": (_status("200", "content-type: \xe9\xff"), b"", "ok"),
    "no UTF-8 in a name": (_status("200", "x-\xe9: 1"), b"", BROKEN),
    "a late Retry-After": (_status("503", "retry-after: 99999999999999999999999"), b"", "HTTP 503: ok"),
    "a long length": (b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999\r\n\r\nok", b"", BROKEN),
    "two lengths": (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", b"", BROKEN),
    "two answers": (OK + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil", b"", {"ok", BROKEN}),
    "no HTTP": (b"hello\r\n", b"", BROKEN), "line feeds": (b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok", b"", BROKEN),
    "a redirect": (_status("302", "location: http://169.254.169.254/"), b"", "HTTP 302: ok"),
    "another proxy's": (_status("407", "proxy-authenticate: basic"), b"", "HTTP 407: ok"),
}
"""What is said to each request, what then without end, and the error or the result of the run."""


class PlainServer(TCPServer):
    def __init__(self, first, endless):
        super().__init__()
        self._first, self._endless = first, endless
        self.go_on()

    def serve(self, client):
        with contextlib.suppress(OSError), client:
            while client.recv(65536):
                client.sendall(self._first)
                while self._endless:
                    client.sendall(self._endless)
