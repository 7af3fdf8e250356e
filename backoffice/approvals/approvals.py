"""The hosted Approvals."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone

from backoffice.approvals import carrying, deciders, gate, keeping, policies, reading, trial
from backoffice.approvals.models import OPEN, Approval, Decision
from backoffice.approvals.reading import find as find
from backoffice.approvals.reading import get as get
from backoffice.approvals.reading import waiting as waiting
from backoffice.contracts import approvals as contract
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotFound, NotPermitted, Refused, Unavailable
from backoffice.core import audit, sealing
from backoffice.notifications import post

BANNER = timedelta(hours=24)
MOST_EXPIRED = 500
log = logging.getLogger(__name__)


def approve(actor: Actor, approval_id: str, shown_hash: str, *, reason: str = "") -> contract.Approval:
    with transaction.atomic():
        row = _lock(actor, approval_id)
        _refuse_decider(actor, row)
        if shown_hash != row.shown_hash:
            raise Conflict("This is not what was shown; read it again.", code="approval_changed")
        moved = _moved(row)
        if moved:
            _stale(actor, row, moved)
        else:
            _say_yes(actor, row, reason)
    if moved:
        # Behind the transaction, for that it is stale is kept.
        raise Conflict(moved, code="approval_stale")
    if row.state == "Approved":
        carrying.carry_out(row.pk)
    return reading.get(actor, approval_id)


def deny(actor: Actor, approval_id: str, *, reason: str) -> contract.Approval:
    _need_reason(reason)
    row = _lock(actor, approval_id)
    _refuse_decider(actor, row)
    _decide(actor, row, "Denied", reason)
    _ended(actor, row, "Denied", reason)
    return reading.get(actor, approval_id)


def cancel(actor: Actor, approval_id: str) -> contract.Approval:
    row = _own(actor, approval_id)
    _ended(actor, row, "Cancelled", "")
    return reading.get(actor, approval_id)


def break_glass(actor: Actor, approval_id: str, *, reason: str) -> contract.Approval:
    _need_reason(reason)
    with transaction.atomic():
        row = _own(actor, approval_id)
        _decide(actor, row, "BrokenGlass", reason)
        row.state, row.is_glass_broken = "Approved", True
        row.save(update_fields=["state", "is_glass_broken"])
        gate.note(actor, "approvals.break_glass", row, {"state": "Waiting"}, {"state": "Approved", "brokenBy": actor.name, "reason": reason})
        told = {"action": row.action, "doneBy": actor.name, "reason": reason, "approvalId": row.pk}
        post.post("BreakGlass", "error", told, key=f"glass {row.pk}")
    carrying.carry_out(row.pk)
    return reading.get(actor, approval_id)


def broken_glass(actor: Actor) -> list[contract.Approval]:
    rows = Approval.objects.filter(is_glass_broken=True, asked_at__gt=timezone.now() - BANNER - timedelta(minutes=policies.LONGEST_MINUTES))
    recent = rows.filter(decisions__verdict="BrokenGlass", decisions__at__gt=timezone.now() - BANNER).order_by("-pk")
    return reading.shown_all(actor, list(recent.prefetch_related("decisions")[:20]), is_brief=True)


def result(actor: Actor, approval_id: str) -> Mapping[str, Any]:
    row = Approval.objects.select_for_update().filter(pk=approval_id, maker=keeping.maker_key(actor)).first()
    if row is None or row.result_sealed is None or row.result_key_id is None:
        raise NotFound(f"There is no answer of {approval_id} to fetch, or it was fetched already.")
    answer = msgspec.json.decode(keeping.opened(row, row.result_key_id, row.result_sealed))
    row.result_key_id = row.result_sealed = None
    row.save(update_fields=["result_key_id", "result_sealed"])
    audit.changed(actor, gate.OBJECT, row.pk, {"result": "sealed"}, {"result": "fetched"})
    return answer if isinstance(answer, dict) else {"value": answer}


def sweep(actor: Actor) -> int:
    late = Approval.objects.filter(state="Waiting", expires_at__lte=timezone.now()).values_list("pk", flat=True)[:MOST_EXPIRED]
    expired = [_unless_away(_expired, actor, pk) for pk in list(late)]
    left = carrying.due()
    for approval_id in left:
        _unless_away(carrying.carry_out, approval_id)
    return sum(map(bool, expired)) + len(left)


def _unless_away(act: Callable[..., bool | None], *args: Any) -> bool | None:
    """Money that cannot move while the books are closed keeps nothing else waiting; the next sweep finds it again."""
    try:
        return act(*args)
    except Unavailable:
        log.warning("approval %s is left to the next sweep", args[-1], exc_info=True)
        return None


def _expired(actor: Actor, approval_id: str) -> bool:
    with transaction.atomic():
        row = Approval.objects.select_for_update(skip_locked=True).filter(pk=approval_id, state="Waiting").first()
        if row is None:
            return False
        carrying.drop(actor, row)
        gate.end(row, "Expired")
        gate.tell(row)
        gate.note(actor, "approvals.expire", row, {"state": "Waiting"}, {"state": "Expired"})
    return True


def _lock(actor: Actor, approval_id: str) -> Approval:
    """Refuses: NotFound, Conflict."""
    if not reading.visible(actor).filter(pk=approval_id).exists():
        raise reading.unknown(approval_id)
    row = Approval.objects.select_for_update().get(pk=approval_id)
    if row.state not in OPEN or (row.state == "Waiting" and row.expires_at <= timezone.now()):
        raise Conflict(f"It is {row.state if row.state not in OPEN else 'Expired'} already.", code="approval_ended")
    if row.state == "Approved":
        raise Conflict("Enough have approved; it is being carried out.", code="approval_ended")
    return row


def _own(actor: Actor, approval_id: str) -> Approval:
    row = _lock(actor, approval_id)
    if row.maker != keeping.maker_key(actor):
        raise NotPermitted(row.operation)
    return row


def _refuse_decider(actor: Actor, row: Approval) -> None:
    """Refuses: NotPermitted, Conflict."""
    now = deciders.present(actor)
    roles = deciders.roles_of(actor)
    reason = deciders.refusal(actor, row, roles) or (deciders.refusal(now, row, roles) if now else "You may no longer act here.")
    if reason:
        refused = NotPermitted(row.operation)
        refused.detail = reason
        raise refused
    if row.decisions.filter(approver=keeping.maker_key(actor)).exists():
        raise Conflict("You have decided on this already.", code="approval_decided")


def _moved(row: Approval) -> str:
    """Why what it would do is not what was shown; "" when it is."""
    maker = keeping.maker_of(row)
    if maker is None or not maker.may(row.operation):
        return "Whoever asked for it may no longer do it."
    try:
        again = trial.shown(msgspec.structs.replace(maker, door=row.door, reason=row.reason), keeping.call_of(row))
    except Unavailable:
        raise
    except Refused as refusal:
        return f"It would be refused now: {refusal.detail}"
    except IntegrityError:
        return "It would be refused now: it no longer fits what it refers to."
    except (sealing.Locked, KeyError, msgspec.MsgspecError):
        return "What was asked for cannot be read any more."
    return "" if again.hash == row.shown_hash else carrying.MOVED


def _stale(actor: Actor, row: Approval, moved: str) -> None:
    carrying.drop(gate.DESK, row)
    gate.end(row, "Stale", moved)
    gate.tell(row)
    gate.note(actor, "approvals.approve", row, {"state": "Waiting"}, {"state": "Stale", "outcome": moved})


def _say_yes(actor: Actor, row: Approval, reason: str) -> None:
    """Who said yes before and has lost the right since is not counted."""
    _decide(actor, row, "Approved", reason)
    count = sum(deciders.still_may(one.approver, row) for one in row.decisions.filter(verdict="Approved"))
    if count >= row.needed:
        row.state = "Approved"
        row.save(update_fields=["state"])
    gate.note(actor, "approvals.approve", row, {"state": "Waiting"}, {"state": row.state, "approvedBy": actor.name, "reason": reason or None})


def _decide(actor: Actor, row: Approval, verdict: contract.Verdict, reason: str) -> None:
    Decision.objects.create(
        approval=row,
        maker=row.maker,
        approver=keeping.maker_key(actor),
        approver_name=actor.name,
        verdict=verdict,
        door=actor.door,
        trace_id=actor.trace_id,
        reason=reason[:500],
        at=timezone.now(),
    )


def _ended(actor: Actor, row: Approval, state: contract.ApprovalState, outcome: str) -> None:
    carrying.drop(actor, row)
    gate.end(row, state, outcome)
    if state != "Cancelled":
        gate.tell(row)
    audit.changed(actor, gate.OBJECT, row.pk, {"state": "Waiting"}, {"state": state, "outcome": outcome or None})


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid("A reason is needed.", fields={"reason": ["must be a sentence that others can read"]})
