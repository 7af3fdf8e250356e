"""The category tree that terminals and portal browse markets by; it is read and replaced as a whole."""

from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import MarketName
from backoffice.contracts.value import Value, Versioned


class Category(Value, frozen=True, kw_only=True):
    id: str
    name: str
    markets: list[MarketName]
    categories: list["Category"]


class CategoryTree(Value, frozen=True, kw_only=True):
    categories: list[Category]


class CategoryDraft(Value, frozen=True, kw_only=True):
    """Without an id it is a new category."""

    id: str | None = None
    name: str
    categories: list["CategoryDraft"] = []
    markets: list[str] = []


class CategoryTreeDraft(Value, frozen=True, kw_only=True):
    categories: list[CategoryDraft]


class Categories(Protocol):
    def get(self, actor: Actor) -> Versioned[CategoryTree]: ...

    def replace(self, actor: Actor, draft: CategoryTreeDraft, *, version: int | None = None) -> CategoryTree:
        """Refuses: Stale, Invalid (depth, names, ids, unknown or repeated markets; `fields` has the path of each)."""
