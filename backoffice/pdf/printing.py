"""Makes a PDF of HTML in a process of its own, which knows no secrets, has no network, and may neither grow nor go on for ever."""

import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import NamedTuple

from backoffice.contracts.errors import Unavailable

log = logging.getLogger(__name__)

CHILD, LOOK = Path(__file__).with_name("child.py"), Path(__file__).with_name("paper.css")


class Limits(NamedTuple):
    """What the child may use: seconds of waiting, of the processor, and bytes of memory."""

    seconds: int = 60
    cpu_seconds: int = 60
    memory: int = 512 << 20


USUAL = Limits()
# One at a time in a web process: the others of its threads have pages to serve.
_turn = BoundedSemaphore(1)


def pdf_of(html: str, *, limits: Limits = USUAL) -> bytes:
    """`html` must be escaped already; whatever it links to is not fetched.
    Refuses: Unavailable (busy, too large, no Pango on this machine)."""
    if not _turn.acquire(timeout=5):
        raise Unavailable("Another PDF is being made; try again in a moment.")
    try:
        return _made(html, limits)
    finally:
        _turn.release()


def _made(html: str, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory() as place:
        # Nothing of our environment: it holds passwords and keys.
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": place, "XDG_CACHE_HOME": place}
        command = [sys.executable, "-I", str(CHILD), str(LOOK), str(limits.memory), str(limits.cpu_seconds)]
        try:
            done = subprocess.run(command, input=html.encode(), capture_output=True, timeout=limits.seconds, cwd=place, env=environment, check=False)  # noqa: S603  all ours
        except subprocess.TimeoutExpired:
            raise Unavailable("Making the PDF took too long; choose a shorter period, or CSV.") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        log.warning("no PDF: exit %s: %s", done.returncode, _kind(done.stderr))
        raise Unavailable("The PDF could not be made; the CSV file has the same figures.")
    return done.stdout


def _kind(said: bytes) -> str:
    """The kind of the error that ended it; what it says may quote the paper."""
    last = said.decode(errors="replace").rstrip().rpartition("\n")[2]
    return last.partition(":")[0][:100] if ":" in last else "nothing said"
