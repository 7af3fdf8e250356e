"""The hosted Categories: the tree is read in three queries and replaced under one lock."""

from collections.abc import Iterator
from typing import NamedTuple

from ulid import ULID

from backoffice.contracts.actor import Actor
from backoffice.contracts.categories import Category, CategoryDraft, CategoryTree, CategoryTreeDraft
from backoffice.contracts.errors import Invalid
from backoffice.contracts.markets import MarketName
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.markets import models, rules

DEPTH_MOST, NODES_MOST = 5, 5_000


class Node(NamedTuple):
    """A category on its way into the table. `place` is where the caller wrote it."""

    id: str
    parent: str | None
    position: int
    depth: int
    place: str
    draft: CategoryDraft


def get(actor: Actor) -> Versioned[CategoryTree]:  # noqa: ARG001  verbs are told who asks
    version = models.CategoryTree.objects.filter(pk=1).values_list("version", flat=True).first()
    return Versioned(value=_tree(), version=version or 1)


def replace(actor: Actor, draft: CategoryTreeDraft, *, version: int | None = None) -> CategoryTree:
    models.CategoryTree.objects.get_or_create(pk=1)
    tree = versions.lock(models.CategoryTree.objects.all(), 1, version=version, name="category tree")
    nodes = list(_nodes(draft.categories, None, "categories", 1))
    _refuse(nodes)
    before = _state(_tree())
    models.MarketCategory.objects.all().delete()
    models.MarketCategory.objects.bulk_create(
        models.MarketCategory(id=node.id, parent_id=node.parent, name=node.draft.name.strip(), position=node.position) for node in nodes
    )
    models.CategoryMarket.objects.bulk_create(
        models.CategoryMarket(category_id=node.id, market_id=market, position=position)
        for node in nodes
        for position, market in enumerate(node.draft.markets)
    )
    replaced = _tree()
    if (after := _state(replaced)) != before:
        models.CategoryTree.objects.filter(pk=1).update(version=tree.version + 1)
        audit.changed(actor, "category_tree", "1", before, after)
    return replaced


def _tree() -> CategoryTree:
    children: dict[str | None, list[models.MarketCategory]] = {}
    for row in models.MarketCategory.objects.order_by("position"):
        children.setdefault(row.parent_id, []).append(row)
    markets: dict[str, list[MarketName]] = {}
    entries = models.CategoryMarket.objects.order_by("position")
    for category, market, display, full in entries.values_list("category_id", "market_id", "market__display_name", "market__full_name"):
        markets.setdefault(category, []).append(MarketName(id=market, display_name=display, full_name=full))

    def below(parent: str | None) -> list[Category]:
        return [Category(id=row.pk, name=row.name, markets=markets.get(row.pk, []), categories=below(row.pk)) for row in children.get(parent, [])]

    return CategoryTree(categories=below(None))


def _nodes(drafts: list[CategoryDraft], parent: str | None, place: str, depth: int) -> Iterator[Node]:
    for position, draft in enumerate(drafts):
        node = Node(draft.id or str(ULID()), parent, position, depth, f"{place}[{position}]", draft)
        yield node
        if depth <= DEPTH_MOST:
            yield from _nodes(draft.categories, node.id, f"{node.place}.categories", depth + 1)


def _refuse(nodes: list[Node]) -> None:
    found: rules.Faults = {}
    if len(nodes) > NODES_MOST:
        raise Invalid("The tree is too large.", fields={"categories": [f"has more than {NODES_MOST} categories"]})
    wanted = {market for node in nodes for market in node.draft.markets}
    known = set(models.Market.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    ids: set[str] = set()
    siblings: set[tuple[str | None, str]] = set()
    for node in nodes:
        name = node.draft.name.strip()
        if node.depth > DEPTH_MOST:
            found.setdefault(node.place, []).append(f"is deeper than {DEPTH_MOST} levels")
        if node.id in ids or not 1 <= len(node.id) <= 64 or not node.id.isascii() or not node.id.isprintable():
            found.setdefault(f"{node.place}.id", []).append("must be unique, 1 to 64 ASCII characters")
        if not name or len(name) > 50 or not name.isprintable():
            found.setdefault(f"{node.place}.name", []).append("must be 1 to 50 printable characters")
        if (node.parent, name) in siblings:
            found.setdefault(f"{node.place}.name", []).append(f"{name} is there twice among its siblings")
        ids.add(node.id)
        siblings.add((node.parent, name))
        _check_markets(node, known, found)
    if found:
        raise Invalid("The category tree is not valid.", fields=found)


def _check_markets(node: Node, known: set[str], found: rules.Faults) -> None:
    for index, market in enumerate(node.draft.markets):
        if market not in known:
            found.setdefault(f"{node.place}.markets[{index}]", []).append(f"there is no market {market}")
        elif market in node.draft.markets[:index]:
            found.setdefault(f"{node.place}.markets[{index}]", []).append(f"{market} is there twice")


def _state(tree: CategoryTree) -> dict[str, str | None]:
    """One entry a category, keyed by its id: its path and its markets."""
    flat: dict[str, str | None] = {}

    def walk(categories: list[Category], path: str) -> None:
        for category in categories:
            here = f"{path} / {category.name}" if path else category.name
            flat[category.id] = f"{here}: {', '.join(market.id for market in category.markets) or 'no markets'}"
            walk(category.categories, here)

    walk(tree.categories, "")
    return flat
