"""What a section declares of its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from portal.listing.state import State

Row = TypeVar("Row")
Choices = Sequence[tuple[str, str]]
PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class Column:
    """`attribute` of a row (the key when empty) as text, or `cell`: a template partial that gets `row`. `sort` is the service's word."""

    key: str
    label: str
    attribute: str = ""
    cell: str = ""
    sort: str = ""
    is_numeric: bool = False
    is_shown: bool = True

    def value(self, row: object) -> object:
        return getattr(row, self.attribute or self.key)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One chip. `choices` are fixed or asked from a service for each page; `is_single` allows one value only."""

    key: str
    label: str
    choices: Choices | Callable[[Actor], Choices]
    is_single: bool = False

    def choices_for(self, actor: Actor) -> Choices:
        return self.choices(actor) if callable(self.choices) else self.choices


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
    filters: Sequence[Filter] = ()
    object_type: str = ""
    search: str = ""
    default_sort: str = ""
    actions: Sequence[Action] = ()
    bulk: Sequence[Bulk] = ()
    export_url: str = ""
