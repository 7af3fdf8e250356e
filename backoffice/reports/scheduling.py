"""Templates whose instant has come: each becomes one report, by the clock of the database, however many ask at once."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.core import arming, audit
from backoffice.core.crashes import crash
from backoffice.reports import queue, timing, views
from backoffice.reports.models import Report, Skip, Template
from backoffice.reports.timing import Due, Rule

MOST = 100
INSTANT = timedelta(microseconds=1)


def take_due(actor: Actor) -> int:
    taken = 0
    if not arming.is_armed():
        return taken
    while found := _taken(actor):
        taken += found
    return taken


def _taken(actor: Actor) -> int:
    with transaction.atomic():
        come = Template.objects.select_for_update(skip_locked=True, of=("self",)).filter(deleted_at=None, next_due_at__lte=Now())
        rows = list(come.order_by("next_due_at")[:MOST])
        if not rows:
            return 0
        recorded, now = audit.open_record(actor, "report_templates.take_due"), _now()
        for row in rows:
            _take(recorded, row, now)
        crash("report_before_queueing")
    crash("report_after_queueing")
    return len(rows)


def _take(actor: Actor, row: Template, now: datetime) -> None:
    """The latest instant that has come gets its report; those before it are told as skipped, with the rows that nobody got."""
    rule = views.rule(row)
    assert rule is not None
    assert row.next_due_at is not None
    dues = timing.come(rule, row.next_due_at - INSTANT, now)
    following = timing.next_due(rule, now)
    Template.objects.filter(pk=row.pk).update(next_due_at=following and following.at)
    if not dues:
        return
    *missed, latest = dues
    Skip.objects.bulk_create((_skip(row, rule, due) for due in missed), ignore_conflicts=True)
    if Report.objects.filter(template=row, due_at=latest.at).exists():
        # An earlier schedule of the same template was due at this very instant.
        return
    report = Report.objects.create(**_report(row, rule, latest, now))
    audit.changed(actor, "report", str(report.pk), {}, {"name": report.name, "due at": latest.at.isoformat()})
    queue.announce(report)


def _report(row: Template, rule: Rule, due: Due, now: datetime) -> dict[str, Any]:
    owners = {name: getattr(row, name) for name in ("owner_kind", "owner_id", "maker_kind", "maker_id")}
    columns = queue.asked(row) | owners | {"created_by": row.owner_name, "due_at": due.at}
    return queue.new(row.name, columns, timing.window(row.window, due, rule.zone, rule), at=now, template=row)


def _skip(row: Template, rule: Rule, due: Due) -> Skip:
    window = timing.window(row.window, due, rule.zone, rule)
    return Skip(template=row, due_at=due.at, window_from=window and window.start, window_to=window and window.end)


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found
