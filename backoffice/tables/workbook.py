"""The parent's side of reading XLSX: a child process with hard limits unpacks the workbook, so a bomb can only kill the child."""

import csv
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS_MOST = 60
SECONDS_BETWEEN_SIGNS = 5.0


class Refused(Exception):
    """The workbook cannot be read; the message is for its owner."""


@contextmanager
def opened(place: Path, waiting: Callable[[], None], *, seconds: float = SECONDS_MOST) -> Iterator[Iterator[list[str]]]:
    """Rows with anything in them; the first cell of each is its number in the sheet. `waiting` is called every few seconds until the first comes."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("unpack.py")), str(place)]
    environment = {"PATH": os.environ.get("PATH", ""), "MALLOC_ARENA_MAX": "2"}
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, close_fds=True)  # noqa: S603  our own command
    alarm = threading.Timer(seconds, child.kill)
    alarm.daemon = True
    alarm.start()
    try:
        yield _rows(child, waiting, seconds)
    finally:
        alarm.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdout, child.stderr):
            if pipe:
                pipe.close()


def _rows(child: "subprocess.Popen[bytes]", waiting: Callable[[], None], seconds: float) -> Iterator[list[str]]:
    assert child.stdout is not None
    while not select.select([child.stdout], [], [], SECONDS_BETWEEN_SIGNS)[0]:
        waiting()
    csv.field_size_limit(1_000_000)
    yield from csv.reader(line.decode() for line in child.stdout)
    code = child.wait()
    if code:
        raise Refused(_reason(child, code, seconds))


def _reason(child: "subprocess.Popen[bytes]", code: int, seconds: float) -> str:
    """What the child said of it, or what its death says."""
    said = child.stderr.read(10_000).decode(errors="replace") if child.stderr else ""
    if code == 3:
        return said.strip() or "The workbook cannot be read."
    if code in (-9, -24):
        return f"Unpacking the workbook took longer than {seconds:g} seconds."
    return "Unpacking the workbook needs more memory than a workbook of this size may."
