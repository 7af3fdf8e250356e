"""One owner starts the embedded servers of a data directory; everyone else on that directory borrows them."""

import contextlib
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from backoffice.embedded import keys, processes
from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places, places
from backoffice.embedded.postgres import Postgres
from backoffice.embedded.valkey import Valkey

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Urls:
    database: str
    broker: str


class Servers:
    """The embedded servers that the environment does not name others for."""

    def __init__(self, at: Places, *, durable: bool = True) -> None:
        self.at = at
        self.database, self.broker = given("DATABASE_URL"), given("REDIS_URL")
        self.postgres = None if self.database else Postgres(at, durable=durable)
        self.valkey = None if self.broker else Valkey(at)

    @property
    def parts(self) -> list[Postgres | Valkey]:
        """In the order they start."""
        return [part for part in (self.postgres, self.valkey) if part]

    @property
    def urls(self) -> Urls:
        return Urls(self.postgres.url if self.postgres else self.database, self.valkey.url if self.valkey else self.broker)

    def start(self) -> None:
        # The rest of a killed supervisor goes first: it would work on with the servers that are about to stop.
        processes.end(lambda: processes.supervised(self.at), signal.SIGTERM, 5)
        for part in self.parts:
            part.start()

    def stop(self) -> None:
        for part in reversed(self.parts):
            part.stop()
        with contextlib.suppress(OSError):
            self.at.sockets.rmdir()

    def answer(self) -> bool:
        return all(part.answers() for part in self.parts)


@contextlib.contextmanager
def services(data: Path, *, durable: bool = True) -> Generator[Urls]:
    """Addresses of a running PostgreSQL and Valkey; left as they were found: running or not."""
    at = places(data)
    found = Servers(at, durable=durable)
    if not found.parts:
        yield found.urls
        return
    with contextlib.ExitStack() as stack:
        if _owned_or_borrowed(stack, found):
            stack.callback(_stop_when_unused, found)
            found.start()
        yield found.urls


def _owned_or_borrowed(stack: contextlib.ExitStack, found: Servers) -> bool:
    """True when the caller now owns the servers and must start them; false when they answer and stay up meanwhile."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.ExitStack() as attempt:
            owned = attempt.enter_context(lock(found.at, "services", fcntl.LOCK_EX))
            if owned or (attempt.enter_context(lock(found.at, "borrowers", fcntl.LOCK_SH)) and found.answer()):
                stack.enter_context(attempt.pop_all())
                return owned
        time.sleep(0.05)
    raise Failed(f"another process holds {found.at.data} but its servers do not answer")


def _stop_when_unused(found: Servers) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with lock(found.at, "borrowers", fcntl.LOCK_EX) as alone:
            if alone:
                break
        time.sleep(0.05)
    found.stop()


@contextlib.contextmanager
def lock(at: Places, name: str, kind: int) -> Generator[bool]:
    """Whether the lock was free; the kernel drops it when the holder dies, however that happens."""
    with (at.locks / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def given(name: str) -> str:
    """The variable or the content of the file NAME_FILE names, as the settings read it; empty when neither is set."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise Failed(f"{name}_FILE={path}: {error.strerror}") from error
    return os.environ.get(name, "")


def environment(at: Places, urls: Urls) -> dict[str, str]:
    """What every process of the desk is started with; what the caller has set stands."""
    made = {"DATABASE_URL": urls.database, "REDIS_URL": urls.broker, "DATA_DIR": str(at.data)}
    defaults = {"DESK_ENV": "development", "PYTHONUNBUFFERED": "1"}
    if not os.environ.get("SECRET_KEY"):
        defaults["SECRET_KEY_FILE"] = str(keys.secret_key(at.secrets))
    if not os.environ.get("JWT_SIGNING_KEY"):
        defaults["JWT_SIGNING_KEY_FILE"] = str(keys.jwt_signing_key(at.secrets))
    if not os.environ.get("CALLBACK_KEYS"):
        defaults["CALLBACK_KEYS_FILE"] = str(keys.callback_keys(at.secrets))
    if not os.environ.get("FACTOR_KEYS"):
        defaults["FACTOR_KEYS_FILE"] = str(keys.factor_keys(at.secrets))
    if not os.environ.get("AUDIT_SIGNING_KEY"):
        defaults["AUDIT_SIGNING_KEY_FILE"] = str(keys.audit_signing_key(at.secrets))
    return {**defaults, **os.environ, **made}


def discard(data: Path) -> None:
    """Remove a data directory for good, with what lies outside it and whatever still serves it."""
    at = Places(data.resolve())
    processes.end(lambda: processes.serving(at), signal.SIGKILL, 5)
    for directory in (at.postgres.resolve(), at.sockets, at.data):
        shutil.rmtree(directory, ignore_errors=True)
