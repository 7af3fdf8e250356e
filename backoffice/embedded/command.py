"""Runs one command with the embedded servers up: `python -m backoffice.embedded.command [--throwaway] -- COMMAND ...`.

Writes nothing to standard output: that belongs to the command.
"""

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from types import FrameType

from backoffice.embedded.failures import Failed
from backoffice.embedded.places import Places, default_data, places
from backoffice.embedded.sharing import discard, environment, lock, services

THROWAWAY = "backoffice-throwaway-"


def main() -> int:
    parser = argparse.ArgumentParser(prog="backoffice.embedded.command")
    parser.add_argument("--throwaway", action="store_true", help="on a fresh, fast, undurable database that is removed afterwards")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    argv = asked.command[1:] if asked.command[:1] == ["--"] else asked.command
    try:
        with _data(throwaway=asked.throwaway) as data, services(data, durable=not asked.throwaway) as urls:
            return _run(argv, environment(places(data), urls))
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1


@contextlib.contextmanager
def _data(*, throwaway: bool) -> Generator[Path]:
    if not throwaway:
        yield default_data()
        return
    _remove_abandoned()
    data = Path(tempfile.mkdtemp(prefix=THROWAWAY))
    # The server's own user must be able to pass through.
    data.chmod(0o711)
    try:
        yield data
    finally:
        discard(data)


def _remove_abandoned() -> None:
    """Those of runs that were killed, with the servers they left."""
    for data in Path(tempfile.gettempdir()).glob(f"{THROWAWAY}*"):
        at = Places(data)
        if data.stat().st_uid == os.geteuid() and (at.locks / "services.lock").exists():
            with lock(at, "services", fcntl.LOCK_EX) as abandoned:
                if abandoned:
                    discard(data)


def _run(argv: list[str], environ: dict[str, str]) -> int:
    child = subprocess.Popen(argv, env=environ)

    def pass_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    # A terminal sends Ctrl-C to the command as well; we stay to stop the servers after it.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, pass_on)
    status = child.wait()
    return 128 - status if status < 0 else status


if __name__ == "__main__":
    sys.exit(main())
