"""A list as its URL has it: search, filters, sort, page, columns, density and the saved view it started from."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict

from backoffice.contracts.filters import Sort
from backoffice.contracts.paging import SortDirection
from portal.asked import number_of

SEARCH, SORT, AFTER, FIRST, COLUMN, DENSITY, VIEW = "q", "sort", "after", "first", "column", "density", "view"
# Of these a saved view keeps none: they say where one is, not what one looks at.
PLACE = (AFTER, FIRST, VIEW)
OWN_KEYS = (SEARCH, SORT, COLUMN, DENSITY, *PLACE)
LONGEST = 200
PAGE_SIZE = 50


@dataclass(frozen=True)
class State:
    """Every known key with its values; keys and choices that the list does not have are dropped. `zone` is whose days the reader means,
    `size` how many rows to find; an export, which reads to the end, needs no count of them."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zone: str = "UTC"
    size: int = field(default_factory=lambda: PAGE_SIZE)
    is_counted: bool = True

    @classmethod
    def of(cls, query: QueryDict, allowed: Mapping[str, Container[str] | None], *, zone: str = "UTC") -> "State":
        """`allowed`: key -> its choices, None for free text."""
        kept: dict[str, tuple[str, ...]] = {}
        for key, choices in allowed.items():
            given = dict.fromkeys(value.replace("\0", "").strip()[:LONGEST] for value in query.getlist(key))
            if found := tuple(value for value in given if value and (choices is None or value in choices)):
                kept[key] = found
        return cls(kept, zone)

    def reading(self, after: str | None, size: int) -> "State":
        """The same list read on behind a cursor."""
        values = {key: found for key, found in self.values.items() if key not in (AFTER, FIRST)}
        return replace(self, values=values | ({AFTER: (after,)} if after else {}), size=size, is_counted=False)

    def one(self, key: str) -> str:
        return self.values.get(key, ("",))[0]

    def many(self, key: str) -> list[str]:
        return list(self.values.get(key, ()))

    def some(self, key: str) -> list[str] | None:
        """The values of a filter, None when it is off: how services take them."""
        return self.many(key) or None

    @property
    def search(self) -> str:
        return self.one(SEARCH)

    @property
    def after(self) -> str | None:
        return self.one(AFTER) or None

    @property
    def first(self) -> int:
        """The number of the first row shown; for reading only, the cursor says where one is."""
        return number_of(self.one(FIRST)) or 1

    @property
    def sort(self) -> str:
        return self.one(SORT).lstrip("-")

    @property
    def is_descending(self) -> bool:
        return self.one(SORT).startswith("-")

    @property
    def direction(self) -> SortDirection:
        return "Desc" if self.is_descending else "Asc"

    @property
    def order(self) -> Sort | None:
        """The sort as the filter language has it."""
        return Sort(field=self.sort, direction=self.direction) if self.sort else None

    def query(self, **changes: str | Iterable[str] | None) -> str:
        """The query string with some keys changed; None or empty removes one. Any change but of columns starts at the first page."""
        keep = {DENSITY, COLUMN, *PLACE} >= set(changes)
        values = {key: found for key, found in self.values.items() if keep or key not in (AFTER, FIRST)}
        for key, value in changes.items():
            values[key] = () if value is None else (value,) if isinstance(value, str) else tuple(value)
        return urlencode([(key, one) for key, found in values.items() for one in found if one])

    @property
    def view_query(self) -> str:
        """What a saved view keeps."""
        return self.query(**dict.fromkeys(PLACE))

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Hidden inputs for a form that changes the keys `without`."""
        return [(key, value) for key, values in self.values.items() if key not in without and key not in (AFTER, FIRST) for value in values]
