"""What a report would begin with and how large it would be, before anybody makes it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, TooCostly
from backoffice.contracts.paging import COUNT_CAP
from backoffice.contracts.periods import Span
from backoffice.contracts.reports import PREVIEW_ROWS, NewReport, ReportPreview
from backoffice.core import costs, reach, replica
from backoffice.core.sheets import as_text
from backoffice.reports import asking, formats, question, timing
from backoffice.reports.asking import Wanted
from backoffice.reports.formats import FORMATS
from backoffice.reports.question import Question, Run
from backoffice.reports.render import xlsx

COUNT_PATIENCE_MS = 2_000
Found = TypeVar("Found")


class Head(NamedTuple):
    rows: list[tuple[Any, ...]]
    total: int
    is_exceeded: bool


def preview(actor: Actor, report: NewReport) -> ReportPreview:
    now = timezone.now()
    wanted = asking.report(actor, report, at=now)
    span = window(wanted, now)
    asked = question.ask(wanted.kind, report.filters, report.sorting, wanted.columns["columns"], span, now)
    with reach.within(actor, wanted.kind.operation):
        found = _asked(asked, lambda known, run: _head(known, run, wanted.zone))
    return ReportPreview(
        columns=[column.name for column in asked.columns],
        rows=[[value if isinstance(value, str) else as_text(value) for value in row] for row in found.rows],
        total=found.total,
        is_exceeded=found.is_exceeded,
        window_from=span and span.start,
        window_to=span and span.end,
    )


def window(wanted: Wanted, now: datetime) -> Span | None:
    return timing.window(wanted.window, timing.by_hand(now, wanted.zone), wanted.zone, None)


def refuse_too_many(wanted: Wanted, asked: Question) -> None:
    """What the format has no room for is said before anybody waits; what takes long to count is left to the worker. Refuses: Invalid."""
    most = FORMATS[wanted.columns["format"]].rows_most
    if most is None:
        return
    try:
        count, is_exceeded = _asked(asked, lambda known, run: question.count(known, run, most), patience=COUNT_PATIENCE_MS)
    except TooCostly:
        return
    if said := formats.too_many(wanted.columns["format"], count + is_exceeded):
        raise Invalid(said, code="too_many_rows", fields={"format": [said]})


def _head(known: Question, run: Run, zone: str) -> Head:
    run("SELECT set_config('TimeZone', %s, true)", (zone,))
    sql, values = question.rows(known, xlsx.cell)
    rows = run(f"{sql} LIMIT %s", (*values, PREVIEW_ROWS))
    return Head(rows, *question.count(known, run, COUNT_CAP))


def _asked(asked: Question, what: Callable[[Question, Run], Found], patience: int | None = None) -> Found:
    """Refuses: TooCostly."""

    def ask(connection: BaseDatabaseWrapper) -> Found:
        # Whatever is refused inside leaves the transaction around it as it is.
        with transaction.atomic(using=connection.alias), costs.patience(connection, patience), connection.cursor() as cursor:

            def run(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
                cursor.execute(sql, values)
                found: list[tuple[Any, ...]] = cursor.fetchall()
                return found

            return what(question.looked_up(asked, run), run)

    with costs.bounded(asked.kind.advice):
        return replica.ask(ask, may_lag=asked.kind.source.may_lag)
