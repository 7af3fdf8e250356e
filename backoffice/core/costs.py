"""What becomes of a question that takes the database too long: it is refused, with the advice how to ask for less."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError
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
