"""Whether this database may act on the world outside. A restored copy may not, until a person says so: the original may still be at work.

What says so is the identity of the database that was armed. It is the cluster's and the database's own, so that one which was restored
from a dump differs by itself; whoever copies the files of a cluster has to disarm it, for it looks the same.
"""

import time

from django.db import connection

ARMED = "SELECT armed_as = core_identity() FROM core_installation"
ARM = "UPDATE core_installation SET armed_as = core_identity(), changed_at = now()"
DISARM = "UPDATE core_installation SET armed_as = '', changed_at = now()"
KEPT_SECONDS = 5.0

_known: tuple[float, bool] = (0.0, True)


def is_armed() -> bool:
    """Asked by whatever sends or begins something by itself, each time before it does."""
    with connection.cursor() as cursor:
        cursor.execute(ARMED)
        found = cursor.fetchone()
    return bool(found and found[0])


def was_armed() -> bool:
    """As of a few seconds ago, for what is shown on every page."""
    global _known
    at, armed = _known
    if time.monotonic() - at > KEPT_SECONDS or not at:
        armed = is_armed()
        _known = (time.monotonic(), armed)
    return armed


def arm() -> None:
    _set(ARM)


def disarm() -> None:
    _set(DISARM)


def _set(statement: str) -> None:
    global _known
    with connection.cursor() as cursor:
        cursor.execute(statement)
    _known = (0.0, True)
