"""One change for many objects of a list: chosen, previewed one by one, then made for all of them or for none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

from django.http import HttpResponse, QueryDict
from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.markets import FieldChange
from backoffice.contracts.value import Value
from portal import respond
from portal.asked import number_of
from portal.forms.form import Field, Form
from portal.objects import demand
from portal.session import DeskRequest

MOST, LONGEST = 1_000, 4_000
VERSION = "version-"
Patch = TypeVar("Patch", bound=Value)


class Line(NamedTuple):
    """What would happen to one object; with `errors` nothing can be done."""

    id: str
    name: str
    version: int
    changes: Sequence[FieldChange]
    errors: Mapping[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Many(Generic[Patch]):
    """The objects of a list that change together. `chosen` gives the ids that an address asks for; `apply` does it and tells what came of it."""

    title: str
    noun: str
    nouns: str
    url_name: str
    list_url: str
    action: str
    template: str
    labels: Mapping[str, str]
    shape: type[Patch]
    fields: Callable[[Actor], Sequence[Field]]
    chosen: Callable[[DeskRequest], list[str]]
    preview: Callable[[Actor, list[str], Patch], list[Line]]
    apply: Callable[[Actor, dict[str, int], Patch], str]
    more: Callable[[Actor, list[str]], dict[str, Any]] = lambda _actor, _ids: {}


def answer(request: DeskRequest, many: Many[Patch]) -> HttpResponse:
    demand(request.actor, many.action)
    ids = list(dict.fromkeys(request.POST.getlist("id") if request.method == "POST" else many.chosen(request)))
    if not 1 <= len(ids) <= MOST:
        toast = f"Select fewer {many.nouns}: up to {MOST} change at once." if ids else f"Select some {many.nouns} first."
        return respond.redirect(request, _back(request, many), toast=toast, kind="info")
    form = Form.of_post(many.fields(request.actor), request.POST)
    if request.method != "POST":
        return _page(request, many, ids, form)
    try:
        patch = _ticked(form, request.POST).read(many.shape)
        return _apply(request, many, ids, form, patch) if request.POST.get("step") == "apply" else _preview(request, many, ids, form, patch)
    except Invalid as refusal:
        return _page(request, many, ids, form.refused(refusal), status=400)


def _ticked(form: Form, post: QueryDict) -> Form:
    """Only fields ticked as `set` change; an empty input among them empties the field."""
    wanted = post.getlist("set")
    return replace(form, fields=[one for one in form.fields if one.name in wanted])


def _preview(request: DeskRequest, many: Many[Patch], ids: list[str], form: Form, patch: Patch, *, status: int = 200) -> HttpResponse:
    if not request.POST.getlist("set"):
        raise Invalid("Tick at least one field to change.")
    lines = many.preview(request.actor, ids, patch)
    broken = [one for one in lines if one.errors]
    changing = [one for one in lines if one.changes and not one.errors]
    context = {"broken": broken, "changing": changing, "same": len(lines) - len(broken) - len(changing), "is_stale": status == 412}
    return _page(request, many, ids, form, status=status, previewed=True, **context)


def _apply(request: DeskRequest, many: Many[Patch], ids: list[str], form: Form, patch: Patch) -> HttpResponse:
    sent = request.POST
    versions = {name.removeprefix(VERSION): number_of(sent[name]) or 0 for name in sent if name.startswith(VERSION)}
    try:
        toast = many.apply(request.actor, versions, patch)
    except Stale:
        return _preview(request, many, ids, form, patch, status=412)
    except Invalid as refusal:
        return _preview(request, many, ids, replace(form, general=refusal.detail), patch, status=400)
    return respond.redirect(request, _back(request, many), toast=toast)


def _back(request: DeskRequest, many: Many[Patch]) -> str:
    """The list as it was when its rows were chosen."""
    sent = request.POST if request.method == "POST" else request.GET
    query = QueryDict(sent.get("back", "")[:LONGEST]).urlencode()
    return reverse(many.list_url) + (f"?{query}" if query else "")


def _page(request: DeskRequest, many: Many[Patch], ids: list[str], form: Form, *, status: int = 200, **more: object) -> HttpResponse:
    back = _back(request, many)
    context = {
        "many": many,
        "ids": ids,
        "form": form,
        "set": request.POST.getlist("set"),
        "crumbs": [(many.title, back), (f"Edit {len(ids)}", "")],
        "back": back,
        "query": request.POST.get("back", request.GET.get("back", "")),
        **many.more(request.actor, ids),
        **more,
    }
    return respond.page(request, many.template, "", context, status=status)
