"""The hosted ReportDesk."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict
from backoffice.contracts.periods import Span
from backoffice.contracts.reports import NewReport, ReportColumn, ReportField, ReportSource, ReportSourceInfo, ReportStarted
from backoffice.core import audit
from backoffice.reports import asking, claims, previews, question, queue, reading, storage
from backoffice.reports import sources as kinds
from backoffice.reports.downloads import download
from backoffice.reports.models import WAITING, Report
from backoffice.reports.previews import preview
from backoffice.reports.reading import find, get
from backoffice.reports.runner import run
from backoffice.reports.sources import KINDS
from backoffice.reports.sweep import abandon, clean, due

__all__ = ["abandon", "again", "cancel", "clean", "create", "delete", "download", "due", "find", "get", "preview", "run", "sources"]


def sources(actor: Actor) -> list[ReportSourceInfo]:
    return [_info(name) for name in kinds.seen_by(actor)]


def create(actor: Actor, report: NewReport) -> ReportStarted:
    now = timezone.now()
    wanted = asking.report(actor, report, at=now)
    span = previews.window(wanted, now)
    asked = question.ask(wanted.kind, report.filters, report.sorting, wanted.columns["columns"], span, now)
    previews.refuse_too_many(wanted, asked)
    return ReportStarted(id=str(queue.put(actor, report.report_name, wanted.columns, span, at=now).pk))


def again(actor: Actor, report_id: str) -> ReportStarted:
    report = reading.one(actor, report_id)
    KINDS[report.source].permit(actor)
    span = None if report.window_from is None or report.window_to is None else Span(report.window_from, report.window_to)
    return ReportStarted(id=str(queue.put(actor, report.name, queue.asked(report), span, at=timezone.now(), template=report.template).pk))


def cancel(actor: Actor, report_id: str) -> None:
    report = reading.one(actor, report_id, is_locked=True)
    if report.status not in WAITING:
        raise Conflict(f"The report is {report.status}; this needs one that waits or is being made.", code="wrong_status")
    _stop(actor, report)
    audit.changed(actor, "report", str(report.pk), {"status": report.status}, {"status": "Cancelled"})


def delete(actor: Actor, report_id: str) -> None:
    report = reading.one(actor, report_id, is_locked=True)
    if report.status in WAITING:
        _stop(actor, report)
    stored = [report.stored_as, report.data_stored_as]
    Report.objects.filter(pk=report.pk).update(deleted_at=Now(), stored_as="", data_stored_as="")
    audit.changed(actor, "report", str(report.pk), {"name": report.name, "status": report.status}, {})
    transaction.on_commit(lambda: storage.remove_all(stored))


def _stop(actor: Actor, report: Report) -> None:
    """One that nobody makes ends here; whoever makes it hears of it within a second or two."""
    Report.objects.filter(pk=report.pk).update(cancelled_by=actor.name)
    if not Report.objects.filter(pk=report.pk, lease_until__gt=Now()).exists():
        claims.end(report, claims.cancelled(actor.name), is_told=False)


def _info(name: ReportSource) -> ReportSourceInfo:
    kind = KINDS[name]
    summed = {*kind.sums, *kind.asset_sums}
    return ReportSourceInfo(
        source=name,
        name=kind.name,
        columns=[ReportColumn(name=one.name, is_text=one.kind != "number", has_total=one.attribute in summed) for one in kind.columns],
        fields=[
            ReportField(name=wire, kind=field.kind, words=list(field.words), is_sortable=field.is_sortable)
            for wire, field in {**kind.fields, **kind.source.fields}.items()
        ],
        time_field=kind.time,
        needs_user=kind.needs_user,
    )
