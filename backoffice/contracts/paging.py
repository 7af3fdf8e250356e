"""A page of a list, by keyset: `next` continues behind the last item, None ends."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import msgspec

from backoffice.contracts.wire import decode_list

T = TypeVar("T")

SortDirection = Literal["Asc", "Desc"]
COUNT_CAP = 10_000


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    """`total` is counted up to COUNT_CAP; `is_exceeded` says that there are more than it counts."""

    items: list[T]
    next: str | None = None
    total: int = 0
    is_exceeded: bool = False


class Slice(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list that nobody counts; `next` continues it, None ends it."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rows(Generic[T]):
    """A part of a list as the JSON that it came as, so that a door can hand it on unread; `items` reads it.

    `total` is 0 where nobody counts.
    """

    row: type[T]
    json: bytes
    next: str | None = None
    total: int = 0

    @property
    def items(self) -> list[T]:
        return decode_list(self.json, self.row)
