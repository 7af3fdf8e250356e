"""Rows of reports and templates as contract values."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from backoffice.contracts import reports as contract
from backoffice.contracts.filters import Filter, Sort
from backoffice.contracts.periods import Span
from backoffice.contracts.report_templates import PlannedRun, ReportSchedule, Template, TemplateState
from backoffice.contracts.reports import ControlTotal, Receipt, ReceiptLine, Report, ReportState
from backoffice.reports import models, timing, words
from backoffice.reports.timing import Due, Rule


def as_report(row: models.Report) -> Report:
    return Report(
        id=str(row.pk),
        report_name=row.name,
        template_name=row.template_name,
        template_id=None if row.template_id is None else str(row.template_id),
        created_at=row.created_at,
        expired_at=row.expires_at,
        status_type=row.status,
        status_reason=row.status_reason,
        created_by=row.created_by,
        **_asked(row),
    )


def as_state(row: models.Report, deliveries: Iterable[models.Delivery]) -> ReportState:
    return ReportState(
        report=as_report(row),
        due_at=row.due_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        rows_done=row.rows_done,
        rows_total=row.rows_total,
        is_cancelling=row.cancelled_by is not None and row.status in models.WAITING,
        has_data=row.data_stored_as != "",
        receipt=as_receipt(row),
        deliveries=[_delivery(delivery) for delivery in deliveries],
    )


def as_receipt(row: models.Report) -> Receipt | None:
    if row.rows is None or row.shown_rows is None or row.as_of is None or row.sha256 is None or row.size is None:
        return None
    return Receipt(
        rows=row.rows,
        shown_rows=row.shown_rows,
        totals=msgspec.convert(row.totals, list[ControlTotal]),
        time_zone=row.time_zone,
        window_from=row.window_from,
        window_to=row.window_to,
        as_of=row.as_of,
        sha256=row.sha256,
        size=row.size,
        lines=[ReceiptLine(name=name, value=value) for name, value in row.words or []],
    )


def as_template(row: models.Template) -> Template:
    return Template(
        id=str(row.pk),
        template_name=row.name,
        schedule=_schedule(row),
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
        deleted_at=row.deleted_at,
        deleted_by=row.deleted_by,
        **_asked(row),
    )


def as_template_state(row: models.Template, last: ReportState | None, next_runs: list[PlannedRun]) -> TemplateState:
    return TemplateState(
        template=as_template(row), owner=row.owner_name, next_due_at=row.next_due_at, next_runs=next_runs, trouble=row.trouble, last_report=last
    )


def rule(row: models.Template) -> Rule | None:
    if row.frequency is None or row.base_at is None:
        return None
    return timing.rule(row.frequency, row.base_at, row.days_of_week, row.time_zone)


def planned(due: Due, window: Span | None, zone: str) -> PlannedRun:
    return PlannedRun(
        due_at=due.at,
        local=words.instant(due.at, zone),
        window_from=window and window.start,
        window_to=window and window.end,
        window_from_local=window and words.instant(window.start, zone),
        window_to_local=window and words.instant(window.end, zone),
    )


def next_runs(of: Rule | None, kind: contract.ReportWindow, after: datetime, most: int) -> list[PlannedRun]:
    if of is None:
        return []
    return [planned(due, timing.window(kind, due, of.zone, of), of.zone) for due in timing.next_dues(of, after, most)]


def states(rows: Iterable[models.Report]) -> list[ReportState]:
    """With their deliveries, in one more query."""
    shown = list(rows)
    found: Mapping[UUID, list[models.Delivery]] = {row.pk: [] for row in shown}
    for delivery in models.Delivery.objects.filter(report__in=shown).order_by("recipient"):
        found[delivery.report_id].append(delivery)
    return [as_state(row, found[row.pk]) for row in shown]


def _asked(row: models.Report | models.Template) -> dict[str, Any]:
    """What both have; options stand where the caller gave them."""
    options = {"time_zone": row.time_zone, "window": row.window, "columns": row.columns, "receipt": row.receipt_place}
    return {
        "source": row.source,
        "source_name": row.source_name,
        "filters": msgspec.convert(row.filters, list[Filter]),
        "sorting": None if row.sorting is None else msgspec.convert(row.sorting, Sort),
        "notify_emails": row.notify_emails,
        "format": row.format,
    } | {name: options[name] for name in row.given if name in options}


def _schedule(row: models.Template) -> ReportSchedule | None:
    if row.frequency is None or row.base_at is None:
        return None
    zone = {"time_zone": row.time_zone} if "schedule" in row.given else {}
    return ReportSchedule(base_date=row.base_at, frequency=row.frequency, days_of_week=row.days_of_week, **zone)


def _delivery(row: models.Delivery) -> contract.Delivery:
    return contract.Delivery(
        recipient=row.recipient,
        state=row.state,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        finished_at=row.finished_at,
        reason=row.reason,
    )
