"""Market files as a list, and the way in: an upload, and the header to start from."""

import csv
from io import StringIO
from typing import BinaryIO, cast, get_args

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.market_files import FileMapping, FileMode, MappingPreset, MarketFile
from backoffice.contracts.paging import Page
from backoffice.services import back_api
from portal import respond
from portal.forms.market_columns import COLUMNS
from portal.listing import Action, Column, Empty, Listing, State, answer
from portal.objects import demand
from portal.session import DeskRequest

OPERATION = "manage-markets"
RUNNING = ("Queued", "Reading", "Applying")
UPLOAD = Action(label="Upload a file", icon="upload", url_name="portal:files-upload", operation=OPERATION, is_primary=True)
CELLS = "portal/files/cells.html"
MODES = (
    ("Preview", "Preview first", "Reads and checks every row, shows what would change, and waits for you."),
    ("ValidRows", "Apply the valid rows", "Applies what is right as soon as it is read; incorrect rows are left out and listed."),
    ("AllOrNothing", "All or nothing", "Applies the file only if every one of its rows is right."),
)


def _find(actor: Actor, state: State) -> Page[MarketFile]:
    return back_api().market_files.find(actor, after=state.after, limit=state.size)


def _href(file: MarketFile) -> str:
    return reverse("portal:files-show", args=[file.id])


FILES = Listing[MarketFile](
    section="files",
    title="Files",
    noun="file",
    nouns="files",
    object_type="market_file",
    find=_find,
    key=lambda file: file.id,
    href=_href,
    columns=(
        Column(key="name", label="File", cell=f"{CELLS}#name"),
        Column(key="stage", label="Stage", cell=f"{CELLS}#stage"),
        Column(key="created", label="Created", cell=f"{CELLS}#created", is_numeric=True),
        Column(key="updated", label="Updated", cell=f"{CELLS}#updated", is_numeric=True),
        Column(key="unchanged", label="Unchanged", cell=f"{CELLS}#unchanged", is_numeric=True),
        Column(key="errors", label="Incorrect", cell=f"{CELLS}#errors", is_numeric=True),
        Column(key="mode", label="Mode", cell=f"{CELLS}#mode", is_shown=False),
        Column(key="size", label="Size", cell=f"{CELLS}#size", is_numeric=True),
        Column(key="requested_by", label="By"),
        Column(key="created_at", label="When", cell=f"{CELLS}#when"),
    ),
    empty=Empty(
        icon="file-up",
        text="Upload a CSV or XLSX file of markets and see what it would change before anything happens. Exports show up here too.",
        action=UPLOAD,
    ),
    actions=(Action(label="Template", icon="file-down", url_name="portal:files-template", operation=OPERATION), UPLOAD),
)


@require_safe
def list_files(request: DeskRequest) -> HttpResponse:
    return answer(request, FILES)


@require_safe
def pulse(request: DeskRequest, file_id: str) -> HttpResponse:
    """The stage of one file of the list, asked every second while it runs."""
    context = {"row": back_api().market_files.get(request.actor, file_id)}
    if context["row"].stage in RUNNING:
        return render(request, f"{CELLS}#stage", context)
    return respond.last_poll(request, f"{CELLS}#stage", context)


@require_safe
def template(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "market_files.upload")
    text = StringIO()
    csv.writer(text).writerow(column.field for column in COLUMNS)
    return HttpResponse(
        text.getvalue(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="markets-template.csv"'}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: DeskRequest) -> HttpResponse:
    presets = back_api().market_files.presets(request.actor)
    if request.method != "POST":
        return _form(request, presets)
    sent = request.FILES.get("file")
    if sent is None:
        return _form(request, presets, error="Choose a file first.")
    try:
        started = back_api().market_files.upload(
            request.actor, cast(BinaryIO, sent.file), name=sent.name or "upload", mode=_mode(request), mapping=_mapping(request, presets)
        )
    except Invalid as refusal:
        return _form(request, presets, error=refusal.detail)
    return respond.redirect(request, reverse("portal:files-show", args=[started.id]))


def _mode(request: DeskRequest) -> FileMode:
    return next((mode for mode in get_args(FileMode) if mode == request.POST.get("mode")), "Preview")


def _mapping(request: DeskRequest, presets: list[MappingPreset]) -> FileMapping | None:
    return next((preset.mapping for preset in presets if preset.id == request.POST.get("preset")), None)


def _form(request: DeskRequest, presets: list[MappingPreset], *, error: str = "") -> HttpResponse:
    context = {
        "presets": presets,
        "modes": MODES,
        "mode": request.POST.get("mode") or "Preview",
        "preset": request.POST.get("preset", ""),
        "error": error,
        "columns": COLUMNS,
        "crumbs": [("Files", reverse("portal:files-list")), ("Upload", "")],
    }
    return render(request, "portal/files/upload.html", context, status=400 if error else 200)
