"""Files of commission rules: the way in, what is wrong with a file, rules out."""

import csv
from io import StringIO
from pathlib import PurePath
from typing import BinaryIO, cast

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.errors import Invalid
from backoffice.contracts.rule_files import RuleFile
from backoffice.contracts.tables import FileFormat
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.forms.rule_columns import COLUMNS, LABELS
from portal.objects import demand
from portal.session import DeskRequest

SUFFIX: dict[FileFormat, str] = {"Csv": "csv", "Xlsx": "xlsx"}
FAULTS = 200
PROFILES = ("Commission profiles", "portal:commissions-list")


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "rule_files.upload")
    if request.method != "POST":
        return _form(request)
    sent = request.FILES.get("file")
    if sent is None:
        return _form(request, error="Choose a file first.")
    try:
        file = back_api().rule_files.upload(request.actor, cast(BinaryIO, sent.file), name=sent.name or "rules")
    except Invalid as refusal:
        return _form(request, error=refusal.detail)
    toast = "Kept as a draft: look at what it changes." if file.stage == "Drafted" else ""
    return respond.redirect(request, _href(file), toast=toast)


@require_safe
def show(request: DeskRequest, file_id: str) -> HttpResponse:
    """What is wrong with it; a file without faults is its change set, where it made one."""
    file = back_api().rule_files.get(request.actor, file_id)
    if file.change_set_id is not None:
        return respond.redirect(request, _href(file))
    after = number_of(request.GET.get("after", "")) or 0
    href = _href(file)
    faults = back_api().rule_files.errors(request.actor, file_id, after=after, limit=FAULTS)
    context = {
        "file": file,
        "faults": faults,
        "labels": LABELS,
        "first": href if after else "",
        "next": f"{href}?after={faults.next}" if faults.next else "",
        "crumbs": [(PROFILES[0], reverse(PROFILES[1])), ("Rule files", reverse("portal:commissions-files-upload")), (file.name, "")],
    }
    return render(request, "portal/commissions/rule_file.html", context)


@require_safe
def incorrect_rows(request: DeskRequest, file_id: str) -> FileResponse:
    format = _format(request)
    file = back_api().rule_files.get(request.actor, file_id)
    path = back_api().rule_files.errors_file(request.actor, file_id, format=format)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{PurePath(file.name).stem}-incorrect-rows.{SUFFIX[format]}")


@require_safe
def download(request: DeskRequest) -> FileResponse:
    """Rules of every profile, or of the one that the address names."""
    name, path = back_api().rule_files.download(request.actor, format=_format(request), profile_id=request.GET.get("profile") or None)
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@require_safe
def template(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "rule_files.upload")
    text = StringIO()
    csv.writer(text).writerow(column.field for column in COLUMNS)
    headers = {"Content-Disposition": 'attachment; filename="commission-rules-template.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _href(file: RuleFile) -> str:
    if file.change_set_id is not None:
        return reverse("portal:commissions-change", args=[file.change_set_id])
    return reverse("portal:commissions-files-show", args=[file.id])


def _format(request: DeskRequest) -> FileFormat:
    return "Xlsx" if request.GET.get("format") == "Xlsx" else "Csv"


def _form(request: DeskRequest, *, error: str = "") -> HttpResponse:
    context = {"error": error, "columns": COLUMNS, "crumbs": [(PROFILES[0], reverse(PROFILES[1])), ("Upload rules", "")]}
    return render(request, "portal/commissions/rule_upload.html", context, status=400 if error else 200)
