"""What one press of a button does to the tree; each act answers with the sentence that is read aloud."""

from collections.abc import Callable, Mapping

from backoffice.contracts.errors import Invalid
from portal.forms.categories import DEPTH_MOST, ROOT, Tree

Act = Callable[[Tree, str, str], str]


def apply(tree: Tree, act: str, argument: str) -> tuple[str, str]:
    """`argument`: the category, then what else the act needs, parted by a colon. The category to select now, and the sentence.

    Refuses: Invalid, with the tree as it was.
    """
    id, more = _parted(tree, argument)
    if act not in ACTS or (id not in tree.names and not (act == "add" and id == ROOT)):
        raise Invalid("That category is not there any more.")
    if act == "add":
        return _add(tree, id)
    said = ACTS[act](tree, id, more)
    return (id if id in tree.names else ROOT), said


def rename(tree: Tree, id: str, name: str) -> str:
    """The sentence, empty when nothing changed."""
    name = name.strip()[:200]
    if id not in tree.names or not name or name == tree.names[id]:
        return ""
    was, tree.names[id] = tree.names[id], name
    return f"{was} is now called {name}."


def add_markets(tree: Tree, id: str, markets: list[str]) -> str:
    new = [market for market in markets if market not in tree.markets[id]]
    tree.markets[id].extend(new)
    return f"{_counted(len(new))} added to {tree.names[id]}."


def _parted(tree: Tree, argument: str) -> tuple[str, str]:
    """An id may hold a colon itself, so the category is looked for, not cut out."""
    id = next((one for one in sorted(tree.names, key=len, reverse=True) if argument == one or argument.startswith(f"{one}:")), ROOT)
    return (id, argument[len(id) + 1 :]) if id or not argument else (argument, "")


def _add(tree: Tree, parent: str) -> tuple[str, str]:
    if tree.depth(parent) >= DEPTH_MOST:
        raise Invalid(f"The tree has {DEPTH_MOST} levels at most.")
    new = tree.add(parent)
    return new, f"{tree.names[new]} added {f'in {tree.names[parent]}' if parent else 'at the top level'}."


def _up(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    return _to(tree, id, tree.parents[id], tree.index(id) - 1, "up")


def _down(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    return _to(tree, id, tree.parents[id], tree.index(id) + 1, "down")


def _in(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    parent = tree.children[tree.parents[id]][tree.index(id) - 1]
    return _to(tree, id, parent, len(tree.children[parent]), "in")


def _out(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    parent = tree.parents[id]
    return _to(tree, id, tree.parents.get(parent, ROOT), tree.index(parent) + 1 if parent else 0, "out")


def _to(tree: Tree, id: str, parent: str, at: int, move: str) -> str:
    if move not in tree.can(id):
        raise Invalid(f"{tree.names[id]} cannot move {move} from here.")
    tree.move(id, parent, at)
    return _said(tree, id)


def _place(tree: Tree, id: str, more: str) -> str:
    """`more`: before, after or inside, and the category it was dropped on."""
    where, _, target = more.partition(":")
    parent = target if where == "inside" else tree.parents.get(target, ROOT)
    if target not in tree.names or where not in ("before", "after", "inside") or not tree.fits(id, parent):
        raise Invalid(f"{tree.names[id]} cannot stand there: not below itself, and {DEPTH_MOST} levels at most.")
    if target != id:
        others = [one for one in tree.children[parent] if one != id]
        tree.move(id, parent, len(others) if where == "inside" else others.index(target) + (where == "after"))
    return _said(tree, id)


def _remove(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    name, count = tree.names[id], tree.remove(id) - 1
    return f"{name} removed{f', with {count} below it' if count else ''}."


def _select(tree: Tree, id: str, more: str) -> str:  # noqa: ARG001  one signature for all of a table
    return ""


def _add_market(tree: Tree, id: str, more: str) -> str:
    return add_markets(tree, id, [more])


def _remove_market(tree: Tree, id: str, more: str) -> str:
    if more in tree.markets[id]:
        tree.markets[id].remove(more)
    return f"{more} removed from {tree.names[id]}."


def _market_up(tree: Tree, id: str, more: str) -> str:
    return _shift(tree.markets[id], more, -1)


def _market_down(tree: Tree, id: str, more: str) -> str:
    return _shift(tree.markets[id], more, 1)


def _shift(markets: list[str], market: str, step: int) -> str:
    if market not in markets or not 0 <= (to := markets.index(market) + step) < len(markets):
        raise Invalid(f"{market} cannot move that way.")
    markets.remove(market)
    markets.insert(to, market)
    return f"{market} is now number {to + 1} of {len(markets)}."


def _said(tree: Tree, id: str) -> str:
    parent = tree.parents[id]
    place = f"in {tree.names[parent]}" if parent else "at the top level"
    return f"{tree.names[id]} is now number {tree.index(id) + 1} of {len(tree.children[parent])} {place}."


def _counted(count: int) -> str:
    return "1 market" if count == 1 else f"{count} markets"


ACTS: Mapping[str, Act] = {
    "add": _select,
    "select": _select,
    "up": _up,
    "down": _down,
    "in": _in,
    "out": _out,
    "place": _place,
    "remove": _remove,
    "add-market": _add_market,
    "remove-market": _remove_market,
    "market-up": _market_up,
    "market-down": _market_down,
}
