"""Filter, sort and page for lists short enough that a service gives every row at once."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from backoffice.contracts.paging import Page
from portal.asked import number_of
from portal.listing.state import State

Row = TypeVar("Row")


def page_of(
    rows: Iterable[Row],
    state: State,
    *,
    search: Callable[[Row], Iterable[str]],
    filters: dict[str, Callable[[Row], Any]],
    sorts: dict[str, Callable[[Row], Any]],
) -> Page[Row]:
    """`filters` and `sorts`: filter key or sort word -> what of a row it looks at. The cursor is the number of rows before the page."""
    sought = state.search.lower()
    found = [row for row in rows if not sought or any(sought in text.lower() for text in search(row))]
    for key, value_of in filters.items():
        if wanted := state.many(key):
            found = [row for row in found if str(value_of(row)) in wanted]
    if state.sort in sorts:
        found.sort(key=sorts[state.sort], reverse=state.is_descending)
    start = number_of(state.after or "") or 0
    end = start + state.size
    return Page(items=found[start:end], next=str(end) if end < len(found) else None, total=len(found))
