"""From a list to a report of the same rows: its filters and order in the one filter language, which moves along with relative periods."""

from typing import Any, NamedTuple

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from backoffice.contracts.filters import Filter, PageQuery, Sort
from portal.listing.declared import Listing
from portal.listing.state import State

OPERATION = "manage-reports"


class Offer(NamedTuple):
    """Where a report of a view is begun; `why_not` names what of the view no report can have."""

    href: str
    operation: str
    why_not: str


def entries(declared: Listing[Any], state: State) -> list[Filter]:
    """The search and the filters that are on."""
    found = [entry for one in declared.filters if (entry := one.entry(state))]
    return [declared.sought(state.search), *found] if state.search and declared.sought else found


def order(declared: Listing[Any], state: State) -> Sort | None:
    """By the names of the filter language."""
    found = state.order
    if found is None:
        return None
    column = next((one for one in declared.columns if one.sort == found.field), None)
    return msgspec.structs.replace(found, field=(column.field if column else "") or found.field)


def query(declared: Listing[Any], state: State) -> PageQuery:
    """For services that speak the filter language."""
    return PageQuery(filters=entries(declared, state), sort=order(declared, state), limit=state.size, after=state.after, is_counted=state.is_counted)


def is_possible(declared: Listing[Any]) -> bool:
    return bool(declared.report_source) and _address() != ""


def offer(declared: Listing[Any], state: State) -> Offer | None:
    """None where no report has these rows, or this desk no reports."""
    if not is_possible(declared):
        return None
    asked = {"source": declared.report_source, "filters": _json(entries(declared, state)), "zone": state.zone}
    if sort := order(declared, state):
        asked["sort"] = _json(sort)
    unspoken = [one.label for one in declared.filters if not one.field and any(state.many(key) for key in one.keys)]
    left = ["the search", *unspoken] if state.search and not declared.sought else unspoken
    why_not = f"No report can have {' and '.join(left)}: use filters." if left else ""
    if declared.report_needs and all(entry.field != declared.report_needs for entry in entries(declared, state)):
        label = next(one.label for one in declared.filters if one.field == declared.report_needs)
        why_not = f"A report of these is of one client: filter by {label[:1].lower()}{label[1:]} first."
    return Offer(f"{_address()}?{urlencode(asked)}", OPERATION, why_not)


def _address() -> str:
    try:
        return reverse("portal:reports-create")
    except NoReverseMatch:
        return ""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
