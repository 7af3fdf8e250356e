"""How every list of history is asked: the limit held, names looked up, then one statement; and what all of them refuse alike."""

from typing import Any, TypeVar

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import ROWS_MOST, PageQuery, RowsQuery
from backoffice.contracts.paging import Page, Rows
from backoffice.core import costs, keyset, replica, sources
from backoffice.core.sources import Source
from backoffice.history.asked import Sql

Row = TypeVar("Row", bound=msgspec.Struct)


def rows(source: Source, row: type[Row], query: RowsQuery) -> Rows[Row]:
    refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    return sources.rows(source, row, sources.where(source, query.filters), sort=query.sort, after=query.after, limit=query.limit)


def page(source: Source, row: type[Row], query: PageQuery) -> Page[Row]:
    refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    clauses = sources.where(source, query.filters)
    return sources.page(source, row, clauses, sort=query.sort, after=query.after, limit=query.limit, is_counted=query.is_counted)


def one(sql: Sql, advice: str) -> tuple[Any, ...]:
    """The only row of a statement, from the replica if there is one. Refuses: TooCostly."""

    def question(connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(sql.text, sql.values)
            found: tuple[Any, ...] = cursor.fetchone()
        return found

    with costs.bounded(advice):
        return replica.ask(question)


def refuse_cut(limit: int | None, following: str | None, most: int) -> None:
    """Without a limit a list comes whole or not at all: a cut list of money would pass for the whole one."""
    if limit is None and following is not None:
        detail = f"More than {most} rows match: narrow the filters, or give a limit and go on behind each answer."
        raise Invalid(detail, code="too_many_rows", fields={"limit": ["is needed for so many rows"]})


def refuse(wrong: dict[str, Any]) -> None:
    if wrong:
        raise Invalid("The query is not valid.", fields=wrong)
