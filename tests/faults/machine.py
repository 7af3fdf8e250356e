"""What the lab needs of the machine: ports, processes, and something done again and again beside the rest."""

import base64
import contextlib
import os
import secrets
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from backoffice.embedded import keys
from backoffice.embedded.places import Places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.processes import Child, Part
from backoffice.embedded.valkey import Valkey


class Every:
    """Does something again and again until the body ends, or `most` times; what it raised is raised there."""

    def __init__(self, act: Callable[[], object], pause: Callable[[], float], *, most: int = 1_000_000) -> None:
        self.act, self.pause, self.most = act, pause, most
        self.ended, self.count = threading.Event(), 0
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Every":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join(60)
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            while self.count < self.most and not self.ended.wait(self.pause()):
                self.act()
                self.count += 1
        except Exception as error:
            self.error = error


def process_of(part: Part) -> "subprocess.Popen[bytes]":
    child = part.child if isinstance(part, Postgres | Valkey) else part
    assert isinstance(child, Child)
    assert child.process
    return child.process


def free_port() -> int:
    """Below those that the system gives to whoever connects: one of them would take the port while its server is down, or reach itself."""
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as line, contextlib.suppress(OSError):
            line.bind(("127.0.0.1", port))
            return port


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def environment(at: Places, **more: str) -> dict[str, str]:
    """Of every process of the lab: nothing of the servers that the test run itself uses."""
    given = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "SECRET_KEY", "JWT_SIGNING_KEY", "CALLBACK_KEYS")
    left_out = {name for plain in given for name in (plain, f"{plain}_FILE")}
    made = {
        "DESK_ENV": "test",
        "DJANGO_SETTINGS_MODULE": "backoffice.settings",
        "PYTHONUNBUFFERED": "1",
        "DATA_DIR": str(at.data),
        "SECRET_KEY_FILE": str(keys.secret_key(at.secrets)),
        "JWT_SIGNING_KEY_FILE": str(keys.jwt_signing_key(at.secrets)),
        "CALLBACK_KEYS": f"lab:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "PLAIN_HTTP_CALLBACKS": "true",
        "API_REQUESTS_PER_MINUTE": "1000000",
    }
    return {name: value for name, value in os.environ.items() if name not in left_out} | made | more
