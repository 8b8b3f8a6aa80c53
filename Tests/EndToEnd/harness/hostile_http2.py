# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Servers that agree on HTTP/2 and then do what they should not (RFC 9113)."""

import contextlib
import ssl
import struct
import time

from .tcp_server import TCPServer

SETTINGS, ACKNOWLEDGED = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]), bytes([0, 0, 0, 4, 1, 0, 0, 0, 0])
READY = SETTINGS + ACKNOWLEDGED


def frame(kind, flags, stream, payload):
    return struct.pack("!I", len(payload))[1:] + bytes([kind, flags]) + struct.pack("!I", stream) + payload


def streams(count):
    return frame(4, 0, 0, struct.pack("!HI", 3, count)) + ACKNOWLEDGED


GOODBYE = frame(7, 0, 0, struct.pack("!II", 0, 0))
LARGEST = b"a" * 0x3FFF
HEADERS_WITHOUT_END = frame(1, 1, 1, b"\x40\x7f" + LARGEST[:-2])
CONTINUATION = frame(9, 0, 1, LARGEST)


def _before(*parts, then=b"", endless=b"", close=False):
    """Says `parts` once it is connected, and after the first request `then`, and `endless` for ever, or closes."""
    def serve(connection):
        connection.sendall(b"".join(parts))
        if then:
            connection.recv(65536)
            time.sleep(0.1)
            connection.sendall(then)
        if close:
            time.sleep(0.1)
            return
        while endless:
            connection.sendall(endless)
        while connection.recv(65536):
            pass
    return serve


WAYS = {
    "silent": _before(), "silent afterwards": _before(READY), "no streams": _before(streams(0)), "goodbye at once": _before(GOODBYE),
    "goodbye": _before(READY, then=GOODBYE), "refused": _before(READY, then=frame(3, 0, 1, struct.pack("!I", 7))),
    "reset": _before(READY, then=frame(3, 0, 1, struct.pack("!I", 2))), "fewer streams": _before(streams(1), then=streams(0)),
    "push": _before(READY, then=frame(5, 4, 1, struct.pack("!I", 2) + b"\x82")), "not HTTP/2": _before(b"HTTP/1.1 200 OK\r\n\r\n" * 10),
    "answer to nothing": _before(frame(1, 5, 1, b"\x88")), "its own stream": _before(READY, frame(1, 5, 2, b"\x88")),
    "pings": _before(READY, endless=frame(6, 0, 0, b"12345678")),
    "headers": _before(READY, then=HEADERS_WITHOUT_END, endless=CONTINUATION),
    "headers at once": _before(HEADERS_WITHOUT_END, endless=CONTINUATION),
    "frames at once": _before(b"x" * 9, endless=b"x" * 65536),
    "settings": _before(READY, endless=frame(4, 0, 0, struct.pack("!HI", 3, 100) * 100)),
    "body": _before(READY, then=frame(1, 4, 1, b"\x88"), endless=frame(0, 0, 1, LARGEST)),
}


def _head(*fields, flags=4):
    """Of the answer to the first request; names and values in literals without an index (RFC 7541, section 6.2.2)."""
    block = b"".join(b"\x00" + bytes([len(part)]) + part if not index else bytes([len(part)]) + part
                     for name, value in fields for index, part in enumerate((name, value)))
    return frame(1, flags, 1, block)


STATUS = b":status"
BODY = frame(0, 1, 1, b"body")
WAYS |= {
    f"status {status.decode() or 'empty'}{' and body' if body else ''}": _before(
        READY, then=_head((STATUS, status), flags=4 if body else 5) + body)
    for status in (b"0", b"50", b"99", b"100", b"101", b"103", b"999", b"1000", b"99999999999", b"-1", b"abc", b"") for body in (b"", BODY)
} | {
    "no status": _before(READY, then=_head((b"x", b"y")) + BODY), "body first": _before(READY, then=BODY),
    "two statuses": _before(READY, then=_head((STATUS, b"200"), (STATUS, b"200")) + BODY),
    "two heads": _before(READY, then=_head((STATUS, b"200")) + _head((STATUS, b"200")) + BODY),
    "too long": _before(READY, then=_head((STATUS, b"200"), (b"content-length", b"2")) + BODY),
    "too short": _before(READY, then=_head((STATUS, b"200"), (b"content-length", b"9")) + BODY),
    "hundreds of 103": _before(READY, then=_head((STATUS, b"103")), endless=_head((STATUS, b"103"))),
    "upper case": _before(READY, then=_head((STATUS, b"200"), (b"X-A", b"b")) + BODY),
    "line feed": _before(READY, then=_head((STATUS, b"200"), (b"x", b"a\nb")) + BODY),
    "after its end": _before(READY, then=_head((STATUS, b"200")) + BODY + BODY + _head((STATUS, b"200"))),
    "before the request": _before(
        frame(4, 0, 0, struct.pack("!HI", 4, 0)) + ACKNOWLEDGED, then=_head((STATUS, b"200"), flags=5), close=True),
    "before the request, and a body": _before(
        frame(4, 0, 0, struct.pack("!HI", 4, 0)) + ACKNOWLEDGED, then=_head((STATUS, b"200")) + BODY, close=True),
    "unknown pseudo": _before(READY, then=_head((STATUS, b"200"), (b":x", b"y")) + BODY),
}

FLOODS = ["pings", "headers", "headers at once", "frames at once", "settings", "body", "hundreds of 103"]
"""Those that never end."""


class HostileServer(TCPServer):
    """Does to each connection what its way says; `open` are there now."""

    def __init__(self, certificate, way):
        super().__init__()
        self.open, self._way = 0, WAYS[way]
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(*certificate)
        self._tls.set_alpn_protocols(["h2"])
        self.go_on()

    def serve(self, client):
        self.open += 1
        with contextlib.suppress(OSError), client, self._tls.wrap_socket(client, server_side=True) as connection:
            self._way(connection)
        self.open -= 1
