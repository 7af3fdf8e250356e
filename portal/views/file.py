"""What is done with one file: looked at while it runs and when it rests, applied, repaired, discarded, undone, downloaded."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backoffice.contracts.errors import Conflict
from backoffice.contracts.market_files import MarketFile
from backoffice.contracts.tables import FileFormat
from backoffice.services import back_api, desk
from portal import respond
from portal.session import DeskRequest
from portal.views.file_page import context_of, crumbs_of, file_href, is_quiet, said
from portal.views.files import RUNNING

TEMPLATE = "portal/files/show.html"
SUFFIX: dict[FileFormat, str] = {"Csv": "csv", "Xlsx": "xlsx"}


@require_safe
def show(request: DeskRequest, file_id: str) -> HttpResponse:
    # The cursor of live updates is read before the file: a change between the two shows up as news, never gets lost.
    since = desk().audit.latest(request.actor)
    file = back_api().market_files.get(request.actor, file_id)
    return respond.page(request, TEMPLATE, "rows", context_of(request, file, since))


@require_safe
def progress(request: DeskRequest, file_id: str) -> HttpResponse:
    """Asked every second while the file runs; once it rests, the page loads again with what came of it."""
    file = back_api().market_files.get(request.actor, file_id)
    context = {"file": file, "is_quiet": is_quiet(file)}
    if file.stage in RUNNING:
        return render(request, f"{TEMPLATE}#progress", context)
    response = respond.last_poll(request, f"{TEMPLATE}#progress", context)
    response["HX-Refresh"] = "true"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: DeskRequest, file_id: str) -> HttpResponse:
    return _asked(request, file_id, _apply_question, lambda files: files.apply(request.actor, file_id))


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: DeskRequest, file_id: str) -> HttpResponse:
    return _asked(
        request, file_id, _undo_question, lambda files: files.undo(request.actor, file_id), "Undone: what this file changed is as it was before."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: DeskRequest, file_id: str) -> HttpResponse:
    return _asked(request, file_id, _discard_question, lambda files: files.discard(request.actor, file_id), "Discarded. Nothing was changed.")


@require_POST
def repair(request: DeskRequest, file_id: str) -> HttpResponse:
    try:
        started = back_api().market_files.repair(request.actor, file_id)
    except Conflict as refusal:
        return _refused(request, file_id, refusal)
    return respond.redirect(request, file_href(started.id))


@require_safe
def incorrect_rows(request: DeskRequest, file_id: str) -> FileResponse:
    format: FileFormat = "Xlsx" if request.GET.get("format") == "Xlsx" else "Csv"
    file = back_api().market_files.get(request.actor, file_id)
    path = back_api().market_files.errors_file(request.actor, file_id, format=format)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{PurePath(file.name).stem}-incorrect-rows.{SUFFIX[format]}")


@require_safe
def download(request: DeskRequest, file_id: str) -> FileResponse:
    name, path = back_api().market_files.download(request.actor, file_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


def _asked(
    request: DeskRequest, file_id: str, question: Callable[[MarketFile], dict[str, Any]], done: Callable[[Any], object], toast: str = ""
) -> HttpResponse:
    """The question by GET, the act by POST; a refusal is told on the file's page."""
    if request.method != "POST":
        file = back_api().market_files.get(request.actor, file_id)
        href = file_href(file.id)
        asked = {"action": request.path, "back": href, **question(file)}
        crumbs = [*crumbs_of(file)[:-1], (file.name, href), (asked["button"], "")]
        return respond.page(request, "components/confirm.html", "question", {**asked, "crumbs": crumbs})
    try:
        done(back_api().market_files)
    except Conflict as refusal:
        return _refused(request, file_id, refusal)
    return respond.redirect(request, file_href(file_id), toast=toast)


def _refused(request: DeskRequest, file_id: str, refusal: Conflict) -> HttpResponse:
    file = back_api().market_files.get(request.actor, file_id)
    context = context_of(request, file, desk().audit.latest(request.actor))
    return render(request, TEMPLATE, {**context, "refusal": refusal}, status=409)


def _apply_question(file: MarketFile) -> dict[str, Any]:
    found = [said(file.created, "market is created", "markets are created"), said(file.updated, "is updated", "are updated")]
    left = f" {said(file.errors, 'incorrect row is', 'incorrect rows are')} left out." if file.errors else ""
    detail = f"{', '.join(found)}.{left} It happens in one step or not at all, and can be undone."
    assets = said(file.assets_created, "missing asset is created as an internal one", "missing assets are created as internal ones")
    return {
        "title": f"Apply {file.name}?",
        "detail": detail,
        "items": [assets] if file.assets_created else [],
        "button": f"Apply {said(file.created + file.updated, 'change', 'changes')}",
    }


def _undo_question(file: MarketFile) -> dict[str, Any]:
    detail = (
        f"Every field that this file changed goes back to what it was, on {said(file.updated, 'market', 'markets')}; "
        f"{said(file.created, 'market that it created is', 'markets that it created are')} removed. "
        "Where somebody edited the same fields since, nothing is undone and you see which."
    )
    return {"title": f"Undo {file.name}?", "detail": detail, "button": "Undo it", "is_danger": True}


def _discard_question(file: MarketFile) -> dict[str, Any]:
    return {
        "title": f"Discard {file.name}?",
        "detail": "Nothing has been changed by it. The file can be uploaded again at any time.",
        "button": "Discard",
        "is_danger": True,
    }
