"""What becomes of a question that takes the database too long: it is refused, with the advice how to ask for less."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import QueryCanceled

from backoffice.contracts.errors import TooCostly


@contextmanager
def bounded(advice: str) -> Iterator[None]:
    """Around statements whose filters came from outside; `advice` says what narrows them. Refuses: TooCostly."""
    try:
        yield
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TooCostly(advice) from error


@contextmanager
def patience(connection: BaseDatabaseWrapper, milliseconds: int | None) -> Iterator[None]:
    """Statements inside are stopped sooner than others; None leaves them alone."""
    if milliseconds is None:
        yield
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [str(milliseconds)])
        before, _ = cursor.fetchone()
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
