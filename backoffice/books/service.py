"""The hosted Books."""

import msgspec

from backoffice.books import auditor, models, turns
from backoffice.contracts.actor import Actor
from backoffice.contracts.books import AssetTotals, AuditPass, BooksState, CheckedInvariant
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.core import audit as trail
from backoffice.ledger import gate

LONGEST_REASON = 500


def audit(actor: Actor) -> AuditPass:
    return _pass(auditor.run(actor))


def run_due(actor: Actor) -> bool:
    return auditor.run_due(actor)


def passes(actor: Actor, *, before: int | None = None, limit: int = 50) -> list[AuditPass]:  # noqa: ARG001  verbs are told who asks
    rows = models.AuditPass.objects.order_by("-pk")
    return [_pass(row) for row in (rows if before is None else rows.filter(pk__lt=before))[:limit]]


def latest(actor: Actor) -> BooksState:  # noqa: ARG001  verbs are told who asks
    closed = gate.closed_since()
    last = models.AuditPass.objects.order_by("-pk").first()
    green = last if last and last.is_green else models.AuditPass.objects.filter(is_green=True).order_by("-pk").first()
    return BooksState(
        closed_at=closed[0] if closed else None,
        reason=closed[1] if closed else None,
        last_pass=_pass(last) if last else None,
        last_green=_pass(green) if green else None,
    )


def reopen(actor: Actor, reason: str) -> BooksState:
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid("The reason is needed.", fields={"reason": [f"Expected 1 to {LONGEST_REASON} characters that say what was found and done."]})
    if not turns.hold_off():
        raise Conflict("An audit pass is running; look at its result first.")
    closed = gate.closed_since()
    if closed is None:
        raise Conflict("The books are open.")
    last = models.AuditPass.objects.order_by("-pk").first()
    if last is None or last.started_at <= closed[0] or not last.is_green:
        raise Conflict("The newest audit pass since the closing is not green; mend the books and audit them again first.")
    gate.open_again()
    trail.changed(actor, "books", "books", {"state": "Closed", "reason": closed[1]}, {"state": "Open", "reason": reason.strip()})
    return latest(actor)


def _pass(row: models.AuditPass) -> AuditPass:
    return AuditPass(
        id=row.pk,
        started_at=row.started_at,
        finished_at=row.finished_at,
        is_green=row.is_green,
        entries_count=row.entries_count,
        totals=msgspec.convert(row.totals, list[AssetTotals]),
        invariants=msgspec.convert(row.invariants, list[CheckedInvariant]),
        asked_by=row.asked_by,
    )
