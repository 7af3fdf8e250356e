"""One pass at a time, whoever asks for it: an advisory lock that the database gives up when its holder dies."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.db import Error, OperationalError, connection, transaction

from backoffice.contracts.errors import Unavailable

LOCK = 4_217_011
PATIENCE = "5min"


@contextmanager
def turn() -> Iterator[datetime]:
    """Wait for one's turn; gives the moment at which it was asked for. Refuses: Unavailable."""
    # Of the session and not of a transaction: the look must not begin before the turn has come, or it would see the past.
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'; SET LOCAL statement_timeout = '{PATIENCE}'")
            cursor.execute("SELECT clock_timestamp()")
            (asked_at,) = cursor.fetchone()
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    except OperationalError as error:
        raise Unavailable("An audit pass is running and does not end; look at its result a little later.") from error
    with _given_back():
        yield asked_at


@contextmanager
def turn_if_free() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        yield False
        return
    with _given_back():
        yield True


def hold_off() -> bool:
    """Whether no pass runs, and none begins before the running transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


@contextmanager
def _given_back() -> Iterator[None]:
    try:
        yield
    finally:
        # A connection that broke has given it back by breaking.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
