"""The worker's part of change sets: those whose instant has come, by the clock of the database, and impacts to compute."""

import logging
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.commission_changes import books, claims, impacts, views
from backoffice.commission_changes.models import ChangeSet
from backoffice.commissions import state
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import DueChangeSet, DueWork
from backoffice.contracts.errors import Refused
from backoffice.core import arming, audit, ids
from backoffice.notifications.post import post

log = logging.getLogger(__name__)
MOST = 100
NOTICE: Final = "ChangeSetNotApplied"


def due(actor: Actor, work: DueWork) -> list[DueChangeSet]:  # noqa: ARG001  verbs are told who asks
    if work == "Estimate":
        return [DueChangeSet(change_set_id=str(pk), work=work, requester_kind="system", requester_id="") for pk in claims.due()]
    if not arming.is_armed():
        return []
    rows = _come().order_by("apply_at").values_list("pk", "scheduler_kind", "scheduler_id")[:MOST]
    return [DueChangeSet(change_set_id=str(pk), work=work, requester_kind=kind or "", requester_id=id or "") for pk, kind, id in rows]


def apply_due(actor: Actor, change_set_id: str) -> None:
    try:
        with transaction.atomic():
            row = _locked(change_set_id)
            if row is None:
                return
            recorded = audit.open_record(actor, "commission_changes.apply")
            before = views.state(row)
            state.replace(recorded, books.read(row.before), books.read(row.after))
            ChangeSet.objects.filter(pk=row.pk).update(
                status="Applied", applied_at=timezone.now(), applied_by=actor.name, updated_at=Now(), version=F("version") + 1
            )
            row.status = "Applied"
            audit.changed(recorded, "change_set", str(row.pk), before, views.state(row))
    except Refused as error:
        _fail(actor, change_set_id, error.detail)
    except IntegrityError:
        log.warning("change set %s no longer fits what it refers to", change_set_id, exc_info=True)
        _fail(actor, change_set_id, "Something that it refers to changed at this very moment.")


def fail(actor: Actor, change_set_id: str, *, reason: str) -> None:
    _fail(actor, change_set_id, reason)


def run(actor: Actor, change_set_id: str) -> None:  # noqa: ARG001  verbs are told who asks
    impacts.estimate(ids.known(change_set_id))


def _come() -> QuerySet[ChangeSet]:
    return ChangeSet.objects.filter(status="Scheduled", apply_at__lte=Now())


def _locked(change_set_id: str) -> ChangeSet | None:
    """Whoever comes second finds it no longer scheduled."""
    return _come().select_for_update().filter(pk=ids.known(change_set_id)).first()


def _fail(actor: Actor, change_set_id: str, reason: str) -> None:
    with transaction.atomic():
        row = _locked(change_set_id)
        if row is None:
            return
        recorded = audit.open_record(actor, "commission_changes.fail")
        before = views.state(row)
        ChangeSet.objects.filter(pk=row.pk).update(status="Failed", reason=reason[:500], updated_at=Now(), version=F("version") + 1)
        row.status, row.reason = "Failed", reason[:500]
        audit.changed(recorded, "change_set", str(row.pk), before, views.state(row))
        post(NOTICE, "error", {"changeSetId": str(row.pk), "name": row.name, "reason": reason[:500]})
