"""Processes the desk starts: how one is started and stopped, and how those of a dead supervisor are found again.

Every process carries the mark of its data directory, so no pid file can go stale.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from backoffice.embedded.account import Account
from backoffice.embedded.places import ROOT, Places

MARK = "DESK_SUPERVISED"
LARGEST_LOG = 20_000_000


class Part(Protocol):
    """One thing the supervisor keeps alive."""

    @property
    def name(self) -> str: ...
    def start(self) -> None: ...
    def poll(self) -> int | None:
        """The exit status once it has died, negative for a signal."""

    def stop(self) -> None: ...


@dataclass
class Child:
    name: str
    argv: list[str]
    log: Path
    environment: Mapping[str, str]
    account: Account = field(default_factory=Account)
    directory: Path = ROOT
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 10
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self._end_group()
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.directory,
                env=dict(self.environment),
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=self.account.groups,
                # Its own session: Ctrl-C reaches the supervisor alone, which then stops things in order.
                start_new_session=True,
            )

    def poll(self) -> int | None:
        return self.process.poll() if self.process else None

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        self._end_group()

    def last_lines(self) -> str:
        return self.log.read_text(errors="replace")[-1500:].strip() if self.log.exists() else ""

    def _end_group(self) -> None:
        # Workers outlive a killed parent and would keep its port and its tasks.
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def supervised(places: Places) -> list[int]:
    """Web, worker and beat of this data directory, with all their children."""
    entry = os.fsencode(f"{MARK}={places.mark}")
    return [pid for pid in _pids() if entry in _read(pid, "environ").split(b"\0")]


def servers(places: Places, program: str) -> list[int]:
    """Processes of a server; it overwrites its environment by its title, so the mark stands in the command line."""
    return [pid for pid in _pids() if places.mark in (line := command(pid)) and program in _programs(line)]


def serving(places: Places) -> list[int]:
    return [*supervised(places), *servers(places, "postgres"), *servers(places, "valkey-server")]


def end(find: Callable[[], list[int]], first: signal.Signals, patience: float) -> int:
    """Ask what `find` finds to stop, then kill what stays. Returns how many there were."""
    found = find()
    _signal(found, first)
    if found and not wait_until(lambda: not find(), patience):
        _signal(find(), signal.SIGKILL)
        wait_until(lambda: not find(), patience)
    return len(found)


def wait_until(fact: Callable[[], object], seconds: float, pause: float = 0.01) -> bool:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def _signal(pids: list[int], which: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, which)


def _pids() -> Iterator[int]:
    own = os.getpid()
    return (int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != own)


def _read(pid: int, name: str) -> bytes:
    # A zombie reads as empty, so it counts as gone: init may reap it late, and it holds nothing any more.
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def command(pid: int) -> str:
    return os.fsdecode(_read(pid, "cmdline")).replace("\0", "\n")


def _programs(line: str) -> set[str]:
    # Either the path it was started by or, once it has set its title, the first word of that.
    first = line.split("\n", 1)[0]
    return {Path(first).name, Path(first.split(" ", 1)[0].rstrip(":")).name}
