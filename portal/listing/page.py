"""From a declared list and a URL to the page: chips, columns, rows, saved views, links; all that the template only prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.http import HttpResponse, QueryDict
from django.utils.http import urlencode

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import SavedView
from backoffice.contracts.paging import Page
from backoffice.services import desk
from portal import respond
from portal.context import DENSITIES
from portal.listing.declared import Choices, Column, Filter, Listing
from portal.listing.state import AFTER, COLUMN, DENSITY, FIRST, SEARCH, SORT, VIEW, State
from portal.session import DeskRequest

Row = TypeVar("Row")
EVERYTHING = "all"
BULK_MOST = 1_000


class Chip(NamedTuple):
    """A filter, on (`chosen` is not empty) or off, with the query that removes it and the form that changes it."""

    filter: Filter
    choices: list[tuple[str, str, bool]]
    chosen: str
    without: str
    others: list[tuple[str, str]]


class Head(NamedTuple):
    """A column's head: `order` is the aria-sort word, `query` sorts by it."""

    column: Column
    order: str
    query: str


class Tab(NamedTuple):
    label: str
    query: str
    is_current: bool
    view: SavedView | None


class Listed(NamedTuple, Generic[Row]):
    key: str
    href: str
    row: Row


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[Row]):
    """Everything the template of a list asks for."""

    declared: Listing[Row]
    path: str
    state: State
    found: Page[Row]
    choices: dict[str, Choices]
    views: Sequence[SavedView]
    roles: Sequence[tuple[str, str]]
    since: int

    @cached_property
    def columns(self) -> list[Column]:
        chosen = self.state.many(COLUMN)
        return [column for column in self.declared.columns if (column.key in chosen if chosen else column.is_shown)]

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        return [(column, column in self.columns) for column in self.declared.columns]

    @property
    def heads(self) -> list[Head]:
        now = self.state.one(SORT) or self.declared.default_sort
        return [Head(column, _order(column.sort, now), self.state.query(sort=_turned(column.sort, now))) for column in self.columns]

    @property
    def sorted_by(self) -> str:
        now = (self.state.one(SORT) or self.declared.default_sort).lstrip("-")
        return next((column.label for column in self.declared.columns if column.sort and column.sort == now), "")

    @cached_property
    def rows(self) -> list[Listed[Row]]:
        return [Listed(self.declared.key(row), self.declared.href(row), row) for row in self.found.items]

    @cached_property
    def chips(self) -> list[Chip]:
        return [self._chip(one) for one in self.declared.filters]

    def _chip(self, one: Filter) -> Chip:
        chosen = self.state.many(one.key)
        marked = [(value, label, value in chosen) for value, label in self.choices[one.key]]
        return Chip(
            one, marked, ", ".join(label for _, label, is_on in marked if is_on), self.state.query(**{one.key: None}), self.state.pairs(one.key)
        )

    @property
    def chips_on(self) -> list[Chip]:
        return [chip for chip in self.chips if chip.chosen]

    @property
    def chips_off(self) -> list[Chip]:
        return [chip for chip in self.chips if not chip.chosen]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.state.search or self.chips_on)

    @cached_property
    def tabs(self) -> list[Tab]:
        now = self.state.one(VIEW)
        everything = Tab("All", urlencode({VIEW: EVERYTHING}), self.current_view is None, None)
        return [everything, *(Tab(view.name, f"{view.query}&{VIEW}={view.id}".lstrip("&"), view.id == now, view) for view in self.views)]

    @cached_property
    def current_view(self) -> SavedView | None:
        return next((view for view in self.views if view.id == self.state.one(VIEW)), None)

    @property
    def is_view_changed(self) -> bool:
        """Does the URL say something else than the view it started from?"""
        return bool(self.current_view and sorted(self.current_view.query.split("&")) != sorted(self.state.view_query.split("&")))

    @property
    def last(self) -> int:
        return self.state.first + len(self.found.items) - 1

    @property
    def next_query(self) -> str:
        return self.state.query(**{AFTER: self.found.next, FIRST: str(self.last + 1)}) if self.found.next else ""

    @property
    def first_query(self) -> str:
        return self.state.query(**{AFTER: None, FIRST: None}) if self.state.after else ""

    @property
    def is_all_bulk(self) -> bool:
        """May a bulk change take every match, beyond the rows of this page?"""
        return len(self.found.items) < self.found.total <= BULK_MOST

    @property
    def density(self) -> str:
        return self.state.one(DENSITY)

    @property
    def search_pairs(self) -> list[tuple[str, str]]:
        return self.state.pairs(SEARCH)

    @property
    def column_pairs(self) -> list[tuple[str, str]]:
        return self.state.pairs(COLUMN, DENSITY)

    @property
    def all_pairs(self) -> list[tuple[str, str]]:
        return self.state.pairs()

    @property
    def unsearched(self) -> str:
        return self.state.query(q=None)

    @property
    def unfiltered(self) -> str:
        return self.state.query(**dict.fromkeys([SEARCH, *(one.key for one in self.declared.filters)]))


def answer(request: DeskRequest, declared: Listing[Row], **extra: Any) -> HttpResponse:
    """The list as a page, or its region as a fragment; a bare URL opens the owner's default view."""
    views = desk().own.views(request.actor, declared.section)
    if not request.GET and (view := next((view for view in views if view.is_default and view.is_own), None)):
        return respond.redirect(request, f"{request.path}?{view.query}&{VIEW}={view.id}")
    # The cursor of live updates is read before the rows: a change between the two shows up as news, never gets lost.
    since = desk().audit.latest(request.actor) if declared.object_type else 0
    choices = _choices(declared, request.actor)
    state = State.of(request.GET, _allowed(declared, choices))
    listing = ListPage(
        declared=declared,
        path=request.path,
        state=state,
        found=declared.find(request.actor, state),
        choices=choices,
        views=views,
        roles=[(role.id, role.name) for role in desk().own.roles(request.actor)],
        since=since,
    )
    return respond.page(request, "components/listing.html", "region", {"listing": listing, "crumbs": [(declared.title, "")], **extra})


def state_of(query: QueryDict, declared: Listing[Row], actor: Actor) -> State:
    """What a query string asks of a list, outside its page: for exports and bulk changes of a whole view."""
    return State.of(query, _allowed(declared, _choices(declared, actor)))


def _choices(declared: Listing[Row], actor: Actor) -> dict[str, Choices]:
    """Filters that offer the same things, as base and quote asset do, ask once."""
    asked = {id(one.choices): one for one in declared.filters}
    answers = {key: one.choices_for(actor) for key, one in asked.items()}
    return {one.key: answers[id(one.choices)] for one in declared.filters}


def _allowed(declared: Listing[Row], choices: dict[str, Choices]) -> dict[str, Sequence[str] | None]:
    sorts = [column.sort for column in declared.columns if column.sort]
    return {
        SEARCH: None,
        **{key: [value for value, _ in found] for key, found in choices.items()},
        SORT: [*sorts, *(f"-{sort}" for sort in sorts)],
        COLUMN: [column.key for column in declared.columns],
        DENSITY: DENSITIES,
        AFTER: None,
        FIRST: None,
        VIEW: None,
    }


def _order(sort: str, now: str) -> str:
    return "" if not sort else "ascending" if now == sort else "descending" if now == f"-{sort}" else "none"


def _turned(sort: str, now: str) -> str:
    return f"-{sort}" if now == sort else sort
