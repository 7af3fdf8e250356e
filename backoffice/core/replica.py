"""Where reads that may lag behind are asked: at the replica when there is one, and at the primary while it does not answer."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import QueryCanceled

from backoffice.core.outages import OUTAGES

REPLICA, PRIMARY = "replica", "default"
# For so long nobody waits again for a replica that did not answer.
REST_SECONDS = 10
log = logging.getLogger(__name__)
Found = TypeVar("Found")

_resting_until = 0.0


def ask(question: Callable[[BaseDatabaseWrapper], Found], *, may_lag: bool = True) -> Found:
    """What the question finds on the connection that it is given. It only reads, and may be asked twice."""
    global _resting_until
    if may_lag and REPLICA in connections.databases and time.monotonic() >= _resting_until:
        try:
            return question(connections[REPLICA])
        except OUTAGES as error:
            if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
                raise
            _resting_until = time.monotonic() + REST_SECONDS
            log.warning("the replica did not answer; for %s s the primary does", REST_SECONDS, exc_info=error)
            connections[REPLICA].close()
    return question(connections[PRIMARY])
