"""Reports on their way to the worker: asked for by somebody, or due."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from backoffice.contracts.actor import Actor
from backoffice.contracts.periods import Span
from backoffice.core import audit
from backoffice.reports import doorbell
from backoffice.reports.models import Report, Template

KEPT = timedelta(days=30)
ASKED = (
    "source",
    "source_name",
    "filters",
    "sorting",
    "columns",
    "format",
    "receipt_place",
    "time_zone",
    "window",
    "notify_emails",
    "given",
)  # fmt: skip


def asked(row: Report | Template) -> dict[str, Any]:
    """The columns that say what is to be in it."""
    return {name: getattr(row, name) for name in ASKED}


def put(actor: Actor, name: str, columns: dict[str, Any], window: Span | None, *, at: datetime, template: Template | None = None) -> Report:
    """One for whoever acts."""
    own = {"owner_kind": actor.kind, "owner_id": actor.id, "maker_kind": actor.kind, "maker_id": actor.id, "created_by": actor.name}
    made = Report.objects.create(**new(name, columns | own, window, at=at, template=template))
    audit.changed(actor, "report", str(made.pk), {}, {"name": made.name, "source": made.source, "format": made.format})
    announce(made)
    return made


def new(name: str, columns: dict[str, Any], window: Span | None, *, at: datetime, template: Template | None) -> dict[str, Any]:
    return columns | {
        "id": uuid4(),
        "name": name,
        "template": template,
        "template_name": None if template is None else template.name,
        "window_from": None if window is None else window.start,
        "window_to": None if window is None else window.end,
        "created_at": at,
        "expires_at": at + KEPT,
    }


def announce(report: Report) -> None:
    """The bell rings once the row can be seen."""
    report_id = str(report.pk)
    transaction.on_commit(lambda: doorbell.ring(report_id))
