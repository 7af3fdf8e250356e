"""One moment of the database, on a connection of its own: every figure of a report is asked within it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.abc import Buffer

from backoffice.core import reach, replica
from backoffice.core.outages import OUTAGES

# As long as the task may take; whoever stops it earlier interrupts the statement.
STATEMENT_MS = 3_300_000
BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# A replica is as old as the last transaction that it has heard of.
MOMENT = "SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_xact_replay_timestamp(), now()) ELSE now() END"
# The zone is that of times which the database prints. Times that are read here are taken for UTC, so they are asked before.
SETTINGS = """
SELECT set_config('TimeZone', %s, true), set_config('statement_timeout', %s, true), set_config('idle_in_transaction_session_timeout', '0', true)
"""
BATCH = 2_000


class Snapshot:
    """Times that it prints are those of its zone."""

    def __init__(self, raw: "psycopg.Connection[Any]", as_of: datetime) -> None:
        self.raw, self.as_of = raw, as_of

    def run(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with psycopg.ClientCursor(self.raw) as cursor:
            return cursor.execute(*reach.narrowed(sql, values)).fetchall()

    def copied(self, sql: str, values: Sequence[Any], options: str) -> Iterator[Buffer]:
        """The rows as COPY writes them, about one at a time."""
        with self._copy(sql, values, f"({options})") as copy:
            yield from copy

    def cells(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[str | None, ...]]:
        """The rows one by one, every cell as text; the server goes on to the next ones meanwhile."""
        with self._copy(sql, values) as copy:
            yield from copy.rows()

    def fetched(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """The rows one by one; a few thousand of them are here at a time."""
        with psycopg.ClientCursor(self.raw) as cursor:
            text, given = reach.narrowed(sql, values)
            cursor.execute(f"DECLARE reported NO SCROLL CURSOR FOR {text}", given)
            while found := cursor.execute(f"FETCH {BATCH} FROM reported").fetchall():
                yield from found
            cursor.execute("CLOSE reported")

    @contextmanager
    def _copy(self, sql: str, values: Sequence[Any], options: str = "") -> "Iterator[psycopg.Copy]":
        # COPY takes no parameters: the driver quotes the values.
        with (
            psycopg.ClientCursor(self.raw) as cursor,
            cursor.copy(f"COPY ({cursor.mogrify(*reach.narrowed(sql, values))}) TO STDOUT {options}") as copy,
        ):
            yield copy

    def interrupt(self) -> None:
        """From another thread: whatever is asked at this moment ends."""
        self.raw.cancel_safe(timeout=5)


@contextmanager
def opened(zone: str, *, since: datetime) -> Iterator[Snapshot]:
    """What was written before `since` is in it: a replica that has not heard of that yet is not asked."""
    own, as_of = replica.ask(_begun)
    if as_of < since:
        own.close()
        own, as_of = replica.ask(_begun, may_lag=False)
    try:
        with own.wrap_database_errors:
            own.connection.execute(SETTINGS, (zone, str(STATEMENT_MS)))
            yield Snapshot(own.connection, as_of)
            own.connection.execute("COMMIT")
    finally:
        own.close()


def _begun(connection: BaseDatabaseWrapper) -> tuple[BaseDatabaseWrapper, datetime]:
    """A connection of its own to the same server, and its moment."""
    own = connection.copy()
    try:
        own.ensure_connection()
        with own.wrap_database_errors:
            own.connection.execute(BEGIN)
            return own, own.connection.execute(MOMENT).fetchone()[0]
    except OUTAGES:
        own.close()
        raise
