"""From a declared list and a URL to the page: chips, columns, rows, saved views, links; all that the template only prints."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import SavedView
from backoffice.contracts.errors import TooCostly
from backoffice.contracts.paging import Page
from backoffice.services import desk
from portal import respond
from portal.context import DENSITIES, zone_of
from portal.listing import export, reports
from portal.listing.chips import Chip, chip_of
from portal.listing.declared import Column, Listing
from portal.listing.filters import Choices, Offering
from portal.listing.state import AFTER, COLUMN, DENSITY, FIRST, SEARCH, SORT, VIEW, State
from portal.session import DeskRequest
from portal.worth import total

Row = TypeVar("Row")
EVERYTHING = "all"
BULK_MOST = 1_000


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
    refusal: TooCostly | None = None

    @cached_property
    def columns(self) -> list[Column]:
        return self.declared.shown(self.state)

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
        return [chip_of(one, self.state, self.choices.get(one.key, ())) for one in self.declared.filters]

    @property
    def chips_on(self) -> list[Chip]:
        return [chip for chip in self.chips if chip.words]

    @property
    def chips_off(self) -> list[Chip]:
        return [chip for chip in self.chips if not chip.words]

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
    def sums(self) -> list[tuple[Column, Decimal | None]]:
        """What the shown rows add up to, column by column; None for what does not add up, or not for every row. Empty without such columns."""
        if not any(column.is_summed for column in self.columns):
            return []
        return [(column, total(column.value(row) for row in self.found.items) if column.is_summed else None) for column in self.columns]

    @property
    def is_whole(self) -> bool:
        """Are all rows on this page?"""
        return not self.state.after and not self.found.next

    @property
    def siblings(self) -> list[tuple[str, str, str, bool]]:
        """Label, address, operation, whether it is this one."""
        return [(label, reverse(name), operation, reverse(name) == self.path) for label, name, operation in self.declared.siblings]

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
        return self.state.query(**dict.fromkeys([SEARCH, *(key for one in self.declared.filters for key in one.keys)]))

    @property
    def exports(self) -> list[tuple[str, str]]:
        """Each format of a file of exactly this, with its query."""
        return [(format, f"{self.state.view_query}&{export.FORMAT}={format}".lstrip("&")) for format in export.FORMATS]

    @property
    def report(self) -> reports.Offer | None:
        return reports.offer(self.declared, self.state)


def answer(request: DeskRequest, declared: Listing[Row], **extra: Any) -> HttpResponse:
    """The list as a page, its region as a fragment, or all of it as a file; a bare URL opens one's own default view, or a role's."""
    if export.FORMAT in request.GET:
        return _file(request, declared)
    views = desk().own.views(request.actor, declared.section)
    if not request.GET and (view := _opened(views)):
        return respond.redirect(request, f"{request.path}?{view.query}&{VIEW}={view.id}")
    # The cursor of live updates is read before the rows: a change between the two shows up as news, never gets lost.
    since = desk().audit.latest(request.actor) if declared.object_type else 0
    choices = _choices(declared, request.actor)
    state = State.of(request.GET, _allowed(declared, choices), zone=zone_of(request))
    found, refusal = _found(request.actor, declared, state)
    listing = ListPage(
        declared=declared,
        path=request.path,
        state=state,
        found=found,
        choices=choices,
        views=views,
        roles=[(role.id, role.name) for role in desk().own.roles(request.actor)],
        since=since,
        refusal=refusal,
    )
    context = {"listing": listing, "crumbs": [(declared.title, "")], **extra}
    return respond.page(request, "components/listing.html", "region", context, status=400 if refusal else 200)


def _opened(views: Sequence[SavedView]) -> SavedView | None:
    """One's own default, else that of a role one holds."""
    return next((view for view in views if view.is_default), None) or next((view for view in views if view.is_role_default), None)


def state_of(request: DeskRequest, query: QueryDict, declared: Listing[Row]) -> State:
    """What a query string asks of a list, outside its page: for exports and bulk changes of a whole view."""
    return State.of(query, _allowed(declared, _choices(declared, request.actor)), zone=zone_of(request))


def _found(actor: Actor, declared: Listing[Row], state: State) -> tuple[Page[Row], TooCostly | None]:
    """What takes too long leaves the list and its filters standing, so that one can narrow it there."""
    try:
        return declared.find(actor, state), None
    except TooCostly as refusal:
        return Page(items=[]), refusal


def _file(request: DeskRequest, declared: Listing[Row]) -> HttpResponse:
    """A file, or the list again with the reason why not."""
    state = state_of(request, request.GET, declared)
    try:
        # A response of bytes that stream is no HttpResponse to the type checker, and all else here is one.
        return cast(HttpResponse, export.answer(request.actor, declared, state, request.GET[export.FORMAT]))
    except export.Unwritten as refusal:
        return respond.redirect(request, f"{request.path}?{state.view_query or f'{VIEW}={EVERYTHING}'}", toast=refusal.detail, kind="error")


def _choices(declared: Listing[Row], actor: Actor) -> dict[str, Choices]:
    """Filters that offer the same things, as base and quote asset do, ask once."""
    offering = [one for one in declared.filters if isinstance(one, Offering)]
    answers = {key: one.choices_for(actor) for key, one in {id(one.choices): one for one in offering}.items()}
    return {one.key: answers[id(one.choices)] for one in offering}


def _allowed(declared: Listing[Row], choices: dict[str, Choices]) -> dict[str, Container[str] | None]:
    sorts = [column.sort for column in declared.columns if column.sort]
    found: dict[str, Container[str] | None] = {SEARCH: None}
    for one in declared.filters:
        found |= one.allowed(choices.get(one.key, ()))
    return found | {
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
