"""A connection to one checked address, every step of which ends by one wall-clock deadline, however slowly the other side drips."""

import http.client
import io
import secrets
import socket
import ssl
import time
from functools import cache
from typing import Any

from backoffice.callbacks import resolve
from backoffice.callbacks.urls import Target

CONNECT_SECONDS = 3.0
# Head and body together: a well-behaved answer is a hundredth of it.
MOST_BYTES = 32 * 1024


class TooLong(Exception):
    pass


class Deadline:
    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Refuses: TimeoutError."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def within(self, seconds: float) -> "Deadline":
        """The earlier of this one and so many seconds from now."""
        return Deadline(min(seconds, self.left()))


class Line:
    """Of one host, port and scheme; it can carry one exchange after another."""

    def __init__(self, target: Target, deadline: Deadline) -> None:
        """Refuses: resolve.Unknown, resolve.Forbidden, OSError, TimeoutError."""
        self.key = (target.scheme, target.host, target.port)
        found = resolve.resolve(target.host, deadline.left())
        # Any of the kind that comes first: one that is dead then fails some attempts and not all of them.
        address = secrets.choice([address for address in found if address.version == found[0].version])
        connecting = deadline.within(CONNECT_SECONDS)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.settimeout(connecting.left())
            # The very address that was checked: no second look at the name can change it.
            self.socket.connect((str(address), target.port))
            if target.scheme == "https":
                self.socket.settimeout(deadline.left())
                self.socket = _tls().wrap_socket(self.socket, server_hostname=target.host)
        except BaseException:
            self.socket.close()
            raise

    def send(self, content: bytes, deadline: Deadline) -> None:
        self.socket.settimeout(deadline.left())
        self.socket.sendall(content)

    def answer(self, deadline: Deadline) -> "Incoming":
        return Incoming(self.socket, deadline)

    def close(self) -> None:
        self.socket.close()


class Incoming(io.RawIOBase):
    """What comes in, bounded in time and length. It stands in for the socket that http.client reads from."""

    def __init__(self, line: socket.socket, deadline: Deadline) -> None:
        self.line, self.deadline, self.count = line, deadline, 0

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.count >= MOST_BYTES:
            raise TooLong
        self.line.settimeout(self.deadline.left())
        got = self.line.recv_into(buffer, min(len(buffer), MOST_BYTES - self.count))
        self.count += got
        return got

    def head(self) -> http.client.HTTPResponse:
        """Refuses: OSError, TimeoutError, TooLong, http.client.HTTPException."""
        response = http.client.HTTPResponse(self, method="POST")  # type: ignore[arg-type]  # of a socket it only wants `makefile`
        response.begin()
        return response


@cache
def _tls() -> ssl.SSLContext:
    """The system's authorities (SSL_CERT_FILE names others); the name is always checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context
