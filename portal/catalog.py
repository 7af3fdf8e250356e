"""What the pages of assets, groups, clients, profiles, sessions and calendars have in common: frame, form, merge, removal, timeline."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from backoffice.contracts.errors import InUse, Invalid, Stale
from backoffice.contracts.markets import MarketQuery
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.objects import Act, Tab, act
from portal.session import DeskRequest

NAMED, FULL = 10, 50
Context = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`section` begins its URL names and templates, `capability` its words in the guard, `labels` name its fields in the timeline."""

    section: str
    title: str
    noun: str
    object_type: str
    capability: str
    labels: dict[str, str] = field(default_factory=dict)

    def url(self, page: str, *args: str) -> str:
        return reverse(f"portal:{self.section}-{page}", args=args)


def frame(request: DeskRequest, kind: Kind, key: str, name: str, tab: str, *, since: int, acts: Sequence[Act] = ()) -> Context:
    """The context of portal/catalog/object.html. `since`: the cursor of live updates, read before the object, so that nothing between is lost."""
    tabs = [("Overview", "show"), *([("Edit", "edit")] if permitted(request.actor, f"{kind.capability}.update") else []), ("Timeline", "timeline")]
    return {
        "kind": kind,
        "key": key,
        "name": name,
        "tabs": [Tab(label, kind.url(page, key), label == tab) for label, page in tabs],
        "acts": [one for one in acts if one.label != tab],
        "crumbs": [(kind.title, kind.url("list")), (name, "")],
        "live": {"type": kind.object_type, "id": key, "since": since},
    }


def usual_acts(request: DeskRequest, kind: Kind, key: str) -> list[Act]:
    """Edit and delete, disabled for whoever may not."""
    return [
        act(request.actor, f"{kind.capability}.update", "Edit", "pencil", kind.url("edit", key)),
        act(request.actor, f"{kind.capability}.delete", "Delete", "trash-2", kind.url("delete", key), asks=True, is_danger=True),
    ]


def create(request: DeskRequest, kind: Kind, blank: Form, make: Callable[[Form], tuple[str, str]]) -> HttpResponse:
    """`make` reads the form, makes the object and gives its id and its name. Refuses as it does, but for Invalid."""
    if request.method != "POST":
        return creation(request, kind, blank)
    form = Form.of_post(blank.fields, request.POST)
    try:
        key, name = make(form)
    except Invalid as refusal:
        return creation(request, kind, form.refused(refusal), status=400)
    return respond.redirect(request, kind.url("show", key), toast=f"{name} is created.")


def edit(request: DeskRequest, kind: Kind, found: Context, fresh: Form, save: Callable[[Form], str]) -> HttpResponse:
    """`save` reads the form, which has the version that it began with, and gives the name that the object has now."""
    if request.method != "POST":
        return edition(request, kind, found, fresh)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        name = save(form)
    except Stale:
        return merge(request, kind, found, Merge.of(form, fresh))
    except Invalid as refusal:
        return edition(request, kind, found, form.refused(refusal), status=400)
    return respond.redirect(request, kind.url("show", found["key"]), toast=f"{name} is saved.")


def creation(request: DeskRequest, kind: Kind, form: Form, *, status: int = 200) -> HttpResponse:
    context = {
        "kind": kind,
        "form": form,
        "back": kind.url("list"),
        "button": f"Create {kind.noun}",
        "crumbs": [(kind.title, kind.url("list")), (f"New {kind.noun}", "")],
    }
    return respond.page(request, "portal/catalog/create.html", "", context, status=status)


def edition(request: DeskRequest, kind: Kind, found: Context, form: Form, *, status: int = 200) -> HttpResponse:
    context = {**found, "form": form, "back": kind.url("show", found["key"]), "button": "Save"}
    return respond.page(request, "portal/catalog/edit.html", "", context, status=status)


def merge(request: DeskRequest, kind: Kind, found: Context, lines: Merge) -> HttpResponse:
    """A lost race: both sides, and a form that saves what is chosen of them."""
    newest = desk().audit.timeline(request.actor, kind.object_type, found["key"], limit=1, is_change=True)
    context = {**found, "merge": lines, "record": newest[0] if newest else None, "back": kind.url("edit", found["key"])}
    return respond.page(request, "portal/catalog/merge.html", "", context, status=412)


def deletion(
    request: DeskRequest, found: Context, version: int, remove: Callable[[int], None], *, using: Callable[[], Context], lost: str = ""
) -> HttpResponse:
    """Asks, naming what is `lost` with it. `remove` gets the version that the answer was about.

    `using`: what needs it, as the context of the page `template` that says so; empty when nothing does.
    """
    kind, key = found["kind"], found["key"]
    status, detail = 200, f"The {kind.noun} {key} goes for good{lost}; its timeline stays in the audit trail."
    if request.method == "POST":
        try:
            remove(number_of(request.POST.get("version", "")) or 0)
            return respond.redirect(request, kind.url("list"), toast=f"{found['name']} is deleted.")
        except InUse:
            status = 400
        except Stale:
            status, detail = 412, f"Somebody changed the {kind.noun} since you were asked. Look at it again before you delete it."
    needed = using()
    question = {
        **found,
        "title": f"{found['name']} is in use" if needed else f"Delete {found['name']}?",
        "detail": detail,
        "button": f"Delete {kind.noun}",
        "action": request.path,
        "hidden": [("version", str(version))],
        "back": kind.url("show", key),
        "is_danger": True,
        **needed,
    }
    template = needed.get("template", "components/confirm.html")
    return respond.page(request, template, "question", question, status=status)


def deletion_from_markets(request: DeskRequest, found: Context, version: int, users: MarketQuery, remove: Callable[[int], None]) -> HttpResponse:
    """While markets need it, names those."""

    def using() -> Context:
        needed = using_markets(request, users)
        return {"template": "portal/catalog/in_use.html", **needed} if needed["markets"] else {}

    return deletion(request, found, version, remove, using=using)


def using_markets(request: DeskRequest, users: MarketQuery) -> Context:
    found = back_api().markets.find(request.actor, users)
    return {"markets": found.items, "market_total": found.total, "more_markets": found.total - len(found.items)}


def timeline(request: DeskRequest, kind: Kind, found: Context) -> HttpResponse:
    cursor = number_of(request.GET.get("before", ""))
    records = desk().audit.timeline(request.actor, kind.object_type, found["key"], before=cursor)
    context = {**found, "records": records, "labels": kind.labels, "more": f"?before={records[-1].id}" if len(records) >= FULL else ""}
    return respond.page(request, "portal/catalog/timeline.html", "records", context)
