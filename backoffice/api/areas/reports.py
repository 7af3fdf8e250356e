"""Reports and their templates: asked for, on schedule, downloaded."""

from msgspec import structs

from backoffice.api.areas import lists
from backoffice.api.endpoint import MEDIA, Download, WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.report_mail import TemplateTest
from backoffice.contracts.report_templates import (
    PlannedRun,
    SchedulePlan,
    SkippedRun,
    Template,
    TemplateChange,
    TemplateCreated,
    TemplateDraft,
    TemplateQuery,
    TemplateRun,
    Templates,
    TemplateState,
)
from backoffice.contracts.reports import (
    NewReport,
    Report,
    ReportPart,
    ReportPreview,
    ReportQuery,
    Reports,
    ReportSourceInfo,
    ReportStarted,
    ReportState,
)
from backoffice.contracts.value import Value, Versioned
from backoffice.services import back_api


class PartQuery(Value, frozen=True, kw_only=True):
    """`Data`: all rows as CSV, where the file has only the first ones. `Receipt`: what the file says of itself, with its checksum."""

    part: ReportPart = "File"


def find(actor: Actor, query: ReportQuery) -> WithHeaders[Reports]:
    """Reports, newest first."""
    found = back_api().reports.find(actor, query)
    return WithHeaders(Reports(data=[state.report for state in found.items]), lists.following(found))


def create(actor: Actor, body: NewReport) -> ReportStarted:
    """Ask for a report."""
    return back_api().reports.create(actor, body)


def get(actor: Actor, report_id: str) -> Report:
    """One report."""
    return back_api().reports.get(actor, report_id).report


def delete(actor: Actor, report_id: str) -> None:
    """Delete a report and its file."""
    back_api().reports.delete(actor, report_id)


def download(actor: Actor, report_id: str, query: PartQuery) -> Download:
    """The file of a finished report."""
    found = back_api().reports.download(actor, report_id, part=query.part)
    return Download(found.name, found.path, MEDIA[found.format])


def templates(actor: Actor, query: TemplateQuery) -> WithHeaders[Templates]:
    """Report templates, by name."""
    found = back_api().report_templates.find(actor, query)
    return WithHeaders(Templates(data=[state.template for state in found.items]), lists.following(found))


def create_template(actor: Actor, body: TemplateDraft) -> TemplateCreated:
    """Make a report template."""
    return back_api().report_templates.create(actor, body)


def get_template(actor: Actor, template_id: str) -> Versioned[Template]:
    """One report template."""
    found = back_api().report_templates.get(actor, template_id)
    return Versioned(value=found.value.template, version=found.version)


def update_template(actor: Actor, template_id: str, body: TemplateChange, version: int | None) -> None:
    """Change a report template; it is made in your name from then on."""
    back_api().report_templates.update(actor, template_id, body, version=version)


def delete_template(actor: Actor, template_id: str, version: int | None) -> None:
    """Delete a report template; its reports stay."""
    back_api().report_templates.delete(actor, template_id, version=version)


def run_template(actor: Actor, template_id: str) -> TemplateRun:
    """Make a report of a template now."""
    return back_api().report_templates.run(actor, template_id)


def state(actor: Actor, report_id: str) -> ReportState:
    """How far a report is, its receipt and its deliveries."""
    return back_api().reports.get(actor, report_id)


def cancel(actor: Actor, report_id: str) -> None:
    """Stop the making of a report."""
    back_api().reports.cancel(actor, report_id)


def again(actor: Actor, report_id: str) -> ReportStarted:
    """Make a report once more, of the same rows as they are now."""
    return back_api().reports.again(actor, report_id)


def mail_again(actor: Actor, report_id: str) -> None:
    """Try the mails of a report that have failed anew."""
    back_api().report_mail.again(actor, report_id)


def test_template(actor: Actor, template_id: str, body: TemplateTest) -> TemplateRun:
    """Make a report of a template now, mailed to one recipient instead of its own."""
    return back_api().report_mail.test(actor, template_id, recipient=body.recipient)


def preview(actor: Actor, body: NewReport) -> ReportPreview:
    """The first rows that a report would have."""
    return back_api().reports.preview(actor, body)


def sources(actor: Actor) -> list[ReportSourceInfo]:
    """What reports can be made of, with columns and fields."""
    return back_api().reports.sources(actor)


def plan(actor: Actor, body: SchedulePlan) -> list[PlannedRun]:
    """The next runs of a schedule, each with its window."""
    return back_api().report_templates.plan(actor, body)


def template_state(actor: Actor, template_id: str) -> Versioned[TemplateState]:
    """A template, its next runs and its last report."""
    return back_api().report_templates.get(actor, template_id)


def runs(actor: Actor, template_id: str, query: ReportQuery) -> Page[ReportState]:
    """The reports of a template, newest first."""
    back_api().report_templates.get(actor, template_id)
    return back_api().reports.find(actor, structs.replace(query, template_id=template_id))


def skipped(actor: Actor, template_id: str) -> list[SkippedRun]:
    """Due instants of a template that have no report."""
    return back_api().report_templates.skipped(actor, template_id)
