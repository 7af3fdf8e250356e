"""The category tree: shown whole, edited as a draft that the page carries, saved whole with its version or merged."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.markets import ListedMarket, MarketQuery
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.asked import number_of
from portal.forms import category_acts, category_merge
from portal.forms.categories import DEPTH_MOST, Tree
from portal.objects import Tab, demand
from portal.session import DeskRequest

PAGE = "portal/categories/show.html"
FOUND_MOST, NAMES_MOST, SHOWN_CHANGES = 20, 1_000, 40
KIND = catalog.Kind(section="categories", title="Categories", noun="category tree", object_type="category_tree", capability="categories")


@dataclass(kw_only=True)
class Edit:
    """What the page sent: my tree, the one I started from with its version, the category I look at, and what I search."""

    tree: Tree
    base: Tree
    version: int
    selected: str
    sought: str

    @classmethod
    def of(cls, request: DeskRequest) -> "Edit":
        """Refuses: Invalid."""
        sent = request.POST
        version = sent.get("version", "")
        return cls(
            tree=Tree.of_text(sent.get("tree", "")),
            base=Tree.of_text(sent.get("base", "")),
            version=number_of(version) or 0,
            selected=sent.get("selected", ""),
            sought=sent.get("find", "").strip()[:60],
        )


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    found = back_api().categories.get(request.actor)
    tree = Tree.of(found.value)
    selected = request.GET.get("category", "")
    edit = Edit(tree=tree, base=Tree.of(found.value), version=found.version, selected=selected, sought="")
    return _editor(request, edit, since=since)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest) -> HttpResponse:
    """One act on the draft that the page carries; nothing is stored before "save". Reloaded by GET, the draft is gone."""
    if request.method != "POST":
        return respond.redirect(request, reverse("portal:categories-show"))
    demand(request.actor, "categories.replace")
    edit = Edit.of(request)
    said = category_acts.rename(edit.tree, edit.selected, request.POST.get("name", ""))
    act, _, argument = request.POST.get("act", "find").partition(":")
    if act == "save":
        return _save(request, edit)
    if act == "merge":
        return _merged(request, edit)
    try:
        if act == "add-found":
            said = category_acts.add_markets(edit.tree, edit.selected, [market.market_id for market in _found(request, edit)[0]])
        elif act != "find":
            edit.selected, done = category_acts.apply(edit.tree, act, argument)
            said = done or said
    except Invalid as refusal:
        return _editor(request, edit, error=refusal.detail, status=400)
    return _editor(request, edit, said=said, is_new=act == "add")


@require_safe
def timeline(request: DeskRequest) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    labels = Tree.of(back_api().categories.get(request.actor).value).names
    cursor = number_of(request.GET.get("before", ""))
    records = desk().audit.timeline(request.actor, KIND.object_type, "1", before=cursor)
    more = f"?before={records[-1].id}" if len(records) >= catalog.FULL else ""
    context = {**_frame("Timeline", since), "records": records, "labels": labels, "more": more}
    return respond.page(request, "portal/catalog/timeline.html", "records", context)


def _save(request: DeskRequest, edit: Edit) -> HttpResponse:
    try:
        back_api().categories.replace(request.actor, edit.tree.as_draft(), version=edit.version)
    except Stale:
        return _race(request, edit)
    except Invalid as refusal:
        faults: dict[str, list[str]] = {}
        for place, reasons in refusal.fields.items():
            faults.setdefault(edit.tree.placed(place), []).extend(reasons)
        edit.selected = next(iter(faults), edit.selected)
        return _editor(request, edit, error=refusal.detail, faults=faults, status=400)
    to = reverse("portal:categories-show") + (f"?category={edit.selected}" if edit.selected in edit.tree.names else "")
    return respond.redirect(request, to, toast="The category tree is saved.")


def _race(request: DeskRequest, edit: Edit) -> HttpResponse:
    """Both sides, category by category; nothing of mine is lost and nothing of theirs overwritten."""
    fresh = back_api().categories.get(request.actor)
    theirs = Tree.of(fresh.value)
    newest = desk().audit.timeline(request.actor, KIND.object_type, "1", limit=1, is_change=True)
    lines = category_merge.lines(edit.base, edit.tree, theirs)
    context = {
        **_frame("Tree", newest[0].id if newest else 0),
        "lines": lines,
        "conflicts": sum(line.side == "both" for line in lines),
        "record": newest[0] if newest else None,
        "version": fresh.version,
        "tree": edit.tree.as_text(),
        "base": theirs.as_text(),
    }
    return respond.page(request, "portal/categories/merge.html", "editor", context, status=412)


def _merged(request: DeskRequest, edit: Edit) -> HttpResponse:
    """The chosen sides as a new draft on top of theirs; it is looked at and saved like any other."""
    keep = {name.removeprefix("keep-"): str(side) for name, side in request.POST.items() if name.startswith("keep-")}
    edit.tree = category_merge.merged(edit.tree, edit.base, keep)
    return _editor(request, edit, said="Both sides are merged here. Look it over, then save.")


def _editor(request: DeskRequest, edit: Edit, *, since: int | None = None, status: int = 200, **more: Any) -> HttpResponse:
    tree = edit.tree
    selected = edit.selected if edit.selected in tree.names else ""
    found, found_total = _found(request, edit) if selected and edit.sought else ([], 0)
    context = {
        **_frame("Tree", desk().audit.latest(request.actor) if since is None else since),
        "nodes": tree.nodes(),
        "changes": category_merge.differences(edit.base, tree),
        "shown_changes": SHOWN_CHANGES,
        "version": edit.version,
        "tree": tree.as_text(),
        "base": edit.base.as_text(),
        "selected": selected,
        "name": tree.names.get(selected, ""),
        "path": [tree.names[one] for one in tree.above(selected)] if selected else [],
        "can_add": tree.depth(selected) < DEPTH_MOST,
        "markets": _named(request, tree.markets[selected]) if selected else [],
        "sought": edit.sought,
        "found": found,
        "found_total": found_total,
        "faults": {},
        **more,
    }
    return respond.page(request, PAGE, "editor", context, status=status)


def _found(request: DeskRequest, edit: Edit) -> tuple[list[ListedMarket], int]:
    """Markets that the search finds and the category does not have yet, and how many it finds in all."""
    if edit.selected not in edit.tree.names or not edit.sought:
        return [], 0
    there = edit.tree.markets[edit.selected]
    found = back_api().markets.find(request.actor, MarketQuery(search=edit.sought, limit=FOUND_MOST + min(len(there), NAMES_MOST - FOUND_MOST)))
    return [market for market in found.items if market.market_id not in there][:FOUND_MOST], found.total


def _named(request: DeskRequest, markets: list[str]) -> list[tuple[str, str, str]]:
    """Id, name and status in the category's order; one that is gone shows its id alone."""
    known = {}
    if markets:
        found = back_api().markets.find(request.actor, MarketQuery(market_ids=markets[:NAMES_MOST], limit=NAMES_MOST))
        known = {market.market_id: market for market in found.items}
    return [(id, known[id].display_name if id in known else id, known[id].status if id in known else "") for id in markets]


def _frame(tab: str, since: int) -> dict[str, Any]:
    tabs = [("Tree", "show"), ("Timeline", "timeline")]
    return {
        "tabs": [Tab(label, KIND.url(page), label == tab) for label, page in tabs],
        "acts": [],
        "crumbs": [("Categories", "")],
        "live": {"type": KIND.object_type, "id": "1", "since": since},
        "name": "Categories",
        "key": "",
    }
