"""What a file's page shows by its stage: counts, rows or faults, next acts, the way to a mapping."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, get_args

from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotFound
from backoffice.contracts.market_files import FilePreviewRow, FileSample, MarketFile, RowAction
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import CellError
from backoffice.services import back_api, desk
from portal.asked import number_of
from portal.forms.market_columns import COLUMNS
from portal.objects import Act, Tab, act
from portal.session import DeskRequest
from portal.views.files import RUNNING

ROWS, FAULTS = 100, 200
FAULTY: RowAction = "Invalid"
LABELS = {one.field: one.label for one in COLUMNS}
# A worker reports every few seconds; a file that says nothing for this long has lost its worker and is taken up again by itself.
QUIET = timedelta(seconds=20)
RECORDS = 50


class Count(NamedTuple):
    """One figure of the strip above the rows; it leads to its rows."""

    label: str
    hint: str
    figure: int
    href: str
    is_current: bool


class Shown(NamedTuple):
    """Rows of one action, or the faults."""

    action: RowAction
    rows: Page[FilePreviewRow] | None
    faults: Page[CellError] | None
    first: str
    next: str

    @property
    def has_suggestions(self) -> bool:
        return any(fault.suggestion is not None for fault in self.faults.items) if self.faults else False


def context_of(request: DeskRequest, file: MarketFile, since: int) -> dict[str, Any]:
    actor = request.actor
    sample = foreign_sample(actor, file)
    is_timeline = request.GET.get("tab") == "timeline"
    shown = None if is_timeline or sample or file.direction == "Export" or file.stage in RUNNING else _shown(request, file)
    href = file_href(file.id)
    return {
        "file": file,
        "is_running": file.stage in RUNNING,
        "is_quiet": is_quiet(file),
        "is_timeline": is_timeline,
        "sample": sample,
        "shown": shown,
        "counts": _counts(file, shown.action) if shown else [],
        "labels": LABELS,
        "fault_labels": _fault_labels(file),
        "same_as": _same_as(actor, file),
        "records": desk().audit.timeline(actor, "market_file", file.id, limit=RECORDS) if is_timeline else [],
        "tabs": [
            Tab("Export" if file.direction == "Export" else "Rows", href, not is_timeline),
            Tab("Timeline", f"{href}?tab=timeline", is_timeline),
        ],
        "acts": _acts(actor, file, sample),
        "live": {"type": "market_file", "id": file.id, "since": since} if file.stage not in RUNNING else None,
        "crumbs": crumbs_of(file),
    }


def _fault_labels(file: MarketFile) -> dict[str, str]:
    """Faults of a mapped file name the file's own columns, which may be spelled as other fields of ours are."""
    theirs = {source.column for source in file.mapping.sources} if file.mapping else set()
    return {field: label for field, label in LABELS.items() if field not in theirs}


def file_href(file_id: str) -> str:
    return reverse("portal:files-show", args=[file_id])


def crumbs_of(file: MarketFile) -> list[tuple[str, str]]:
    return [("Files", reverse("portal:files-list")), (file.name, "")]


def is_quiet(file: MarketFile) -> bool:
    return datetime.now(UTC) - file.updated_at > QUIET


def said(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _acts(actor: Actor, file: MarketFile, sample: FileSample | None) -> list[Act]:
    """Legal next steps only."""

    def step(action: str, label: str, icon: str, url_name: str, **more: bool) -> Act:
        return act(actor, f"market_files.{action}", label, icon, reverse(f"portal:{url_name}", args=[file.id]), **more)

    acts: list[Act] = []
    if file.stage in ("Previewed", "Failed") and file.mapping:
        acts.append(step("remap", "Change mapping", "waypoints", "files-mapping"))
    if file.stage == "Previewed" or sample:
        acts.append(step("discard", "Discard", "trash-2", "files-discard", asks=True, is_danger=True))
        if file.stage == "Previewed" and (changing := file.created + file.updated):
            acts.append(step("apply", f"Apply {said(changing, 'change', 'changes')}", "check", "files-apply", asks=True, is_primary=True))
    if file.stage == "Applied" and file.created + file.updated:
        acts.append(step("undo", "Undo", "undo-2", "files-undo", asks=True, is_danger=True))
    if file.stage == "Exported":
        acts.append(step("download", "Download", "download", "files-download", is_primary=True))
    return acts


def foreign_sample(actor: Actor, file: MarketFile) -> FileSample | None:
    """The head of a file that still needs a mapping."""
    if file.direction == "Export" or file.mapping is not None or file.stage not in ("Previewed", "Failed"):
        return None
    try:
        sample = back_api().market_files.sample(actor, file.id)
    except (NotFound, Conflict, Invalid):
        return None
    return None if sample.is_ours or not sample.headers else sample


def _same_as(actor: Actor, file: MarketFile) -> MarketFile | None:
    try:
        return back_api().market_files.get(actor, file.same_as) if file.same_as else None
    except NotFound:
        return None


def _counts(file: MarketFile, action: RowAction) -> list[Count]:
    left = {"Applied": "left out", "Undone": "left out", "Failed": "to repair"}.get(file.stage, "will be left out")
    found: list[tuple[RowAction, str, str, int]] = [
        ("Created", "Created", "new markets", file.created),
        ("Updated", "Updated", "existing markets", file.updated),
        ("Unchanged", "Unchanged", "already as the file says", file.unchanged),
        ("Invalid", "Incorrect", left, file.errors),
    ]
    return [Count(label, hint, count, f"{file_href(file.id)}?show={one}", one == action) for one, label, hint, count in found]


def _shown(request: DeskRequest, file: MarketFile) -> Shown:
    """What the address asks for, else the first kind of rows that the file has."""
    files = back_api().market_files
    counts: dict[RowAction, int] = {"Created": file.created, "Updated": file.updated, "Invalid": file.errors, "Unchanged": file.unchanged}
    first: RowAction = FAULTY if file.stage == "Failed" else next((one for one, count in counts.items() if count), "Created")
    action: RowAction = next((one for one in get_args(RowAction) if one == request.GET.get("show")), first)
    text = request.GET.get("after", "")
    after = number_of(text) or 0
    start = f"{file_href(file.id)}?show={action}"
    rows = files.rows(request.actor, file.id, action=action, after=after, limit=ROWS) if action != FAULTY else None
    faults = files.errors(request.actor, file.id, after=after, limit=FAULTS) if action == FAULTY else None
    following = rows.next if rows else faults.next if faults else None
    return Shown(action, rows, faults, start if after else "", f"{start}&after={following}" if following else "")
