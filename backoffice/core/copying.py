"""Many rows at once by COPY: whoever tells of them writes lines of text, a tab between two columns and NULL for none."""

from collections.abc import Sequence

from django.db import connection

NULL = "\\N"


def copy(table: str, columns: Sequence[str], lines: Sequence[str]) -> None:
    """Names are ours, never a caller's."""
    if not lines:
        return
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as stream:
        stream.write("".join(lines))


def upsert(table: str, columns: Sequence[str], lines: Sequence[str], *, key: int) -> None:
    """The first `key` columns are the table's key; a row that is there already becomes the new one. Rows are taken in the order of their keys,
    so that two writers cannot wait for each other. No key twice."""
    if not lines:
        return
    stage, names, keys = f"incoming_{table}", ", ".join(columns), ", ".join(columns[:key])
    with connection.cursor() as cursor:
        # Made once a connection: a table for every batch would fill the catalogue.
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {stage} ON COMMIT DELETE ROWS AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608  texts of ours only
        )
        copy(stage, columns, lines)
        changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in columns[key:])
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {stage} ORDER BY {keys} ON CONFLICT ({keys}) DO UPDATE SET {changes}"  # noqa: S608  texts of ours only
        )
        cursor.execute(f"DELETE FROM {stage}")  # noqa: S608  texts of ours only


def take_time() -> None:
    """For the rest of the transaction: loading takes longer than anything that somebody waits for."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '10min'; SET LOCAL lock_timeout = '30s'; SET LOCAL jit = off")


def learn(tables: Sequence[str]) -> None:
    """Let the planner know how much there is now, at once and not when its own round comes. Names are ours."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")
