"""What a section declares of its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar

from backoffice.contracts import filters as language
from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.reports import ReportSource
from portal.listing.filters import AnyFilter
from portal.listing.state import COLUMN, State

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Column:
    """`attribute` of a row (the key when empty, dots lead inside) as text, or `cell`: a template partial that gets `row` and `value`.

    `plain` is what a file has of a row, where that is no attribute of it. `sort` is the service's word, `field` that of the filter
    language where it differs. `is_summed`: it counts in the root asset, and adds up.
    """

    key: str
    label: str
    attribute: str = ""
    cell: str = ""
    plain: Callable[[Any], Any] | None = None
    sort: str = ""
    field: str = ""
    is_numeric: bool = False
    is_shown: bool = True
    is_summed: bool = False

    def value(self, row: object) -> Any:
        return self.plain(row) if self.plain else attrgetter(self.attribute or self.key)(row)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button in the head of a page; disabled, and naming the operation, for whoever lacks it."""

    label: str
    icon: str
    url_name: str
    operation: str
    is_primary: bool = False


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """A button of the bulk bar: the form of selected `id`s goes to `url_name` by GET, which shows a preview."""

    label: str
    icon: str
    url_name: str
    operation: str


@dataclass(frozen=True, kw_only=True)
class Empty:
    """What to say, and to do next, when there is nothing at all yet."""

    icon: str
    text: str
    action: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Row]):
    """`section` names the saved views, `object_type` what live updates watch ("" for none), `key` and `href` are of one row.

    `find` gets the state of the URL; it may use whole.page_of when the service gives every row at once.
    `sought` says what the search means in the filter language. `siblings` are lists of the same kind: label, URL name, operation. `note` is
    said beside the order.
    `body`, a template, stands in the place of the table and gets `listing`; all columns go into files then.
    `report_source` is the report source that has the same rows, "" where there is none; `report_needs` a field that its filters have to name.
    """

    section: str
    title: str
    noun: str
    nouns: str
    columns: Sequence[Column]
    find: Callable[[Actor, State], Page[Row]]
    key: Callable[[Row], str]
    href: Callable[[Row], str]
    empty: Empty
    filters: Sequence[AnyFilter] = ()
    object_type: str = ""
    search: str = ""
    default_sort: str = ""
    actions: Sequence[Action] = ()
    bulk: Sequence[Bulk] = ()
    export_url: str = ""
    body: str = ""
    report_source: ReportSource | Literal[""] = ""
    report_needs: str = ""
    sought: Callable[[str], language.Filter] | None = None
    siblings: Sequence[tuple[str, str, str]] = ()
    note: str = ""

    def shown(self, state: State) -> list[Column]:
        chosen = state.many(COLUMN)
        return [column for column in self.columns if self.body or (column.key in chosen if chosen else column.is_shown)]
