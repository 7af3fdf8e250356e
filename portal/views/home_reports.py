"""What of reports waits for a person: those that could not be made, and mails of others that were given up, lately."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.reports import ReportQuery, ReportState
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.templatetags.money import waited
from portal.views.home_money import Need
from portal.views.reports import href

LOOKED_AT, SHOWN = 20, 3
# How the reason of a stopped one begins.
STOPPED = "Cancelled by "
FAILURE_COUNTS = timedelta(days=3)


def needs_of_reports(actor: Actor) -> list[Need]:
    return [*_failed(actor), *_unsent(actor)] if permitted(actor, "reports.find") else []


def _failed(actor: Actor) -> Iterator[Need]:
    """Of each template only when its newest run has failed."""
    found = back_api().reports.find(actor, ReportQuery(statuses=["Failed"], limit=LOOKED_AT)).items
    newest = {state.report.template_id or state.report.id: state for state in reversed(found) if _counts(state)}
    for state in sorted(newest.values(), key=lambda state: state.report.created_at, reverse=True)[:SHOWN]:
        report = state.report
        if report.template_id is None or _newest(actor, report.template_id) == report.id:
            why = f"{report.status_reason or 'Its page says why.'} · {waited(_at(state))} ago"
            yield Need("file-x", "bad", f"The report {report.report_name} could not be made", why, href(report.id), "Look")


def _unsent(actor: Actor) -> Iterator[Need]:
    """Of each report all mails in one line."""
    since = timezone.now() - FAILURE_COUNTS
    for state in back_api().reports.find(actor, ReportQuery(mail_failed_since=since, limit=SHOWN)).items:
        failed = sorted((one for one in state.deliveries if one.state == "Failed" and one.finished_at), key=lambda one: one.finished_at or since)
        latest = failed[-1]
        whom = f"{latest.recipient} and {len(failed) - 1} more" if len(failed) > 1 else latest.recipient
        what = f"The report {state.report.report_name} could not be mailed to {whom}"
        why = f"{latest.reason or 'Its page says why.'} · {waited(latest.finished_at or since)} ago"
        yield Need("mail-x", "bad", what, why, href(state.report.id), "Look")


def _counts(state: ReportState) -> bool:
    """What somebody stopped waits for nobody."""
    is_stopped = (state.report.status_reason or "").startswith(STOPPED)
    return not is_stopped and timezone.now() - _at(state) < FAILURE_COUNTS


def _at(state: ReportState) -> datetime:
    return state.finished_at or state.report.created_at


def _newest(actor: Actor, template_id: str) -> str:
    found = back_api().reports.find(actor, ReportQuery(template_id=template_id, limit=1)).items
    return found[0].report.id if found else ""
