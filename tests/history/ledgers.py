"""Words that history's tests share."""

from typing import Any

from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter

NOBODY = Actor(kind="client", id="nobody", name="nobody", door="api", operations=frozenset({"view-common"}))


def exact(field: str, value: Any) -> Filter:
    return Filter(entry_type="Exact", field=field, value=value)


def like(field: str, value: Any) -> Filter:
    return Filter(entry_type="Like", field=field, value=value)


def span(field: str, *, start: Any = None, end: Any = None) -> Filter:
    return Filter(entry_type="Range", field=field, value={"from": start, "to": end})
