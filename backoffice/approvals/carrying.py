"""Doing what others approved of: once, as its maker, with the rights that the maker has then, and only if it still is what was shown."""

import logging
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from backoffice.approvals import acts, gate, keeping, trial
from backoffice.approvals.models import Approval
from backoffice.calls import Call
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import ApprovalState
from backoffice.contracts.errors import NotPermitted, Refused, Unavailable
from backoffice.core import arming
from backoffice.core.crashes import crash
from backoffice.core.outages import OUTAGES
from backoffice.operators import scopes
from backoffice.permissions import Writes

# Nobody else tries meanwhile; a crash leaves it to the sweep behind this.
CLAIM = timedelta(minutes=5)
MOVED = "What it would change is no longer what was shown."
log = logging.getLogger(__name__)


class _MovedError(Exception):
    pass


def carry_out(approval_id: str) -> None:
    """Whatever comes of it stands on the approval; what the database does not answer stays for the sweep."""
    row = _claim(approval_id)
    if row is None:
        return
    crash("approval_before_effect")
    try:
        maker, call = _ready(row)
        if isinstance(call.rule, Writes):
            _write(row, maker, call)
        else:
            _work(row, maker, call)
    except (Unavailable, *OUTAGES):
        Approval.objects.filter(pk=row.pk, state="Approved").update(claimed_until=None)
    except _MovedError:
        _end(row, "Stale", MOVED)
    except Refused as refusal:
        _end(row, "Failed", refusal.detail)
    except Exception:
        # Whatever is wrong with it, the same would be wrong at every other attempt of the sweep: it ends here, and its maker is told.
        log.exception("approval %s stopped whoever carried it out", row.pk)
        _end(row, "Failed", "Something went wrong here; the log says what.")


def due() -> list[str]:
    """Approved and left by whoever should have carried it out; none on a restored copy, whose original may do it."""
    if not arming.is_armed():
        return []
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return list(Approval.objects.filter(free, state="Approved").order_by("pk").values_list("pk", flat=True)[:100])


def _claim(approval_id: str) -> Approval | None:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not Approval.objects.filter(free, pk=approval_id, state="Approved").update(claimed_until=now + CLAIM):
        return None
    return Approval.objects.get(pk=approval_id)


def _ready(row: Approval) -> tuple[Actor, Call]:
    """Refuses: NotPermitted."""
    maker = keeping.maker_of(row)
    if maker is None or not maker.may(row.operation):
        raise NotPermitted(row.operation)
    call = keeping.call_of(row)
    # They proved to be there when they asked, and nobody asks them again.
    asked = {"door": row.door, "reason": row.reason, "confirmed_at": timezone.now(), "approval": row.pk}
    return msgspec.structs.replace(maker, **asked), call


def _write(row: Approval, maker: Actor, call: Call) -> None:
    """The effect and the end of the approval are one transaction, and what it really changed is held against what was shown."""
    with transaction.atomic():
        if not Approval.objects.select_for_update().filter(pk=row.pk, state="Approved").exists():
            return
        before = trial.newest_record()
        answer = _guarded(call)(maker, **call.arguments)
        changes = trial.comparable(trial.changes_since(before, maker, call.action), call)
        if trial.shown_hash(call, changes, row.about if not changes else {}) != row.shown_hash:
            raise _MovedError
        _done(row, answer)
    crash("approval_after_effect")


def _work(row: Approval, maker: Actor, call: Call) -> None:
    """It commits in stages of its own and is safe to repeat: a crash in between repeats it."""
    act = acts.known(call.action)
    if act is not None and act.waits is not None and row.subject_id is not None:
        with transaction.atomic():
            if not Approval.objects.select_for_update().filter(pk=row.pk, state="Approved").exists():
                return
            # Money goes past the guard here, and its limits may be narrower now.
            scopes.check(maker, call)
            why_not = act.waits.grant(maker, row.subject_id)
            if why_not:
                drop(maker, row)
                _noted(row, "Failed", why_not)
            else:
                _done(row, None)
        return
    answer = _guarded(call)(maker, **call.arguments)
    crash("approval_after_effect")
    with transaction.atomic():
        # Another may have repeated it meanwhile, and ended it.
        if Approval.objects.select_for_update().filter(pk=row.pk, state="Approved").exists():
            _done(row, answer)


def drop(actor: Actor, row: Approval) -> None:
    """What waited with the approval waits no more; in a transaction of the caller's."""
    act = acts.known(row.action)
    if act is not None and act.waits is not None and row.subject_id is not None:
        act.waits.drop(actor, row.subject_id)


def _guarded(call: Call) -> Any:
    act = acts.known(call.action)
    if act is None:
        raise KeyError(call.action)
    return act.guarded


def _done(row: Approval, answer: Any) -> None:
    text = keeping.answered(answer)
    if text is not None:
        row.result_key_id, row.result_sealed = keeping.seal(row.pk, text)
        row.save(update_fields=["result_key_id", "result_sealed"])
    _noted(row, "Done", "")


def _end(row: Approval, state: ApprovalState, outcome: str) -> None:
    with transaction.atomic():
        current = Approval.objects.select_for_update().filter(pk=row.pk, state="Approved").first()
        if current is not None:
            drop(gate.DESK, current)
            _noted(current, state, outcome)


def _noted(row: Approval, state: ApprovalState, outcome: str) -> None:
    gate.end(row, state, outcome)
    gate.tell(row)
    gate.note(gate.DESK, "approvals.carry_out", row, {"state": "Approved"}, {"state": state, "outcome": outcome or None})
