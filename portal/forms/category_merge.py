"""Two versions of the category tree side by side: what each changed since their common start, and one tree out of both."""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from portal.forms.categories import ROOT, Tree

Side = Literal["both", "mine", "theirs"]


class Difference(NamedTuple):
    """What happened to one category, in words; `name` is the one it has or had."""

    id: str
    name: str
    words: list[str]


class Line(NamedTuple):
    """One category in a lost race; `side` says who changed it, and a choice is needed only where both did, differently."""

    id: str
    name: str
    mine: list[str]
    theirs: list[str]
    side: Side

    @property
    def kept(self) -> str:
        return "theirs" if self.side == "theirs" else "mine"


def differences(before: Tree, after: Tree) -> list[Difference]:
    """Every category that differs, in the order of `after`; removed ones follow."""
    moved = _moved(before, after)
    order = [*after.below(ROOT), *(id for id in before.below(ROOT) if id not in after.names)]
    found = [Difference(id, (after if id in after.names else before).path(id), _words(before, after, id, moved)) for id in order]
    return [one for one in found if one.words]


def lines(base: Tree, mine: Tree, theirs: Tree) -> list[Line]:
    of_mine = {one.id: one for one in differences(base, mine)}
    of_theirs = {one.id: one for one in differences(base, theirs)}
    found = []
    for id in dict.fromkeys([*of_theirs, *of_mine]):
        side: Side = "mine" if id not in of_theirs else "theirs" if id not in of_mine else "both"
        if side == "both" and _same(mine, theirs, id):
            continue
        name = (of_theirs.get(id) or of_mine[id]).name
        found.append(Line(id, name, of_mine[id].words if id in of_mine else [], of_theirs[id].words if id in of_theirs else [], side))
    return found


def merged(mine: Tree, theirs: Tree, keep: Mapping[str, str]) -> Tree:
    """Theirs, with every category that `keep` says "mine" of taken from mine. A category whose parent is gone stands at the top level."""
    made = Tree()
    for id in dict.fromkeys([*theirs.below(ROOT), *mine.below(ROOT)]):
        source = _source(mine, theirs, keep, id)
        if id in source.names:
            made.add(ROOT, source.names[id], id=id)
            made.markets[id] = list(source.markets[id])
    for id in list(made.names):
        source = _source(mine, theirs, keep, id)
        parent = source.parents[id]
        if parent in made.names and made.fits(id, parent):
            made.move(id, parent, len(made.children[parent]))
    for siblings in made.children.values():
        siblings.sort(key=lambda id: _source(mine, theirs, keep, id).index(id))
    return made


def _source(mine: Tree, theirs: Tree, keep: Mapping[str, str], id: str) -> Tree:
    return mine if keep.get(id) == "mine" else theirs


def _same(mine: Tree, theirs: Tree, id: str) -> bool:
    if id not in mine.names or id not in theirs.names:
        return id not in mine.names and id not in theirs.names
    facts = [(tree.names[id], tree.markets[id], tree.parents[id], tree.index(id)) for tree in (mine, theirs)]
    return facts[0] == facts[1]


def _words(before: Tree, after: Tree, id: str, moved: set[str]) -> list[str]:
    if id not in before.names:
        return [f"new, {_counted(len(after.markets[id]))}"]
    if id not in after.names:
        return ["removed"]
    words = [f"renamed from {before.names[id]} to {after.names[id]}"] if before.names[id] != after.names[id] else []
    was, now = before.parents[id], after.parents[id]
    if was != now:
        words.append(f"moved to {after.path(now) if now else 'the top level'}")
    elif id in moved:
        words.append(f"moved from place {before.index(id) + 1} to {after.index(id) + 1}")
    return [*words, *_market_words(before.markets[id], after.markets[id])]


def _market_words(before: list[str], after: list[str]) -> list[str]:
    added = [market for market in after if market not in before]
    removed = [market for market in before if market not in after]
    words = [f"{sign}{_named(found)}" for sign, found in (("+ ", added), ("− ", removed)) if found]
    return words or (["markets in another order"] if before != after else [])


def _named(markets: list[str]) -> str:
    return ", ".join(markets[:4]) + (f" and {len(markets) - 4} more" if len(markets) > 4 else "")


def _counted(count: int) -> str:
    return "1 market" if count == 1 else f"{count} markets"


def _moved(before: Tree, after: Tree) -> set[str]:
    """Categories that kept their parent and changed their place among the siblings that did so too."""
    moved: set[str] = set()
    for parent in {ROOT, *(before.names.keys() & after.names.keys())}:
        old = [id for id in before.children[parent] if after.parents.get(id) == parent]
        new = [id for id in after.children[parent] if before.parents.get(id) == parent]
        still = {id for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() for id in old[block.a : block.a + block.size]}
        moved |= set(old) - still
    return moved
