"""Handing over what was made of a report, under names of ours; who took it is in the trail."""

import re
import unicodedata
from zoneinfo import ZoneInfo

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.reports import ReportFile, ReportPart
from backoffice.core import audit
from backoffice.reports import reading, receipt, storage
from backoffice.reports.models import Report

LONGEST = 80


def download(actor: Actor, report_id: str, *, part: ReportPart = "File") -> ReportFile:
    report = reading.one(actor, report_id)
    if report.status == "Expired" or report.expires_at <= timezone.now():
        raise NotFound("The report has expired and its file is gone; run it again.")
    if report.status != "Completed":
        said = f"It failed: {report.status_reason}" if report.status == "Failed" else "It is not finished."
        raise Invalid(said, code="not_finished")
    found = _receipt(report) if part == "Receipt" else _stored(report, part)
    audit.read(actor, "reports.download", "report", str(report.pk), report.rows or 0, {"downloaded": part})
    return found


def file_name(report: Report, suffix: str) -> str:
    """Plain letters of its name and the day of its data, whatever the name is."""
    plain = unicodedata.normalize("NFKD", report.name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-") or "report"
    of = (report.due_at or report.as_of or report.created_at).astimezone(ZoneInfo(report.time_zone))
    return f"{slug}-{of:%Y-%m-%d-%H%M}{suffix}"


def _stored(report: Report, part: ReportPart) -> ReportFile:
    name = report.stored_as if part == "File" else report.data_stored_as
    place = storage.found(name)
    if not name or not place.exists():
        raise NotFound("There is no such file of this report.")
    format = report.format if part == "File" else "Csv"
    return ReportFile(file_name(report, place.suffix), place, format)


def _receipt(report: Report) -> ReportFile:
    """Made from the row each time, beside the file and under a name that goes with it."""
    place = storage.path(storage.receipt_name(report.stored_as))
    if not place.exists():
        part = storage.fresh(".txt")
        part.write_text(receipt.document(report.words or [], sha256=report.sha256 or "", size=report.size or 0), encoding="utf-8")
        part.chmod(0o600)
        part.rename(place)
    return ReportFile(file_name(report, ".receipt.txt"), place, "Text")
