"""Asking for a report: from nothing, from a list's view, or like another; the same page keeps it as a template instead."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, NotPermitted, Refused
from backoffice.contracts.filters import Sort
from backoffice.contracts.reports import ReportSourceInfo
from backoffice.contracts.timetable import zones
from backoffice.services import back_api
from portal import refusals, report_words, respond
from portal.context import zone_of
from portal.forms.report_editor import Editor, Start, begun, entries_of, of_post, sort_texts, start_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.reports import href

TEMPLATE = "portal/reports/editor.html"
STARTED = "It is being made; this page shows how far it is."


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "reports.create")
    sources = offered(request)
    if request.method != "POST":
        return page(request, begun(sources, start(request, sources), is_template=False))
    editor = of_post(sources, request.POST, is_template=False)
    if again := looked_again(request, editor, page):
        return again
    try:
        started = back_api().reports.create(request.actor, editor.report())
    except Invalid as refusal:
        return page(request, editor.refused(refusal), status=400)
    return respond.redirect(request, href(started.id), toast=STARTED)


def offered(request: DeskRequest) -> list[ReportSourceInfo]:
    """Refuses: NotPermitted, when there is nothing that the actor could have a report of."""
    found = back_api().reports.sources(request.actor)
    if not found:
        raise NotPermitted("view-transfers")
    return found


def looked_again(request: DeskRequest, editor: Editor, page: Callable[..., HttpResponse], **more: Any) -> HttpResponse | None:
    """The answer to a button that asks for something else than the end of it."""
    what, _, which = request.POST.get("do", "").partition(":")
    if what == "preview":
        return page(request, editor, part="preview", **more, **previewed(request, editor))
    if what == "plan":
        return page(request, editor, part="plan", **more, **planned(request, editor))
    changed = {
        "look": lambda: editor,
        "add": lambda: editor.with_line(request.POST.get("add", "")),
        "remove": lambda: editor.without_line(int(which) if which.isascii() and which.isdecimal() and len(which) < 3 else -1),
        "up": lambda: editor.moved_up(which),
    }.get(what)
    return page(request, changed(), **more) if changed else None


def previewed(request: DeskRequest, editor: Editor) -> dict[str, Any]:
    """The first rows, or why there are none to be seen."""
    try:
        found = back_api().reports.preview(request.actor, editor.preview())
        numbers = {one.name for one in editor.source.columns if not one.is_text}
        is_number = [name in numbers for name in found.columns]
        heads = list(zip(found.columns, is_number, strict=True))
        return {"preview": found, "heads": heads, "cells": [list(zip(row, is_number, strict=True)) for row in found.rows]}
    except Refused as refusal:
        lines = (
            [f"{line.label}: {reason}" for _, line in editor.refused(refusal).faulty_lines for reason in line.errors]
            if isinstance(refusal, Invalid)
            else []
        )
        return {"unseen": " ".join(lines) or refusals.sentence_of(refusal)}


def planned(request: DeskRequest, editor: Editor) -> dict[str, Any]:
    try:
        plan = editor.plan()
        runs = back_api().report_templates.plan(request.actor, plan) if plan else []
        return {"runs": report_words.ahead(runs, editor.zone)}
    except Invalid as refusal:
        return {"runs": [], "unplanned": " ".join(reason for reasons in refusal.fields.values() for reason in reasons) or refusal.detail}


def page(request: DeskRequest, editor: Editor, *, part: str = "editor", status: int = 200, **more: Any) -> HttpResponse:
    context = {
        **context_of(request, editor),
        "title": "New report",
        "action": reverse("portal:reports-create"),
        "is_template": False,
        "back": reverse("portal:reports-list"),
        "crumbs": [("Reports", reverse("portal:reports-list")), ("New report", "")],
        **more,
    }
    return respond.page(request, TEMPLATE, part, context, status=status)


def context_of(request: DeskRequest, editor: Editor) -> dict[str, Any]:
    return {
        "editor": editor,
        "formats": report_words.FORMATS,
        "zones": sorted(zones()),
        "pick_base": {kind: reverse("portal:commissions-pick", args=[kind]) for kind in ("users", "accounts", "markets")},
        "may_keep": request.actor.may("manage-reports"),
        "name_of_window": report_words.WINDOWS,
    }


def start(request: DeskRequest, sources: Sequence[ReportSourceInfo]) -> Start:
    """Like another report, or as a list says by its address; what does not make sense of it is left out."""
    asked = request.GET
    zone = asked.get("zone", "")
    zone = zone if zone in zones() else zone_of(request)
    if like := asked.get("like"):
        report = back_api().reports.get(request.actor, like).report
        source = next((one for one in sources if one.source == report.source), sources[0])
        return start_of(source, report, zone)
    source = next((one for one in sources if one.source == asked.get("source")), usual(sources))
    texts = {"timeZone": zone, **sort_texts(_sort(asked.get("sort", "")))}
    return Start(source=source, entries=entries_of(asked.get("filters", "")), texts=texts)


def usual(sources: Sequence[ReportSourceInfo]) -> ReportSourceInfo:
    """One of everybody's rows that have a time, if there is any: what most reports are of."""
    return next((one for one in sources if one.time_field and not one.needs_user), sources[0])


def _sort(text: str) -> Sort | None:
    try:
        return msgspec.json.decode(text.encode(), type=Sort) if text else None
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
