# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.

"""Our two HTTP servers, the API and a health address, against RFC 9110 and RFC 9112, rule by rule: bytes in, answers out."""

import contextlib
import email.utils
import http.client
import json
import re
import socket
import subprocess
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from harness.metrics import Metrics

JSON = b"Content-Type: application/json"

pytestmark = pytest.mark.with_servers


@dataclass
class Server:
    name: str
    url: str
    path: str
    """A path that answers GET with 200, to everybody."""
    token: str = ""

    def connect(self):
        address = urlsplit(self.url)
        return Conversation(self, socket.create_connection((address.hostname, address.port), timeout=10))


@dataclass
class Answer:
    status: int
    fields: list
    body: bytes = b""

    def __getitem__(self, name):
        values = [value for known, value in self.fields if known.lower() == name.lower()]
        assert len(values) < 2, f"more than one {name}: {self}"
        return values[0] if values else None


class Conversation:
    """One connection; every answer that is read is checked for what all answers must have."""

    def __init__(self, server, connection):
        self.server = server
        self._socket = connection
        self._file = connection.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def send(self, data):
        self._socket.sendall(data)

    def finish(self):
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self, is_head=False):
        line = self._file.readline()
        match = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n", line)
        assert match, f"no status line: {line!r}"
        answer = Answer(int(match[1]), [])
        while (line := self._file.readline()) != b"\r\n":
            assert line.endswith(b"\r\n"), line
            name, value = line.decode().split(":", 1)
            answer.fields.append((name, value.strip()))
        if answer.status < 200:
            return answer
        assert email.utils.parsedate_to_datetime(answer["Date"]), "RFC 9110, 6.6.1"
        assert answer["Transfer-Encoding"] is None, "a client of HTTP/1.0 could not read it"
        if answer.status in (204, 304):
            assert answer["Content-Length"] is None, "RFC 9110, 8.6"
        elif is_head:
            assert int(answer["Content-Length"]) > 0, "that of the GET"
        else:
            answer.body = self._file.read(int(answer["Content-Length"]))
            assert len(answer.body) == int(answer["Content-Length"])
        if answer.status == 405:
            assert answer["Allow"], "RFC 9110, 15.5.6"
        if answer.status >= 400:
            self._check_refusal(answer, is_head)
        return answer

    def _check_refusal(self, answer, is_head):
        if self.server.name == "api":
            assert answer["Content-Type"] == "application/problem+json", answer
            if not is_head:
                problem = json.loads(answer.body)
                assert problem["status"] == answer.status and problem["detail"] == problem["error"], problem
        elif not is_head:
            assert answer["Content-Type"] == "text/plain; charset=utf-8" and answer.body.strip(), answer

    def is_open(self):
        self.send(f"GET {self.server.path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert self.answer().status == 200
        return not self.says_more()

    def says_more(self):
        """Whether there is more than was read; waits for it, or for the end."""
        return self._file.read(1) != b""


@pytest.fixture(scope="module")
def api(shared_world):
    client = shared_world.api_client()
    return Server("api", client.url, "/api/status", client.session.headers["Authorization"])


@pytest.fixture(scope="module")
def health(shared_world):
    server = Server("health", Metrics(shared_world.custodian(HEALTH_ADDRESS="127.0.0.1:0")).url, "/livez")
    return server


@pytest.fixture(params=["api", "health"])
def server(request):
    return request.getfixturevalue(request.param)


@dataclass
class Row:
    section: str
    what: str
    data: bytes
    statuses: list
    is_open: bool = True
    fields: dict = field(default_factory=dict)
    """Of the last answer."""

    def __str__(self):
        return f"{self.section} {self.what}"


def head(*fields, method=b"GET", target=b"PATH", version=b"HTTP/1.1", host=b"Host: x"):
    lines = [b" ".join((method, target, version)), *([host] if host else []), *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def post(*fields, body=b"", **options):
    return head(*fields, method=b"POST", **options) + body


CHUNKED = b"Transfer-Encoding: chunked"
OPEN, CLOSED = True, False

ROWS = [
    # Methods
    Row("9110 9.3.1", "GET", head(), [200]),
    Row("9110 9.3.2", "HEAD", head(method=b"HEAD"), [200]),
    Row("9110 9.3.2", "HEAD of nothing", head(method=b"HEAD", target=b"/no"), [404]),
    Row("9110 9.3.2", "HEAD without Host", head(method=b"HEAD", host=None), [400], CLOSED),
    Row("9110 9.3.2", "HEAD with a bad field", head(b"A : b", method=b"HEAD"), [400], CLOSED),
    Row("9110 9.3.7", "OPTIONS", head(method=b"OPTIONS"), [204], fields={"Allow": "GET, HEAD, OPTIONS"}),
    Row("9110 9.3.7", "OPTIONS *", head(method=b"OPTIONS", target=b"*"), [204]),
    Row("9110 9.3.3", "POST", post(b"Content-Length: 2", body=b"{}"), [405], fields={"Allow": "GET, HEAD, OPTIONS"}),
    Row("9110 9.3.4", "PUT", head(b"Content-Length: 2", method=b"PUT") + b"{}", [405]),
    Row("9110 9.3.5", "DELETE", head(method=b"DELETE"), [405]),
    Row("9110 9.3.8", "TRACE", head(method=b"TRACE"), [405]),
    Row("9110 9.3.6", "CONNECT", head(method=b"CONNECT", target=b"x:443", host=b"Host: x:443"), [501], CLOSED),
    Row("9110 9.3.6", "CONNECT of a path", head(method=b"CONNECT"), [501], CLOSED),
    Row("9110 9.1", "a method of WebDAV", head(method=b"PROPFIND"), [405]),
    Row("9110 9.1", "an unknown method", head(method=b"BREW"), [501], CLOSED),
    Row("9110 9.1", "methods have a case", head(method=b"get"), [501], CLOSED),
    Row("9110 9.1", "a longer method", head(method=b"GETS"), [501], CLOSED),
    Row("9112 3.1", "no method at all", head(method=b"G(T"), [400], CLOSED),
    # Request line
    Row("9112 3", "garbage", b"GARBAGE\r\n\r\n", [400], CLOSED),
    Row("9112 3", "a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64, [400], CLOSED),
    Row("9113 3.4", "a preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400], CLOSED),
    Row("9112 2.2", "empty lines before it", b"\r\n\r\n" + head(), [200]),
    Row("9112 2.2", "an empty line after a body", head(b"Content-Length: 2") + b"{}\r\n" + head(), [200, 200]),
    Row("9112 2.2", "a blank before it", b" " + head(), [400], CLOSED),
    Row("9112 3", "a blank in the target", head(target=b"PATH x"), [400], CLOSED),
    Row("9112 2.2", "bare LF", head().replace(b"\r\n", b"\n"), [400], CLOSED),
    Row("9112 2.2", "bare CR", head(b"A: b\rC: d"), [400], CLOSED),
    Row("9112 2.2", "a blank after it", head(host=b" Host: x"), [400], CLOSED),
    # Versions
    Row("9112 2.3", "HTTP/1.0", head(version=b"HTTP/1.0"), [200], CLOSED, {"Connection": "close"}),
    Row("9112 9.3", "HTTP/1.0 that stays", head(b"Connection: Keep-Alive", version=b"HTTP/1.0"), [200], OPEN,
        {"Connection": "keep-alive"}),
    Row("9112 2.3", "HTTP/1.0 and HEAD", head(method=b"HEAD", version=b"HTTP/1.0"), [200], CLOSED),
    Row("9110 15.6.6", "HTTP/2.0", head(version=b"HTTP/2.0"), [505], CLOSED),
    Row("9110 15.6.6", "HTTP/3.0", head(version=b"HTTP/3.0"), [505], CLOSED),
    Row("9110 15.6.6", "HTTP/0.9", head(version=b"HTTP/0.9"), [505], CLOSED),
    Row("9112 2.3", "no version", b"GET PATH\r\n\r\n", [400], CLOSED),
    Row("9112 2.3", "a broken version", head(version=b"HTTP/one"), [400], CLOSED),
    Row("9112 2.3", "versions have a case", head(version=b"http/1.1"), [400], CLOSED),
    Row("9112 2.3", "blanks after the version", head(version=b"HTTP/1.1 "), [400], CLOSED),
    # Host
    Row("9112 3.2", "no Host", head(host=None), [400], CLOSED),
    Row("9112 3.2", "no Host in HTTP/1.0", head(host=None, version=b"HTTP/1.0"), [200], CLOSED),
    Row("9112 3.2", "an empty Host", head(host=b"Host:"), [400], CLOSED),
    Row("9112 3.2", "two Hosts", head(b"Host: x"), [400], CLOSED),
    Row("9112 3.2", "two Hosts in HTTP/1.0", head(b"Host: y", version=b"HTTP/1.0"), [400], CLOSED),
    Row("9112 3.2", "a Host with a path", head(host=b"Host: x/y"), [400], CLOSED),
    Row("9112 3.2", "a Host with a user", head(host=b"Host: u@x"), [400], CLOSED),
    Row("9112 3.2", "a list of Hosts", head(host=b"Host: x, y"), [400], CLOSED),
    Row("9112 3.2", "a Host with a bad port", head(host=b"Host: x:y"), [400], CLOSED),
    Row("9112 3.2", "a Host that is IPv6", head(host=b"Host: [::1]:8080"), [200]),
    Row("9110 5.1", "names of fields have no case", head(host=b"hOST:x"), [200]),
    # Targets
    Row("9112 3.2.2", "an address", head(target=b"http://example.com:80PATH"), [200]),
    Row("9112 3.2.2", "an address, whose host counts", head(target=b"HTTP://otherPATH", host=b"Host: x"), [200]),
    Row("9112 3.2.2", "an address without Host", head(target=b"http://xPATH", host=None), [400], CLOSED),
    Row("9112 3.2.2", "an address without a path", head(target=b"http://x"), [404]),
    Row("9110 4.2.4", "an address with a user", head(target=b"http://u@xPATH"), [400], CLOSED),
    Row("9110 4.2.1", "an address without a host", head(target=b"http://PATH"), [400], CLOSED),
    Row("9112 3.2.2", "an address of another kind", head(target=b"ftp://xPATH"), [400], CLOSED),
    Row("9112 3.2.3", "an authority", head(target=b"x:80"), [400], CLOSED),
    Row("9112 3.2.4", "an asterisk", head(target=b"*"), [400], CLOSED),
    Row("9112 3.2", "no slash before it", head(target=b"livez"), [400], CLOSED),
    Row("9112 3.2.1", "a query", head(target=b"PATH?a=b"), [200]),
    Row("9112 3.2.1", "a fragment", head(target=b"PATH#a"), [400], CLOSED),
    Row("9112 3.2.1", "bytes that are no ASCII", head(target=b"/\xc3\xbc"), [400], CLOSED),
    Row("3986 6.2.2.2", "encoded letters", head(target=b"ENCODED"), [200]),
    Row("3986 6.2.2.3", "dots", head(target=b"/x/..PATH"), [404]),
    Row("3986 6.2.2.3", "encoded dots", head(target=b"/x/%2e%2ePATH"), [404]),
    Row("3986 2.2", "an encoded slash", head(target=b"/%2FPATH"), [404]),
    Row("3986 3.3", "an empty segment", head(target=b"/PATH"), [404]),
    Row("3986 2.1", "half an escape", head(target=b"PATH%"), [400], CLOSED),
    Row("3986 2.1", "a broken escape", head(target=b"PATH%zz"), [400], CLOSED),
    Row("3986 2.1", "NUL", head(target=b"PATH%00"), [400], CLOSED),
    Row("3986 2.5", "what is no UTF-8", head(target=b"PATH%ff"), [400], CLOSED),
    Row("9110 15.5.15", "a long target", head(target=b"PATH?" + b"a" * 8000), [200]),
    Row("9110 15.5.15", "a longer target", head(target=b"PATH?" + b"a" * 25_000), [414], CLOSED),
    Row("9110 15.5.15", "a very long target", head(target=b"PATH?" + b"a" * 300_000), [414], CLOSED),
    # Fields
    Row("9110 5.6.3", "blanks around values", head(b"Connection: \t close \t"), [200], CLOSED),
    Row("9112 5.1", "a blank before the colon", head(b"A : b"), [400], CLOSED),
    Row("9112 5.2", "a line that goes on", head(b"A: b\r\n c"), [400], CLOSED),
    Row("9112 5", "a line without a colon", head(b"A"), [400], CLOSED),
    Row("9110 5.1", "no name", head(b": b"), [400], CLOSED),
    Row("9110 5.5", "NUL in a value", head(b"A: b\0c"), [400], CLOSED),
    Row("9110 5.5", "Latin-1 in a value", head(b"A: \xfc"), [200]),
    Row("6585 5", "a large field", head(b"A: " + b"a" * 50_000), [431], CLOSED),
    Row("6585 5", "many fields", head(*[b"X-%d: a" % number for number in range(200)]), [431], CLOSED),
    Row("6585 5", "a large head", head(*[b"X-%d: %s" % (number, b"a" * 1000) for number in range(40)]), [431], CLOSED),
    # Connection
    Row("9112 9.3", "two in a row", head() + head(), [200, 200]),
    Row("9112 9.3.2", "a pipeline", head() + head(method=b"DELETE") + head(target=b"/no") + head(), [200, 405, 404, 200]),
    Row("9112 9.3.2", "a pipeline that breaks", head() + head(host=None) + head(), [200, 400], CLOSED),
    Row("9112 9.3.2", "a pipeline that ends in garbage", head() + b"GARBAGE\r\n\r\n", [200, 400], CLOSED),
    Row("9112 9.6", "close", head(b"Connection: close") + head(), [200], CLOSED, {"Connection": "close"}),
    Row("9110 7.6.1", "options have no case", head(b"Connection: Close"), [200], CLOSED, {"Connection": "close"}),
    Row("9110 7.6.1", "close in a list", head(b"Connection: TE, close", b"TE: trailers"), [200], CLOSED),
    Row("9110 7.6.1", "close in another line", head(b"Connection: keep-alive", b"Connection: close"), [200], CLOSED),
    Row("9110 7.6.1", "keep-alive", head(b"Connection: keep-alive"), [200]),
    Row("9110 7.8", "an upgrade to HTTP/2", head(
        b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"), [200], CLOSED),
    Row("9110 7.8", "an upgrade to WebSocket", head(b"Connection: Upgrade", b"Upgrade: websocket"), [200], CLOSED),
    # Bodies
    Row("9110 6.4", "a GET with a body", head(b"Content-Length: 2") + b"{}", [200]),
    Row("9112 7.1", "a GET in chunks", head(CHUNKED) + b"2\r\n{}\r\n0\r\n\r\n", [200]),
    Row("9112 7.1.1", "extensions of chunks", head(CHUNKED) + b'2;a=b;c="d;e"\r\n{}\r\n0;f\r\n\r\n', [200]),
    Row("9112 7.1.2", "trailers", head(CHUNKED) + b"0\r\nAuthorization: x\r\nHost: y\r\n\r\n", [200]),
    Row("9110 10.1.4", "codings have no case", head(b"Transfer-Encoding: Chunked") + b"0\r\n\r\n", [200]),
    Row("9112 6.1", "both lengths", post(b"Content-Length: 2", CHUNKED, body=b"0\r\n\r\n"), [400], CLOSED),
    Row("9112 6.1", "both lengths, turned", post(CHUNKED, b"Content-Length: 2", body=b"0\r\n\r\n"), [400], CLOSED),
    Row("9112 6.1", "chunks in HTTP/1.0", head(CHUNKED, version=b"HTTP/1.0") + b"0\r\n\r\n", [400], CLOSED),
    Row("9112 6.1", "an unknown coding", head(b"Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", [501], CLOSED),
    Row("9112 6.1", "an unknown coding alone", head(b"Transfer-Encoding: foo") + b"0\r\n\r\n", [501], CLOSED),
    Row("9112 6.1", "identity", head(b"Transfer-Encoding: identity"), [501], CLOSED),
    Row("9112 6.3", "chunked twice", head(b"Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n", [400], CLOSED),
    Row("9112 6.3", "chunked not last", head(b"Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n", [400], CLOSED),
    Row("9112 6.3", "no coding", head(b"Transfer-Encoding:") + b"0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "no size of a chunk", head(CHUNKED) + b"x\r\n{}\r\n0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "a negative size", head(CHUNKED) + b"-2\r\n{}\r\n0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "a size with 0x", head(CHUNKED) + b"0x2\r\n{}\r\n0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "a huge size", head(CHUNKED) + b"f" * 17 + b"\r\n{}\r\n0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "a chunk that is too long", head(CHUNKED) + b"2\r\n{}}\r\n0\r\n\r\n", [400], CLOSED),
    Row("9112 7.1", "chunks with bare LF", head(CHUNKED) + b"2\n{}\n0\n\n", [400], CLOSED),
    *[
        Row("9112 6.3", f"Content-Length{value.decode()}", post(b"Content-Length:" + value, body=b"{}"), [400], CLOSED)
        for value in (b" +2", b" -2", b" 2 2", b" 2, 2", b" 0x2", b" 2.0", b"", b" two", b" 18446744073709551616")
    ],
    Row("9112 6.3", "two lengths", post(b"Content-Length: 2", b"Content-Length: 3", body=b"{}"), [400], CLOSED),
    Row("9112 6.3", "one length twice", post(b"Content-Length: 2", b"Content-Length: 2", body=b"{}"), [400], CLOSED),
    Row("9110 8.6", "blanks around the length", head(b"Content-Length:  2 ") + b"{}", [200]),
    # Expectations
    Row("9110 10.1.1", "an expectation without a body", head(b"Expect: 100-continue"), [200]),
    Row("9110 10.1.1", "a body that nobody reads", head(b"Expect: 100-continue", b"Content-Length: 2"), [200], CLOSED,
        {"Connection": "close"}),
    Row("9110 10.1.1", "no method for it", post(b"Expect: 100-continue", b"Content-Length: 2"), [405], CLOSED),
    Row("9110 10.1.1", "no path for it", post(b"Expect: 100-continue", b"Content-Length: 2", target=b"/no"), [404], CLOSED),
    Row("9110 10.1.1", "another expectation", head(b"Expect: the-best"), [417], CLOSED),
    Row("9110 10.1.1", "expectations have no case", head(b"Expect: 100-Continue"), [200]),
    Row("9110 10.1.1", "HTTP/1.0 expects nothing", head(b"Expect: the-best", version=b"HTTP/1.0"), [200], CLOSED),
    # What is asked for and need not be given
    Row("9110 14.2", "a range", head(b"Range: bytes=0-0"), [200]),
    Row("9110 12.5.1", "another type", head(b"Accept: image/png"), [200]),
    Row("9110 12.5.3", "no encoding", head(b"Accept-Encoding: identity;q=0"), [200]),
    Row("9110 13.1.3", "a change since", head(b"If-Modified-Since: Sat, 29 Oct 1994 19:43:31 GMT"), [200]),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_rule(server, row):
    encoded = "/%" + format(ord(server.path[1]), "02x") + server.path[2:]
    data = row.data.replace(b"ENCODED", encoded.encode()).replace(b"PATH", server.path.encode())
    with server.connect() as conversation:
        conversation.send(data)
        for number, status in enumerate(row.statuses):
            answer = conversation.answer(is_head=data.startswith(b"HEAD"))
            assert answer.status == status, answer
            if row.is_open or number < len(row.statuses) - 1:
                assert answer["Connection"] in (None, "keep-alive"), answer
            else:
                assert answer["Connection"] == "close", answer
        for name, value in row.fields.items():
            assert answer[name] == value, answer
        if row.is_open:
            assert conversation.is_open()
        else:
            assert not conversation.says_more(), "an answer too many"


@pytest.mark.parametrize("data,status", [
    (head(), 200), (head(host=None), 400), (head(version=b"HTTP/3.0"), 505), (head(CHUNKED) + b"x\r\n", 400),
], ids=["GET", "no Host", "HTTP/3.0", "a bad chunk"])
def test_bytes_that_come_one_by_one(server, data, status):
    with server.connect() as conversation:
        for byte in data.replace(b"PATH", server.path.encode()):
            with contextlib.suppress(OSError):  # what is refused need not be sent to its end
                conversation.send(bytes([byte]))
        answer = conversation.answer().status
        # Health addresses answer without waiting for a body that they do not want.
        assert answer == status or answer == 200 and not server.token and data.endswith(b"x\r\n")


def test_a_client_that_has_said_all_gets_its_answer(server):
    with server.connect() as conversation:
        conversation.send(head().replace(b"PATH", server.path.encode()))
        conversation.finish()
        assert conversation.answer().status == 200
        assert not conversation.says_more()


def authorized(server, *fields):
    return (f"Authorization: {server.token}".encode(), *fields)


def test_a_body_is_asked_for_when_it_will_be_read(shared_world, api):
    name = shared_world.name("expected")
    body = json.dumps({"name": name, "interval": 1000, "enabled": False}).encode()
    length = b"Content-Length: %d" % len(body)
    jobs = {"target": b"/api/jobs"}
    with api.connect() as conversation:
        conversation.send(post(*authorized(api, JSON, length, b"Expect: 100-continue"), **jobs))
        assert conversation.answer().status == 100
        conversation.send(body)
        answer = conversation.answer()
        assert answer.status == 201 and answer["Connection"] is None, answer
        # In chunks, and by one that does not wait: it is not told what it knows.
        conversation.send(post(*authorized(api, CHUNKED, b"Expect: 100-continue"), **jobs))
        assert conversation.answer().status == 100
        conversation.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert conversation.answer().status == 409
        conversation.send(post(*authorized(api, length, b"Expect: 100-continue"), body=body, **jobs))
        assert conversation.answer().status == 409
        assert conversation.is_open()
    with api.connect() as conversation:  # HTTP/1.0 knows no 100
        conversation.send(post(*authorized(api, length, b"Expect: 100-continue"), version=b"HTTP/1.0", **jobs))
        conversation.send(body)
        assert conversation.answer().status == 409
        assert not conversation.says_more()


@pytest.mark.parametrize("what,status", [
    ("no token", 401), ("another type", 415), ("an encoding", 415), ("a length over the limit", 413), ("no such path", 404),
    ("no such method", 405), ("another expectation", 417), ("a length that is no number of ours", 413),
])
def test_a_body_is_not_asked_for_when_the_head_is_refused(api, what, status):
    fields = {
        "no token": (JSON, b"Content-Length: 2"),
        "another type": authorized(api, b"Content-Type: text/csv", b"Content-Length: 2"),
        "an encoding": authorized(api, JSON, b"Content-Encoding: gzip", CHUNKED),
        "a length over the limit": authorized(api, JSON, b"Content-Length: 1048577"),
        "a length that is no number of ours": authorized(api, JSON, b"Content-Length: 18446744073709551615"),
        "another expectation": authorized(api, JSON, b"Content-Length: 2", b"Expect: the-best"),
    }.get(what, authorized(api, JSON, b"Content-Length: 2"))
    target = b"/api/no" if what == "no such path" else b"/api/jobs/x/preview" if what == "no such method" else b"/api/jobs"
    with api.connect() as conversation:
        conversation.send(post(*fields, b"Expect: 100-continue", target=target))
        answer = conversation.answer()
        assert answer.status == status and answer["Connection"] == "close", answer
        conversation.send(b"{}")  # one that comes all the same is thrown away
        assert not conversation.says_more()


def test_a_body_that_was_refused_is_drained_and_the_connection_goes_on(api):
    with api.connect() as conversation:
        conversation.send(post(JSON, b"Content-Length: 500000", target=b"/api/jobs") + b" " * 500_000)
        assert conversation.answer().status == 401
        assert conversation.is_open()


def test_heads_of_what_needs_a_token(shared_world, api):
    name = shared_world.name("head")
    with api.connect() as conversation:
        body = json.dumps({"name": name, "interval": 1000, "enabled": False}).encode()
        conversation.send(post(*authorized(api, b"Content-Length: %d" % len(body)), body=body, target=b"/api/jobs"))
        assert conversation.answer().status == 201
        for path in ("/api/jobs?limit=1", f"/api/jobs/{name}", f"/api/jobs/{name}/preview", "/api/managers", "/api/openapi.json"):
            fields = authorized(api)
            conversation.send(head(*fields, target=path.encode()))
            whole = conversation.answer()
            conversation.send(head(*fields, method=b"HEAD", target=path.encode()))
            answer = conversation.answer(is_head=True)
            assert answer.status == whole.status == 200
            for name_ in ("Content-Length", "Content-Type", "ETag", "Link", "Cache-Control"):
                assert answer[name_] == whole[name_], (path, name_)
        conversation.send(head(method=b"HEAD", target=b"/api/jobs"))
        assert conversation.answer(is_head=True).status == 401
        conversation.send(head(*authorized(api), target=f"/api/%6Aobs/{name}".replace("-", "%2D").encode()))
        assert conversation.answer().status == 200, "escapes of letters and of -._~ are none"
        conversation.send(head(*authorized(api), target=f"/api/jobs/{name}%2Fpreview".encode()))
        assert conversation.answer().status == 404, "an encoded slash separates nothing"


def test_clients_that_people_use(server):
    """Health checks of containers and uptime checkers ask with HEAD."""
    url = server.url + server.path
    curl = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "10"]
    shown = subprocess.run([*curl, "--head", url], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("HTTP/1.1 200 ") and "content-length: " in shown.lower(), shown
    for options in (["--http1.0"], ["--http2"], ["--request-target", url]):
        code = ["--output", "/dev/null", "--output", "/dev/null", "--write-out", "%{http_code} "]
        shown = subprocess.run([*curl, *options, *code, url, url], capture_output=True, text=True, check=True).stdout
        assert shown == "200 200 ", (options, shown)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    for method in ("HEAD", "GET", "HEAD"):
        connection.request(method, server.path)
        answer = connection.getresponse()
        assert answer.status == 200 and (answer.read() == b"") == (method == "HEAD")
    connection.close()


def test_curl_asks_before_it_sends_much(shared_world, api):
    """Over 1 MiB it does so of its own accord, and waits a second for the answer."""
    job = {"name": shared_world.name("curl"), "interval": 1000, "enabled": False}

    def send(size, *fields):
        body = json.dumps(job).encode()
        options = [option for value in (f"Authorization: {api.token}", "Content-Type: application/json", *fields)
                   for option in ("--header", value)]
        return subprocess.run(
            ["curl", "--silent", "--verbose", "--noproxy", "*", "--max-time", "10", "--expect100-timeout", "8", *options,
             "--data-binary", "@-", "--write-out", "%{http_code} %{time_total}", "--output", "/dev/null", api.url + "/api/jobs"],
            input=body + b" " * (size - len(body)), capture_output=True, check=True)

    result = send(1 << 20, "Expect: 100-continue")
    assert result.stdout.startswith(b"201 ") and b"HTTP/1.1 100 Continue" in result.stderr, result.stderr[-2000:]
    assert float(result.stdout.split()[1]) < 5, "it was answered at once"
    result = send(3 << 20)
    assert result.stdout.startswith(b"413 ") and b"100 Continue" not in result.stderr, result.stderr[-2000:]
    assert float(result.stdout.split()[1]) < 5, "it was answered at once"
