"""The counts of a web process. Loaded once there are settings, for the library looks for the folder when it is loaded itself."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def _shared(folder: Path) -> None:
    """Make the folder, and remove those of servers that are gone."""
    prefix = folder.name.rpartition("-")[0] + "-"
    for left in folder.parent.glob(f"{prefix}*"):
        if not Path(f"/proc/{left.name.removeprefix(prefix)}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.lstat().st_uid != os.geteuid():
        raise RuntimeError(f"{folder} belongs to another user; remove it or set TMPDIR")


if settings.METRICS_FOLDER:
    _shared(Path(settings.METRICS_FOLDER))
_own = CollectorRegistry()
REQUESTS = Counter("desk_requests", "Requests answered.", ["method", "route", "status"], registry=_own)
DURATIONS = Histogram("desk_request_seconds", "How long they took.", ["method", "route"], buckets=SECONDS, registry=_own)
MONEY = Counter("desk_money_calls", "Calls that move money, by how they ended.", ["call", "outcome"], registry=_own)
TURNED_AWAY = Counter("desk_turned_away", "Requests turned away because too many waited.", registry=_own)


def text() -> bytes:
    """Of all processes of this server."""
    if not settings.METRICS_FOLDER:
        return generate_latest(_own)
    together = CollectorRegistry()
    MultiProcessCollector(together, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]  # the library types all but this
    return generate_latest(together)
