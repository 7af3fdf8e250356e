"""A receiver of callbacks on loopback: keeps all that it hears, and answers each host as it was told to."""

import contextlib
import hashlib
import socketserver
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

LONGEST_SECONDS = 40.0


@dataclass(frozen=True)
class Reply:
    """`hang` says nothing until it is released; `drip` sends a byte of its head every half second; `drop` closes the line."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    kind: Literal["whole", "hang", "drip", "drop"] = "whole"
    body: bytes = b""


OK, HANG, DRIP = Reply(), Reply(kind="hang"), Reply(kind="drip")


@dataclass(frozen=True)
class Heard:
    at: float
    host: str
    path: str
    webhook_id: str
    timestamp: str
    signature: str
    body: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def headers(self) -> dict[str, str]:
        return {"webhook-id": self.webhook_id, "webhook-timestamp": self.timestamp, "webhook-signature": self.signature}


class Receiver:
    def __init__(self, address: tuple[str, int] = ("127.0.0.1", 0)) -> None:
        self.heard: list[Heard] = []
        self.replies: dict[str, deque[Reply]] = defaultdict(deque)
        self.always: dict[str, Reply] = {}
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.server = _Server(address, _Handler)
        self.server.receiver = self

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, name="receiver", daemon=True).start()

    def stop(self) -> None:
        self.release()
        self.server.shutdown()
        self.server.server_close()

    def script(self, host: str, *replies: Reply, then: Reply = OK) -> None:
        """The first requests to this host are answered so, all later ones as `then` says."""
        with self.lock:
            self.replies[host] = deque(replies)
            self.always[host] = then

    def release(self) -> None:
        """Whoever hangs is let go; hosts answer plainly from now on."""
        with self.lock:
            self.replies.clear()
            self.always.clear()
            self.released.set()
            self.released = threading.Event()

    def of(self, webhook_id: str) -> list[Heard]:
        return [one for one in list(self.heard) if one.webhook_id == webhook_id]

    def at_host(self, host: str) -> list[Heard]:
        return [one for one in list(self.heard) if one.host == host]

    def take(self, heard: Heard) -> Reply:
        with self.lock:
            self.heard.append(heard)
            left = self.replies.get(heard.host)
            return left.popleft() if left else self.always.get(heard.host, OK)


class _Server(ThreadingHTTPServer):
    receiver: Receiver
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def handle_error(self, *_: Any) -> None:
        """Senders die in the middle of things here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = LONGEST_SECONDS
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        named = (self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
        host = self.headers["Host"].partition(":")[0]
        released = self.server.receiver.released
        reply = self.server.receiver.take(Heard(time.monotonic(), host, self.path, *named, body))
        if reply.kind == "whole":
            released.wait(reply.delay)
            self._answer(reply)
            return
        self.close_connection = True
        if reply.kind == "hang":
            released.wait(LONGEST_SECONDS)
        elif reply.kind == "drip":
            self._drip(released)

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _drip(self, released: threading.Event) -> None:
        until = time.monotonic() + LONGEST_SECONDS
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 1_000:
            if released.wait(0.5) or time.monotonic() > until:
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: Any) -> None:
        """What it hears stands in `heard`."""


class Trap(socketserver.ThreadingTCPServer):
    """Counts who connects to where nobody may."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.connections = 0
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextlib.contextmanager
def trap() -> Iterator[Trap]:
    with Trap() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        yield server
        server.shutdown()
