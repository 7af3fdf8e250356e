"""What the real web server makes of requests that no honest client sends, byte for byte."""

import contextlib
import http.client
import os
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.db import connection

from backoffice.embedded import parts
from backoffice.embedded.places import places
from backoffice.embedded.processes import wait_until
from tests.faults.machine import free_port

LIST = b"/back-api/backoffice/v2/assets/list"
TOKEN = b"/auth/token"
CLOSE = b"Connection: close\r\n"
HOST = b"Host: localhost\r\n" + CLOSE
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ASKED = b'{"clientId":"a","clientSecret":"b"}'
PROBLEM = b"content-type: application/problem+json"


@pytest.fixture(scope="module")
def port(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The desk's own web server, with its own flags, on the test's database."""
    free, at = free_port(), places(tmp_path_factory.mktemp("web"))
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    web = parts.web(at, {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(at.data)}, host="127.0.0.1", port=free)
    web.start()
    try:
        assert wait_until(lambda: _is_up(free), 180, 0.1), web.last_lines()
        yield free
    finally:
        web.stop()


def _is_up(port: int) -> bool:
    with contextlib.suppress(OSError):
        return b" 200 " in ask(port, b"GET /livez HTTP/1.1\r\n" + HOST + b"\r\n")
    return False


def ask(port: int, request: bytes, *, is_cut_off: bool = False) -> bytes:
    """All that comes back until the server hangs up."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line, contextlib.suppress(ConnectionError):
        line.sendall(request)
        if is_cut_off:
            line.shutdown(socket.SHUT_WR)
        while some := line.recv(65_536):
            found += some
    return found


def post(*headers: bytes, body: bytes = ASKED, path: bytes = TOKEN) -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"".join(headers) + b"\r\n" + body


def length(of: object) -> bytes:
    return b"Content-Length: %s\r\n" % str(of).encode()


# Refused by the parser itself: before any of our code, so without a problem document.
@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(post(JSON, length(35), length(3)), 400, id="two lengths"),
        pytest.param(post(JSON, length("35, 35")), 400, id="a list of lengths"),
        pytest.param(post(JSON, length("+35")), 400, id="a signed length"),
        pytest.param(post(JSON, length(-1)), 400, id="a negative length"),
        pytest.param(post(JSON, length("9" * 30)), 400, id="a length beyond 64 bits"),
        pytest.param(post(JSON, b"Transfer-Encoding: xchunked\r\n", body=b"0\r\n\r\n"), 400, id="an unknown coding"),
        pytest.param(post(JSON, CHUNKED, b"Transfer-Encoding: identity\r\n", body=b"0\r\n\r\n"), 400, id="two codings"),
        pytest.param(post(JSON, b"Transfer-Encoding : chunked\r\n", body=b"0\r\n\r\n"), 400, id="a blank before the colon"),
        pytest.param(post(JSON, length(35), b"X-Long: a\r\n folded\r\n"), 400, id="a folded header"),
        pytest.param(post(JSON, length(35), b"X-Nul: a\0b\r\n"), 400, id="NUL in a header"),
        pytest.param(post(JSON, length(35), b"X-Long: " + b"a" * 70_000 + b"\r\n"), 431, id="a header of 70 kB"),
        pytest.param(post(JSON, length(35), *(b"X-%d: a\r\n" % n for n in range(200))), 431, id="two hundred headers"),
        pytest.param(b"GET / HTTP/9.9\r\n" + HOST + b"\r\n", 400, id="another version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, 400, id="TLS"),
    ],
)
def test_a_malformed_request_is_refused_and_the_line_closed(port: int, request_bytes: bytes, status: int) -> None:
    head = ask(port, request_bytes).split(b"\r\n")
    assert head[0].startswith(b"HTTP/1.1 %d " % status)
    assert b"connection: close" in head


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        pytest.param(post(JSON, body=b""), 400, id="no body"),
        pytest.param(post(JSON, length(5), CHUNKED, body=b"0\r\n\r\n"), 400, id="a length and chunks"),
        pytest.param(post(JSON, length(4), CHUNKED, body=b"0\r\n\r\nGET /livez HTTP/1.1\r\n" + HOST + b"\r\n"), 400, id="a smuggled request"),
        pytest.param(post(JSON, CHUNKED, body=b"23\r\n" + ASKED + b"\r\n0\r\n\r\n"), 400, id="chunks without a length"),
        pytest.param(post(JSON, length(2_000_000)), 400, id="a body of 2 MB"),
        pytest.param(post(length(35)), 400, id="no media type"),
        pytest.param(post(b"Content-Type: text/plain\r\n", length(35)), 400, id="JSON as plain text"),
        pytest.param(post(b"Content-Type: \xff;;=;charset=\xff\r\n", length(35)), 400, id="a media type of rubbish"),
        pytest.param(post(b"X-HTTP-Method-Override: GET\r\n", path=LIST, body=b""), 401, id="a method in a header"),
        pytest.param(b"TRACE " + LIST + b" HTTP/1.1\r\n" + HOST + b"X-Told: back\r\n\r\n", 401, id="TRACE"),
        pytest.param(post(JSON, length(35), path=TOKEN + b"/"), 404, id="a slash at the end"),
        pytest.param(b"GET /back-api/%ff%fe HTTP/1.1\r\n" + HOST + b"\r\n", 404, id="a path that is not UTF-8"),
        pytest.param(b"GET " + LIST + b" HTTP/1.1\r\n" + CLOSE + b"\r\n", 400, id="no host"),
        pytest.param(b"GET " + LIST + b" HTTP/1.0\r\n\r\n", 400, id="HTTP/1.0 and no host"),
        pytest.param(b"GET " + LIST + b" HTTP/1.1\r\nHost: evil.example\r\n" + CLOSE + b"\r\n", 400, id="another host"),
        pytest.param(b"GET " + LIST + b" HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", 400, id="two hosts"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a b<script>\r\n" + CLOSE + b"\r\n", 400, id="markup as a host"),
        pytest.param(b"GET " + LIST + b" HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \xff\xfe\r\n\r\n", 401, id="a token of raw bytes"),
    ],
)
def test_a_wrong_request_gets_one_problem_that_tells_nothing_back(port: int, request_bytes: bytes, status: int) -> None:
    answered = ask(port, request_bytes)
    assert answered.split(b"\r\n")[0].split(b" ")[1] == b"%d" % status
    assert answered.count(b"HTTP/1.") == 1
    assert PROBLEM in answered
    for told in (b"Traceback", b"X-Told", b"evil.example", b"<script>", b"alive"):
        assert told not in answered


@pytest.mark.parametrize("came", [ASKED, b""], ids=["where it reads as a whole one", "before it began"])
def test_a_body_that_is_cut_off_is_never_taken_for_the_whole(port: int, came: bytes) -> None:
    answered = ask(port, post(JSON, length(1_000), body=came), is_cut_off=True)
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert PROBLEM in answered


def test_requests_in_one_write_are_answered_in_their_order(port: int) -> None:
    answered = ask(port, b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\nGET " + LIST + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    assert re.findall(rb"HTTP/1\.1 (\d+)", answered) == [b"200", b"401"]


def test_slow_headers_hold_up_nobody(port: int) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            line.sendall(b"GET /livez HTTP/1.1\r\n" + HOST)
        other = stack.enter_context(contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)))
        other.request("GET", "/livez")
        assert other.getresponse().status == 200
