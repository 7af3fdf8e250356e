"""The category tree while somebody works on it: carried by the form, changed one act at a time, saved as a whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec
from ulid import ULID

from backoffice.contracts.categories import Category, CategoryDraft, CategoryTree, CategoryTreeDraft
from backoffice.contracts.errors import Invalid
from backoffice.contracts.wire import encode

ROOT = ""
DEPTH_MOST = 5
NEW_NAME = "New category"


class Node(NamedTuple):
    """A category as the outline shows it; `can` holds the moves that are possible."""

    id: str
    name: str
    depth: int
    market_count: int
    can: frozenset[str]


@dataclass
class Tree:
    """Flat and by id: `children` of ROOT are the topmost categories."""

    names: dict[str, str] = field(default_factory=dict)
    markets: dict[str, list[str]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=lambda: {ROOT: []})
    parents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: CategoryTree | CategoryTreeDraft) -> "Tree":
        made = cls()
        made._take(ROOT, tree.categories)
        return made

    @classmethod
    def of_text(cls, text: str) -> "Tree":
        """Refuses: Invalid when the text is not one that `as_text` wrote."""
        try:
            return cls.of(msgspec.json.decode(text.encode(), type=CategoryTreeDraft))
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise Invalid("The page did not send its tree as it should; reload it and repeat.") from error

    def as_text(self) -> str:
        return encode(self.as_draft()).decode()

    def as_draft(self) -> CategoryTreeDraft:
        return CategoryTreeDraft(categories=self._below(ROOT))

    def add(self, parent: str, name: str = "", *, id: str = "", at: int | None = None) -> str:
        """The new category's id; without a name it gets one that none of its siblings has."""
        new = id or str(ULID())
        siblings = self.children[parent]
        self.names[new], self.markets[new], self.children[new], self.parents[new] = name or self.free_name(parent), [], [], parent
        siblings.insert(len(siblings) if at is None else at, new)
        return new

    def free_name(self, parent: str) -> str:
        taken = {self.names[child] for child in self.children[parent]}
        numbered = (f"{NEW_NAME} {number}" for number in range(2, len(taken) + 3))
        return next(name for name in (NEW_NAME, *numbered) if name not in taken)

    def move(self, id: str, parent: str, at: int) -> None:
        self.children[self.parents[id]].remove(id)
        self.children[parent].insert(at, id)
        self.parents[id] = parent

    def remove(self, id: str) -> int:
        """The category and all below it; how many."""
        gone = [id, *self.below(id)]
        self.children[self.parents[id]].remove(id)
        for one in gone:
            del self.names[one], self.markets[one], self.children[one], self.parents[one]
        return len(gone)

    def below(self, id: str) -> Iterator[str]:
        for child in self.children[id]:
            yield child
            yield from self.below(child)

    def above(self, id: str) -> list[str]:
        """The ids from the top down to the category's parent."""
        path: list[str] = []
        while id := self.parents.get(id, ROOT):
            path.insert(0, id)
        return path

    def depth(self, id: str) -> int:
        return len(self.above(id)) + 1 if id else 0

    def height(self, id: str) -> int:
        return 1 + max((self.height(child) for child in self.children[id]), default=0)

    def fits(self, id: str, parent: str) -> bool:
        """May the category stand there: not below itself, not deeper than the tree may be?"""
        return parent != id and id not in self.above(parent) and self.depth(parent) + self.height(id) <= DEPTH_MOST

    def index(self, id: str) -> int:
        return self.children[self.parents[id]].index(id)

    def placed(self, place: str) -> str:
        """The id of the category that a refusal means by "categories[0].categories[1]"."""
        id = ROOT
        for number in map(int, re.findall(r"categories\[([0-9]{1,5})\]", place)):
            if number >= len(self.children[id]):
                return ROOT
            id = self.children[id][number]
        return id

    def path(self, id: str) -> str:
        return " / ".join(self.names[one] for one in [*self.above(id), id])

    def nodes(self) -> list[Node]:
        """Every category, from the top down."""
        return [Node(id, self.names[id], self.depth(id), len(self.markets[id]), self.can(id)) for id in self.below(ROOT)]

    def can(self, id: str) -> frozenset[str]:
        at, siblings = self.index(id), self.children[self.parents[id]]
        possible = {"up": at > 0, "down": at < len(siblings) - 1, "in": at > 0 and self.fits(id, siblings[at - 1]), "out": self.parents[id] != ROOT}
        return frozenset(name for name, is_possible in possible.items() if is_possible)

    def _take(self, parent: str, categories: list[Category] | list[CategoryDraft]) -> None:
        for category in categories:
            if category.id in self.names:
                raise Invalid(f"The category {category.id} is there twice.")
            id = self.add(parent, category.name, id=category.id or "")
            self.markets[id] = [market if isinstance(market, str) else market.id for market in category.markets]
            self._take(id, category.categories)

    def _below(self, parent: str) -> list[CategoryDraft]:
        return [CategoryDraft(id=id, name=self.names[id], categories=self._below(id), markets=list(self.markets[id])) for id in self.children[parent]]
