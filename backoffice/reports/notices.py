"""Telling of reports that could not be made: those who run the desk, and whoever looks at the template."""

from typing import Final

from backoffice.notifications.post import post
from backoffice.reports import sources
from backoffice.reports.models import Report, Template

FAILED: Final = "ReportFailed"


def failed(report: Report, reason: str) -> None:
    """Within the transaction that says so of the report."""
    data = {"reportId": str(report.pk), "name": report.name, "reason": reason[:500]}
    if report.template_id is not None:
        data["templateId"] = str(report.template_id)
    post(FAILED, "error", data, key=f"report-failed:{report.pk}", needs=[sources.KINDS[report.source].operation])
    if report.due_at is not None and report.template_id is not None:
        Template.objects.filter(pk=report.template_id).update(trouble=reason[:500])


def made(report: Report) -> None:
    if report.due_at is not None and report.template_id is not None:
        Template.objects.filter(pk=report.template_id).update(trouble=None)
