"""The hosted CommissionChanges."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import msgspec
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.commission_changes import books, claims, diff, doorbell, edits, views
from backoffice.commission_changes.due import apply_due, due, fail, run
from backoffice.commission_changes.models import ChangeSet, ImpactRow
from backoffice.commission_changes.reading import find, get, impact
from backoffice.commissions import checks, state
from backoffice.contracts import commission_changes as contract
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.rule_book import RuleBook
from backoffice.core import audit, ids, versions
from backoffice.markets.models import Asset

__all__ = [
    "apply", "apply_due", "cancel_estimate", "discard", "draft", "due", "edit", "estimate", "fail", "find", "get", "impact", "run", "schedule",
    "undo", "unschedule",
]  # fmt: skip

OPEN = ("Draft", "Failed")
LONGEST_NAME, LONGEST_NOTE = 100, 2_000


def draft(actor: Actor, draft: contract.ChangeSetDraft) -> contract.ChangeSetDetail:
    row = ChangeSet.objects.create(id=uuid4(), created_by=actor.name, **_drafted(draft))
    row.refresh_from_db(fields=["created_at", "updated_at"])
    audit.changed(actor, "change_set", str(row.pk), {}, views.state(row))
    return views.as_detail(row, None)


def edit(actor: Actor, change_set_id: str, draft: contract.ChangeSetDraft, *, version: int | None = None) -> None:
    row = _lock(change_set_id, *OPEN, version=version)
    _forget_impact(row)
    _become(actor, row, status="Draft", reason=None, apply_at=None, **_drafted(draft), **claims.FORGOTTEN)


def discard(actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
    row = _lock(change_set_id, *OPEN, version=version)
    _forget_impact(row)
    _become(actor, row, status="Discarded", **claims.FORGOTTEN)


def apply(actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
    row = _lock(change_set_id, "Draft", "Scheduled", "Failed", version=version)
    state.replace(actor, books.read(row.before), books.read(row.after))
    _become(actor, row, status="Applied", reason=None, applied_at=timezone.now(), applied_by=actor.name)


def undo(actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
    row = _lock(change_set_id, "Applied", version=version)
    state.replace(actor, books.read(row.after), books.read(row.before))
    _become(actor, row, status="Undone", undone_at=timezone.now(), undone_by=actor.name)


def schedule(actor: Actor, change_set_id: str, apply_at: datetime, *, version: int | None = None) -> None:
    row = _lock(change_set_id, "Draft", "Scheduled", version=version)
    if apply_at <= timezone.now():
        raise Invalid("The instant is not valid.", fields={"applyAt": ["must be a time to come"]})
    _become(actor, row, status="Scheduled", apply_at=apply_at, scheduler_kind=actor.kind, scheduler_id=actor.id)


def unschedule(actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
    row = _lock(change_set_id, "Scheduled", version=version)
    _become(actor, row, status="Draft", apply_at=None, scheduler_kind=None, scheduler_id=None)


def estimate(actor: Actor, change_set_id: str, period: contract.Period) -> contract.ImpactSummary:
    row = _lock(change_set_id, "Draft", "Scheduled", "Failed", "Applied", "Undone", version=None)
    if period.from_ >= period.to:
        raise Invalid("The period is not valid.", fields={"to": ["must be after its beginning"]})
    _forget_impact(row)
    asked: dict[str, Any] = {
        "impact_status": "Queued",
        "impact_from": period.from_,
        "impact_to": period.to,
        "impact_by": actor.name,
        "impact_asked_at": timezone.now(),
    }
    _set(row, {**claims.FORGOTTEN, **asked})
    spoken = {"impactFrom": period.from_.isoformat(), "impactTo": period.to.isoformat()}
    audit.changed(actor, "change_set", str(row.pk), {}, spoken)
    transaction.on_commit(lambda: doorbell.ring(str(row.pk)))
    summary = views.as_summary(row, None)
    assert summary is not None
    return summary


def cancel_estimate(actor: Actor, change_set_id: str) -> None:
    row = _lock(change_set_id, version=None)
    before = row.impact_status
    _forget_impact(row)
    _set(row, claims.FORGOTTEN)
    audit.changed(actor, "change_set", str(row.pk), {"impact": before}, {"impact": None})


def _drafted(draft: contract.ChangeSetDraft) -> dict[str, Any]:
    """Columns of a draft as of now. Refuses: Invalid, NotFound."""
    _check_words(draft)
    before, wanted = state.snapshot(), edits.numbered(draft.edits)
    after = edits.made(before, wanted, _assets())
    state.check(after)
    return {
        "name": draft.name,
        "note": draft.note,
        "edits": msgspec.to_builtins(wanted),
        "before": books.kept(before),
        "after": books.kept(after),
        "change_count": _count(before, after),
    }


def _count(before: RuleBook, after: RuleBook) -> int:
    return len(diff.changes(before, after))


def _assets() -> checks.Assets:
    rows: Sequence[tuple[str, int, bool]] = list(Asset.objects.values_list("id", "scale", "is_root"))
    return checks.Assets(scales={id: scale for id, scale, _ in rows}, root=next((id for id, _, is_root in rows if is_root), None))


def _check_words(draft: contract.ChangeSetDraft) -> None:
    found: dict[str, list[str]] = {}
    if not 0 < len(draft.name) <= LONGEST_NAME or draft.name != draft.name.strip() or not draft.name.isprintable():
        found["name"] = [f"must be 1 to {LONGEST_NAME} printable characters without outer blanks"]
    if len(draft.note) > LONGEST_NOTE or not draft.note.replace("\n", "").isprintable():
        found["note"] = [f"must be up to {LONGEST_NOTE} printable characters"]
    if found:
        raise Invalid("The change set is not valid.", fields=found)


def _lock(change_set_id: str, *statuses: str, version: int | None) -> ChangeSet:
    """In one of these statuses, or in any when none is given; locked until the transaction ends. Refuses: NotFound, Stale, Conflict."""
    row = versions.lock(ChangeSet.objects.all(), ids.known(change_set_id), version=version, name="change set")
    if statuses and row.status not in statuses:
        raise Conflict(f"The change set is {row.status}; this needs {' or '.join(statuses)}.", code="wrong_status")
    return row


def _become(actor: Actor, row: ChangeSet, **values: Any) -> None:
    before = views.state(row)
    _set(row, {**values, "updated_at": Now(), "version": F("version") + 1})
    audit.changed(actor, "change_set", str(row.pk), before, views.state(row))


def _set(row: ChangeSet, values: dict[str, Any]) -> None:
    ChangeSet.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def _forget_impact(row: ChangeSet) -> None:
    ImpactRow.objects.filter(change_set=row).delete()
