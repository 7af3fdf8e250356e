"""An audit pass: a look at the books that is kept, and that closes them when something in them cannot be."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from django.db import transaction
from django.db.models.functions import Now

from backoffice.books import models, turns
from backoffice.books.look import Look, look
from backoffice.contracts import wire
from backoffice.contracts.actor import Actor
from backoffice.core import audit
from backoffice.ledger import gate
from backoffice.notifications.post import post

EVERY = timedelta(hours=1)
KEPT = timedelta(days=90)


def run(actor: Actor) -> models.AuditPass:
    """Now; or, where another pass began after we asked and ended before our turn came, that one."""
    with turns.turn() as asked_at:
        joined = models.AuditPass.objects.filter(started_at__gt=asked_at).order_by("-pk").first()
        return joined or _keep(actor, look())


def run_due(actor: Actor) -> bool:
    if not _is_due():
        return False
    with turns.turn_if_free() as is_ours:
        if not is_ours or not _is_due():
            return False
        _keep(actor, look())
        return True


def _is_due() -> bool:
    return not models.AuditPass.objects.filter(started_at__gt=Now() - EVERY).exists()


def _keep(actor: Actor, found: Look) -> models.AuditPass:
    with transaction.atomic():
        last = models.AuditPass.objects.order_by("-pk").first()
        row = models.AuditPass(
            started_at=found.at,
            finished_at=Now(),
            is_green=found.is_green,
            entries_count=found.entries_count,
            totals=_plain(found.totals),
            invariants=_plain(found.invariants),
            asked_by=actor.name,
        )
        row.save(force_insert=True)
        row.refresh_from_db()
        if not found.is_green:
            _close(actor, row, found)
        # The same finding is told once, not every hour.
        if found.violated and (last is None or violated(last) != violated(row)):
            _tell(row, found)
        _forget_old(row)
    return row


def violated(row: models.AuditPass) -> list[str]:
    return [checked["id"] for checked in row.invariants if checked["count"]]


def _close(actor: Actor, row: models.AuditPass, found: Look) -> None:
    if gate.closed_since() is not None:
        return
    errors = [checked.id for checked in found.violated if checked.severity == "error"]
    reason = f"Audit pass {row.pk} found violations of {', '.join(errors)}."
    gate.close(reason)
    recorded = audit.open_record(actor, "books.audit")
    audit.changed(recorded, "books", "books", {"state": "Open"}, {"state": "Closed", "reason": reason})


def _tell(row: models.AuditPass, found: Look) -> None:
    told = [{"id": checked.id, "words": checked.words, "count": checked.count} for checked in found.violated]
    post("BooksViolation", "warning" if row.is_green else "error", {"pass": row.pk, "violated": told}, key=f"books:{row.pk}")


def _forget_old(newest: models.AuditPass) -> None:
    last_green = models.AuditPass.objects.filter(is_green=True).order_by("-pk").values_list("pk", flat=True).first()
    models.AuditPass.objects.filter(finished_at__lt=Now() - KEPT).exclude(pk__in=[newest.pk, last_green or 0]).delete()


def _plain(value: Sequence[msgspec.Struct]) -> object:
    return msgspec.json.decode(wire.encode(value))
