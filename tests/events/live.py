"""The live process itself, on the database of the tests, and a browser's ear on it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client

from tests.faults.machine import free_port

ROOT = Path(__file__).parents[2]


@dataclass
class Live:
    port: int
    process: "subprocess.Popen[bytes]"

    def get(self, path: str = "/events/", *, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
        """The head of an answer; `Host` is what the desk knows unless it is given."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.request(method, path, headers={"Host": "localhost", **headers})
        return line.getresponse()


@contextmanager
def serving(log: Path, **more: str) -> Iterator[Live]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    environment = {**os.environ, "DATABASE_URL": database, "DATA_DIR": str(settings.DATA_DIR), **more}
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--no-ws", "--http", "1", "--workers-kill-timeout", "1", "backoffice.events.asgi:application"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    live = Live(port, process)
    try:
        until(lambda: answers(live), 60)
        yield live
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answers(live: Live) -> bool:
    try:
        return live.get("/livez").status == 200
    except OSError:
        return False


def until(fact: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


def cookie(client: Client) -> str:
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@dataclass
class Ear:
    """Reads a stream in a thread of its own; what it says comes into `heard` as (event, data)."""

    answer: http.client.HTTPResponse
    heard: "Queue[tuple[str, Any]]" = field(default_factory=Queue)
    is_over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, seconds: float = 10) -> tuple[str, Any]:
        return self.heard.get(timeout=seconds)

    def hears_nothing_for(self, seconds: float) -> bool:
        try:
            self.heard.get(timeout=seconds)
        except Empty:
            return True
        return False

    def leave(self) -> None:
        self.answer.close()

    def _read(self) -> None:
        event = ""
        try:
            for line in self.answer:
                name, _, value = line.decode().strip().partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self.heard.put((event, json.loads(value)))
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.is_over.set()


def listen(live: Live, client: Client, headers: Mapping[str, str] | None = None) -> Ear:
    answer = live.get(Cookie=cookie(client), **(headers or {}))
    assert answer.status == 200
    return Ear(answer)
