"""What a report would begin with, before anybody makes it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.periods import Span
from backoffice.contracts.reports import PREVIEW_ROWS, NewReport, ReportPreview
from backoffice.core import costs, replica, sources
from backoffice.core.filters import Clause
from backoffice.core.sheets import as_text
from backoffice.reports import asking, question, timing
from backoffice.reports.asking import Wanted
from backoffice.reports.question import Question
from backoffice.reports.render import xlsx


def preview(actor: Actor, report: NewReport) -> ReportPreview:
    now = timezone.now()
    wanted = asking.report(actor, report, at=now)
    span = window(wanted, now)
    asked = question.ask(wanted.kind, report.filters, report.sorting, wanted.columns["columns"], span, now)
    found, clauses = _first(asked, wanted.zone)
    total, is_exceeded = sources.count(wanted.kind.source, clauses)
    return ReportPreview(
        columns=[column.name for column in asked.columns],
        rows=[[value if isinstance(value, str) else as_text(value) for value in row] for row in found],
        total=total,
        is_exceeded=is_exceeded,
        window_from=span and span.start,
        window_to=span and span.end,
    )


def window(wanted: Wanted, now: datetime) -> Span | None:
    return timing.window(wanted.window, timing.by_hand(now, wanted.zone), wanted.zone, None)


def _first(asked: Question, zone: str) -> tuple[list[tuple[Any, ...]], list[Clause]]:
    def ask(connection: BaseDatabaseWrapper) -> tuple[list[tuple[Any, ...]], list[Clause]]:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:

            def run(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                cursor.execute(sql, values)
                found: list[tuple[Any, ...]] = cursor.fetchall()
                return found

            run("SELECT set_config('TimeZone', %s, true)", (zone,))
            known = question.looked_up(asked, run)
            sql, values = question.rows(known, xlsx.cell)
            return run(f"{sql} LIMIT %s", (*values, PREVIEW_ROWS)), known.clauses

    with costs.bounded(asked.kind.source.advice):
        return replica.ask(ask, may_lag=asked.kind.source.may_lag)
