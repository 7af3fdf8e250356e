"""An order that the page carries as a draft: moved by single acts, saved whole with its version, laid over theirs after a lost race."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.http import QueryDict

from backoffice.contracts.errors import Invalid
from portal.asked import number_of

MOST = 5_000


class Rank(NamedTuple):
    """Where one stands: number from 1, the number it had before, and whether it may go up or down."""

    id: str
    number: int
    was: int
    can_up: bool
    can_down: bool

    @property
    def is_moved(self) -> bool:
        return self.number != self.was


class Pair(NamedTuple):
    """The same number in my order and in theirs; "" where one is shorter."""

    number: int
    mine: str
    theirs: str


@dataclass(kw_only=True)
class Ranks:
    """`base` is the order that the draft began from, with the list's version."""

    order: list[str]
    base: list[str]
    version: int

    @classmethod
    def of(cls, ids: Sequence[str], version: int) -> "Ranks":
        return cls(order=list(ids), base=list(ids), version=version)

    @classmethod
    def of_post(cls, post: QueryDict) -> "Ranks":
        """Refuses: Invalid."""
        order, base = _ids(post.get("order", "")), _ids(post.get("base", ""))
        if sorted(order) != sorted(base) or len(set(order)) != len(order) or len(order) > MOST:
            raise Invalid("This list is not one that the page wrote. Load the page again.")
        return cls(order=order, base=base, version=number_of(post.get("version", "")) or 0)

    @property
    def is_changed(self) -> bool:
        return self.order != self.base

    @property
    def moved(self) -> int:
        return sum(rank.is_moved for rank in self.ranks)

    @property
    def ranks(self) -> list[Rank]:
        before = {id: number for number, id in enumerate(self.base, start=1)}
        last = len(self.order)
        return [Rank(id, number, before[id], number > 1, number < last) for number, id in enumerate(self.order, start=1)]

    @property
    def order_text(self) -> str:
        return ",".join(self.order)

    @property
    def base_text(self) -> str:
        return ",".join(self.base)

    def act(self, act: str, names: Mapping[str, str]) -> tuple[str, str]:
        """up:id, down:id, or place:id:before:other. Who moved, and the sentence that is read aloud. Refuses: Invalid."""
        verb, _, rest = act.partition(":")
        id, _, more = rest.partition(":")
        if id not in self.order:
            raise Invalid("That one is not in the list any more.")
        at = self.order.index(id)
        to = {"up": at - 1, "down": at + 1}.get(verb, -1) if verb != "place" else self._place(id, more)
        if not 0 <= to < len(self.order):
            raise Invalid(f"{names.get(id, id)} cannot move that way.")
        self.order.insert(to, self.order.pop(at))
        return id, f"{names.get(id, id)} is now number {to + 1} of {len(self.order)}."

    def _place(self, id: str, more: str) -> int:
        where, _, target = more.partition(":")
        if where not in ("before", "after") or target not in self.order:
            return -1
        others = [one for one in self.order if one != id]
        return self.order.index(id) if target == id else others.index(target) + (where == "after")

    def against(self, theirs: Sequence[str]) -> list[Pair]:
        """Both orders side by side."""
        longest = max(len(self.order), len(theirs))
        return [Pair(at + 1, *(side[at] if at < len(side) else "" for side in (self.order, theirs))) for at in range(longest)]

    def over(self, theirs: Sequence[str], version: int) -> "Ranks":
        """My order of what is still there; what is new stands behind the one that it follows in theirs."""
        order = [id for id in self.order if id in theirs]
        for at, id in enumerate(theirs):
            if id not in order:
                order.insert(order.index(theirs[at - 1]) + 1 if at else 0, id)
        return Ranks(order=order, base=list(theirs), version=version)


def _ids(text: str) -> list[str]:
    return [id for id in text.split(",") if id]
