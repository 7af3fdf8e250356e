"""A receiver on loopback that does as the path of each request tells it, and remembers what came."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

BOMB = gzip.compress(b"\0" * 10_000_000)


class Seen(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes
    line: int
    at: float


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[Seen] = []
        self.lines = 0
        self.busy = self.most_busy = 0
        self.written = 0
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.context = context

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        line, address = super().get_request()
        self.lines += 1
        return line, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.context:
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        """Whoever sends to us may hang up at any time."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def setup(self) -> None:
        super().setup()
        self.number = self.server.lines

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        with self.server.lock:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.server.seen.append(Seen(self.path, headers, body, self.number, time.monotonic()))
            self.server.busy += 1
            self.server.most_busy = max(self.server.most_busy, self.server.busy)
        try:
            getattr(self, f"as_{parts.path.strip('/').split('/')[0].replace('-', '_')}")(asked)
        finally:
            with self.server.lock:
                self.server.busy -= 1

    def answered(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def as_ok(self, asked: dict[str, str]) -> None:
        time.sleep(int(asked.get("milliseconds", "0")) / 1000)
        self.answered(204 if "empty" in asked else 200, b"" if "empty" in asked else b"thank you")

    def as_status(self, asked: dict[str, str]) -> None:
        headers = {"Retry_After": asked["after"]} if "after" in asked else {}
        self.answered(int(asked["code"]), asked.get("says", "no").encode(), **headers)

    def as_redirect(self, asked: dict[str, str]) -> None:
        self.answered(302, b"moved, secretly", Location=asked["to"])

    def as_hang(self, _: dict[str, str]) -> None:
        self.server.ended.wait(30)
        self.close_connection = True

    def as_drip_head(self, _: dict[str, str]) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 1000)

    def as_drip_body(self, _: dict[str, str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
        self._drip(b"x" * 10_000)

    def as_endless_head(self, _: dict[str, str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self._pour(b"X-More: and more\r\n" * 1000, 2_000_000)

    def as_gigabyte(self, asked: dict[str, str]) -> None:
        self.wfile.write(f"HTTP/1.1 {asked.get('code', '200')} OK\r\nContent-Length: 1000000000\r\n\r\n".encode())
        self._pour(b"x" * 65_536, 1_000_000_000)

    def as_bomb(self, asked: dict[str, str]) -> None:
        self.answered(int(asked.get("code", "200")), BOMB, Content_Encoding="gzip")

    def as_never_closes(self, _: dict[str, str]) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\nand on")
        self.server.ended.wait(30)

    def as_garbage(self, _: dict[str, str]) -> None:
        self.wfile.write(b"220 mail.example.com ESMTP\r\n")
        self.close_connection = True

    def as_says_and_closes(self, _: dict[str, str]) -> None:
        """Without a word that it will."""
        self.answered(200)
        self.close_connection = True

    def _drip(self, content: bytes) -> None:
        for place in range(len(content)):
            if self.server.ended.wait(0.05):
                break
            self.wfile.write(content[place : place + 1])
        self.close_connection = True

    def _pour(self, content: bytes, total: int) -> None:
        self.close_connection = True
        while self.server.written < total:
            self.wfile.write(content)
            self.server.written += len(content)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
