"""An object as it was at an instant, and what of that is otherwise now."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backoffice.contracts.errors import Invalid
from backoffice.services import desk
from portal import respond
from portal.session import DeskRequest
from portal.templatetags.desk import words
from portal.views.audit import prefix_of

State = dict[str, str | None] | None


@require_safe
def show(request: DeskRequest, kind: str, object_id: str) -> HttpResponse:
    """Refuses: NotPermitted, NotFound."""
    asked, fault = _moment(request.GET.get("at", ""))
    try:
        found = desk().audit.as_of(request.actor, kind, object_id, at=asked)
    except Invalid as refusal:
        fault, asked = refusal.detail, timezone.now()
        found = desk().audit.as_of(request.actor, kind, object_id, at=asked)
    page = prefix_of(kind)
    context = {
        "noun": words(kind),
        "key": object_id,
        "name": (found.state or found.now or {}).get("displayName") or (found.state or found.now or {}).get("name") or object_id,
        "found": found,
        "fault": fault,
        "asked": f"{asked.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "rows": _rows(found.state, found.now),
        "parts": [(part.object_id, _rows(part.state, part.now), part.state is None, part.now is None) for part in found.parts],
        "crumbs": [("Audit trail", reverse("portal:audit-list")), (object_id, f"{page}{object_id}/" if page else "")],
    }
    return respond.page(request, "portal/settings/as_of.html", "", context, status=400 if fault else 200)


def _moment(text: str) -> tuple[datetime, str]:
    """In UTC unless it says otherwise; now when there is none."""
    if not text:
        return timezone.now(), ""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC), ""
    except (ValueError, OverflowError):
        return timezone.now(), "That is no date and time."


def _rows(then: State, now: State) -> list[tuple[str, str | None, str | None, bool]]:
    """Field, then, now, whether they differ; those that differ first."""
    names = dict.fromkeys([*(then or {}), *(now or {})])
    rows: list[Any] = [(name, (then or {}).get(name), (now or {}).get(name)) for name in names]
    return sorted(((*row, row[1] != row[2]) for row in rows), key=lambda row: not row[3])
