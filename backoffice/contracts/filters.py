"""The one filter language of history, lists and reports: entries that all hold, and one order."""

from typing import Any, Literal

import msgspec

from backoffice.contracts.paging import SortDirection
from backoffice.contracts.value import Value

EntryType = Literal["Exact", "Range", "Like"]
FILTERS_MOST = 50
VALUES_MOST = 1_000
TEXT_LONGEST = 1_000
ROWS_MOST = 1_000


class Filter(Value, frozen=True, kw_only=True):
    """`Exact`: equal to the value or to one of a list. `Range`: {from, to}, either left out; from on, up to but without to; for times also
    {relative, zone}, see periods. `Like`: a part of the text, however cased. `values` is an older name of `value`."""

    entry_type: EntryType
    field: str
    value: Any = msgspec.UNSET
    values: Any = msgspec.UNSET


class Sort(Value, frozen=True, kw_only=True):
    """`column` is an older name of `field`, and yields to it."""

    field: str | None = None
    column: str | None = None
    direction: SortDirection = "Asc"


class RowsQuery(Value, frozen=True, kw_only=True):
    """A list that nobody counts; `after` continues behind an earlier answer's cursor."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int = ROWS_MOST
    after: str | None = None


class PageQuery(Value, frozen=True, kw_only=True):
    """A page of a list for the desk. Without `is_counted` its total is 0, which spares those who read on to the end."""

    filters: list[Filter] = []
    sort: Sort | None = None
    limit: int = 50
    after: str | None = None
    is_counted: bool = True


class RowsLimit(Value, frozen=True, kw_only=True):
    """Whether more rows match than are shown."""

    is_exceeded: bool
