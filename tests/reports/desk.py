"""Words that the tests of reports share: asking for one, letting the worker make it, reading its file."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_databases
from django.utils import timezone
from python_calamine import CalamineWorkbook

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Sort
from backoffice.contracts.report_templates import ReportSchedule, TemplateDraft
from backoffice.contracts.reports import NewReport, ReportFormat, ReportPart, ReportSource, ReportState
from backoffice.contracts.transfers import TransferRefused
from backoffice.notifications.models import AdminNotification
from backoffice.reports import storage
from backoffice.reports.models import Delivery, Report, Skip, Template
from backoffice.services import back_api
from tests.money.bank import OWNER, deposit, open_account, open_bank, withdraw

WORKER = Actor(kind="system", id="reports", name="worker", door="job", operations=frozenset({operations.WORKER}))
ODD = '=cmd|"/C calc"!A0, a "quote" and 中文 عربى'


def open_desk() -> dict[str, str]:
    """Five transfers by their deduplication ids: three of Anna's, one of them refused, and two of Ben's. Some words are a spreadsheet's traps."""
    open_bank()
    anna, ben = open_account("anna", name="Main"), open_account("ben", name=ODD)
    deposit(anna, "100.5", key="a-1")
    withdraw(anna, "20", key="a-2")
    with pytest.raises(TransferRefused):
        withdraw(anna, "1000", key="a-3")
    deposit(ben, "0.5", "btc", key="-b,1")
    deposit(ben, "7", key="@SUM(1)")
    return {"anna": anna, "ben": ben}


@pytest.fixture(scope="module")
def bank(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, str]]:
    """One desk for all tests of a module, committed: a report is made on a connection of its own, and emptying every table after each test takes
    longer than the tests. Who changes more than reports takes `fresh_bank`."""
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):
            # Run alone, no test of the module asks for a database by the name of a fixture that makes one.
            setup_databases(verbosity=0, interactive=False, aliases={"default"})
        yield open_desk()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def fresh_bank(transactional_db: None) -> dict[str, str]:
    return open_desk()


@pytest.fixture(autouse=True)
def no_reports(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "bank" in request.fixturenames:
        # The trail stays: nothing may be deleted from it.
        for rows in (Delivery, Report, Skip, Template, AdminNotification):
            rows.objects.all().delete()


def wanted(source: ReportSource = "Transfers", format: ReportFormat = "Csv", **more: Any) -> NewReport:
    return NewReport(**{"report_name": f"{source} as {format}", "source": source, "format": format, **more})


def made(report: NewReport, *, by: Actor = OWNER) -> ReportState:
    """Asked for, made by the worker, read."""
    api = back_api().reports
    started = api.create(by, report)
    api.run(by, started.id)
    return api.get(by, started.id)


def completed(report: NewReport, *, by: Actor = OWNER) -> ReportState:
    found = made(report, by=by)
    assert (found.report.status_type, found.report.status_reason) == ("Completed", None)
    return found


def file(state: ReportState, part: ReportPart = "File") -> Path:
    return back_api().reports.download(OWNER, state.report.id, part=part).path


def finished() -> dict[str, str]:
    """A template with a schedule and a report of it, made without a worker: what a test that commits nothing can have."""
    schedule = ReportSchedule(base_date=timezone.now(), frequency="Daily")
    template = (
        back_api()
        .report_templates.create(
            OWNER, draft(schedule=schedule, notify_emails=["a@example.com"], sorting=Sort(field="createdAt", column="createdAt"))
        )
        .id
    )
    report = back_api().report_templates.run(OWNER, template).report_id
    part = storage.fresh(".csv")
    part.write_text("userId\nanna\n")
    told = {"rows": 1, "shown_rows": 1, "totals": [], "words": [["Rows", "1"]], "as_of": timezone.now(), "sha256": "0" * 64, "size": 12}
    Report.objects.filter(pk=report).update(status="Completed", finished_at=timezone.now(), stored_as=storage.keep(part), **told)
    return {"template": template, "report": report}


def draft(source: ReportSource = "Transfers", format: ReportFormat = "Csv", **more: Any) -> TemplateDraft:
    return TemplateDraft(**{"template_name": f"Every day {source}", "source": source, "format": format, **more})


def daily(days_ago: int = 0, *, zone: str = "UTC") -> ReportSchedule:
    """Due every day, and last a minute ago."""
    return ReportSchedule(base_date=timezone.now() - timedelta(days=days_ago, minutes=1), frequency="Daily", time_zone=zone)


def template(draft: TemplateDraft, *, by: Actor = OWNER, missed: int = 0) -> str:
    """One whose instant has come; `missed`: and that many before it."""
    made = back_api().report_templates.create(by, draft).id
    row = Template.objects.get(pk=made)
    assert row.next_due_at is not None
    Template.objects.filter(pk=made).update(
        next_due_at=row.next_due_at - timedelta(days=1 + missed), base_at=row.base_at - timedelta(days=missed + 5)
    )
    return made


def rows_of(place: Path) -> list[list[str]]:
    """Header and rows of a file of any format but paper, each number as plain digits and each time as text."""
    read = {".csv": _csv, ".xlsx": _xlsx, ".json": _json}[place.suffix]
    return read(place)


def receipt_of(place: Path) -> dict[str, str]:
    """What the file says of itself, or the text beside it."""
    if place.suffix == ".xlsx":
        return {str(row[0]): str(row[1]) for row in CalamineWorkbook.from_path(str(place)).get_sheet_by_name("Receipt").to_python()[1:]}
    if place.suffix == ".json":
        return {line["name"]: line["value"] for line in json.loads(place.read_text())["receipt"]}
    lines = [line.removeprefix("# ") for line in place.read_text().splitlines() if place.suffix == ".txt" or line.startswith("# ")]
    return dict(line.split(": ", 1) for line in lines)


def plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10f}".rstrip("0").rstrip(".")
    if value is None:
        return ""
    text = str(value)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is not None and at.tzinfo is not None:
        return at.astimezone(UTC).isoformat()
    return text.rstrip("0").rstrip(".") if text.replace(".", "", 1).isdigit() and "." in text else text


def _csv(place: Path) -> list[list[str]]:
    lines = [line for line in place.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("# ")]
    return [[plain(cell.removeprefix("'")) for cell in row] for row in csv.reader(io.StringIO("".join(lines), newline=""))]


def _xlsx(place: Path) -> list[list[str]]:
    assert zipfile.ZipFile(place).testzip() is None
    return [[plain(cell).removeprefix("'") for cell in row] for row in CalamineWorkbook.from_path(str(place)).get_sheet_by_name("Rows").to_python()]


def _json(place: Path) -> list[list[str]]:
    rows = json.loads(place.read_text(encoding="utf-8"), parse_float=str, parse_int=str)["rows"]
    return [list(rows[0]), *([plain(value) for value in row.values()] for row in rows)] if rows else []
