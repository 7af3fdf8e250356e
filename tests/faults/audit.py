"""The auditor's own questions, asked in one snapshot of the lab's database."""

from typing import Any

import psycopg

from backoffice.books.invariants import every


def faults(connection: psycopg.Connection[Any]) -> list[tuple[str, Any]]:
    """The invariant and what breaks it; nothing when the books balance."""
    found = []
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for invariant in every():
            found += [(invariant.id, row) for row in connection.execute(invariant.sql).fetchall()]
    return found
