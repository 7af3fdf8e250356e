"""How every list of history is asked: the limit held, names looked up, then one statement."""

from typing import Any, TypeVar

import msgspec

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import ROWS_MOST, PageQuery, RowsQuery
from backoffice.contracts.paging import Page, Rows
from backoffice.core import keyset, sources
from backoffice.core.sources import Source

Row = TypeVar("Row", bound=msgspec.Struct)


def rows(source: Source, row: type[Row], query: RowsQuery) -> Rows[Row]:
    refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    return sources.rows(source, row, sources.where(source, query.filters), sort=query.sort, after=query.after, limit=query.limit)


def page(source: Source, row: type[Row], query: PageQuery) -> Page[Row]:
    refuse(keyset.limit_fault(query.limit, ROWS_MOST))
    clauses = sources.where(source, query.filters)
    return sources.page(source, row, clauses, sort=query.sort, after=query.after, limit=query.limit, is_counted=query.is_counted)


def refuse(wrong: dict[str, Any]) -> None:
    if wrong:
        raise Invalid("The query is not valid.", fields=wrong)
