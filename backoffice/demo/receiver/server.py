"""The receiver's HTTP: a page to look at, and any other address to post callbacks to."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from standardwebhooks import Webhook, WebhookVerificationError

from backoffice.demo.receiver import page, secrets
from backoffice.demo.receiver.kept import Kept

LARGEST = 64 * 1024
HANG_SECONDS = 60
# What it can be told; the last part of an address may name one as well, as in http://receiver.demo.test:8001/callbacks/gone
MODES: Mapping[str, str] = {
    "ok": "200",
    "fail": "500",
    "busy": "429, Retry-After 90",
    "gone": "410",
    "redirect": "302 elsewhere",
    "hang": "never",
    "drip": "byte by byte",
}


class Receiver(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, data: Path, kept: Kept) -> None:
        self.data, self.kept, self.mode = data, kept, "ok"
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def secret(self) -> str | None:
        """Read every time: the demo may be loaded, or the secret changed in the file, while this runs."""
        gateway = secrets.read(self.data)
        return gateway.callback_secret if gateway else None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver
    timeout = 30

    def log_message(self, *_: object) -> None:
        """The page shows what arrives."""

    def do_GET(self) -> None:
        # A page of another site must not read this one under a name that it lets lead here.
        if self.headers.get("Host", "").rpartition(":")[0] not in ("127.0.0.1", "localhost"):
            return self._answer(403, b"Open this by 127.0.0.1.\n", "text/plain")
        if urlsplit(self.path).path != "/":
            return self._answer(404, b"There is nothing here.\n", "text/plain")
        shown = page.page(self.server.kept.latest(), MODES, self.server.mode, has_secret=self.server.secret is not None)
        return self._answer(200, shown.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            return self._answer(413, b"", "text/plain")
        body = self.rfile.read(int(length))
        path = urlsplit(self.path).path
        if path == "/mode":
            return self._set_mode(body)
        return self._receive(body, path.rsplit("/", 1)[-1])

    def _set_mode(self, body: bytes) -> None:
        (mode,) = parse_qs(body.decode("ascii", "replace")).get("mode", [""])[:1]
        if mode in MODES:
            self.server.mode = mode
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _receive(self, body: bytes, named: str) -> None:
        mode = named if named in MODES else self.server.mode
        wrong = self._wrong(body)
        self.server.kept.add(
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            webhook_id=self.headers.get("webhook-id", "")[:100],
            verified=wrong,
            answered=MODES[mode] if not wrong else "401",
            body=body.decode("utf-8", "replace"),
        )
        # As a real one would: what is not signed by the desk is not listened to, whatever it has been told to do.
        if wrong:
            return self._answer(401, b"The signature is not good.\n", "text/plain")
        answer: Callable[[], None] = getattr(self, f"_{mode}")
        return answer()

    def _wrong(self, body: bytes) -> str:
        if (secret := self.server.secret) is None:
            return "no secret"
        try:
            Webhook(secret).verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError) as error:
            return str(error)[:100] or "not good"
        return ""

    def _ok(self) -> None:
        self._answer(200, b"ok\n", "text/plain")

    def _fail(self) -> None:
        self._answer(500, b"told to fail\n", "text/plain")

    def _busy(self) -> None:
        self._answer(429, b"told to be busy\n", "text/plain", {"Retry-After": "90"})

    def _gone(self) -> None:
        self._answer(410, b"told to be gone\n", "text/plain")

    def _redirect(self) -> None:
        self._answer(302, b"", "text/plain", {"Location": "http://169.254.169.254/"})

    def _hang(self) -> None:
        self.close_connection = True
        time.sleep(HANG_SECONDS)

    def _drip(self) -> None:
        self.close_connection = True
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Slowly: yes\r\n" * 3:
            self.wfile.write(bytes([byte]))
            time.sleep(1)

    def _answer(self, status: int, body: bytes, media: str, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        shared = {"Content-Type": media, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        safe = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"}
        for name, value in {**shared, **safe, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
