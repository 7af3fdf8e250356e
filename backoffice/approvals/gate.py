"""Must others approve of this call? If so it is kept, and they are told. Calls that no policy covers cost a look into memory."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from ulid import ULID

from backoffice.approvals import acts, coverage, keeping, matching, policies, trial
from backoffice.approvals.models import OPEN, Approval
from backoffice.calls import Call
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import ApprovalState
from backoffice.contracts.errors import Held, Invalid
from backoffice.core import audit
from backoffice.notifications import post

NOT_APPROVED = "not_approved"
OBJECT = "approval"
DECIDE = "decide-approvals"
# Whoever ends what nobody decided on, and carries out what others approved of.
DESK = Actor(kind="system", id="approvals", name="Approvals", door="job", operations=frozenset({operations.WORKER}))


def demanded(actor: Actor, call: Call) -> matching.Demand | None:
    """What policies ask for; None when the call may go on."""
    operation = call.rule.operation
    covering = policies.covering(call.action, operation)
    if not covering or not coverage.is_holdable(call.action) or _is_approved(actor, call):
        return None
    roles = policies.roles_of(actor) if any(policy.maker_roles for policy in covering) else frozenset[str]()
    met = [policy for policy in covering if matching.is_met(policy, call.facts, roles)]
    return matching.together(met) if met else None


def hold(actor: Actor, call: Call, demand: matching.Demand) -> Any:
    """Refuses: Held, with the approval that it waits for; whatever the call itself would refuse. Answers where an answer has a shape for waiting."""
    act = acts.known(call.action)
    if act is not None and act.waits is not None:
        return _wait(actor, call, demand, act.waits)
    hash = acts.asked_hash(call)
    _refuse_again(actor, hash)
    shown = trial.shown(actor, call)
    with transaction.atomic():
        waiting = Approval.objects.select_for_update().filter(maker=keeping.maker_key(actor), asked_hash=hash, state__in=OPEN).first()
        if waiting is not None and (waiting.state == "Approved" or waiting.shown_hash == shown.hash):
            raised = Held(waiting.pk)
        else:
            if waiting is not None:
                # What it would change is not what was shown any more: what others have said of it counts for nothing now.
                end(waiting, "Stale", "It was asked for again, and would change something else now.")
                tell(waiting)
            raised = Held(keep(actor, call, demand, shown).pk)
    raise raised


def keep(actor: Actor, call: Call, demand: matching.Demand, shown: trial.Shown, *, subject_id: str | None = None, id: str = "") -> Approval:
    """In a transaction of the caller's."""
    now = timezone.now()
    row = Approval(
        id=id or str(ULID()),
        action=call.action,
        operation=call.rule.operation,
        state="Waiting",
        maker=keeping.maker_key(actor),
        maker_name=actor.name,
        door=actor.door,
        trace_id=actor.trace_id,
        reason=actor.reason[:500],
        asked_at=now,
        expires_at=now + timedelta(minutes=demand.expires_after_minutes),
        needed=demand.needed,
        policies=demand.policies,
        approver_roles=demand.approver_roles,
        excluded_roles=demand.excluded_roles,
        asked_hash=acts.asked_hash(call),
        shown_hash=shown.hash,
        about=shown.about,
        changes=[{"type": one.object_type, "id": one.object_id, "before": one.before, "after": one.after} for one in shown.changes],
        subject_id=subject_id or coverage.goes_on_with(call.action, call.arguments),
    )
    row.key_id, row.sealed = keeping.seal(row.pk, acts.written(call.arguments))
    row.save(force_insert=True)
    note(actor, "approvals.ask", row, {}, {"action": call.action, "state": "Waiting", "policies": ", ".join(demand.policies)})
    data = {"approvalId": row.pk, "action": call.action, "requestedBy": actor.name, "expiresAt": audit.as_text(row.expires_at)}
    post.post("ApprovalWaiting", "warning", data, key=f"approval {row.pk}", needs=[row.operation, DECIDE])
    return row


def end(row: Approval, state: ApprovalState, outcome: str = "") -> None:
    """In a transaction of the caller's, who has locked it."""
    row.state, row.outcome, row.ended_at, row.claimed_until = state, outcome[:500], timezone.now(), None
    row.save(update_fields=["state", "outcome", "ended_at", "claimed_until"])


def tell(row: Approval) -> None:
    """Whoever asked, and who else has the operation, that it is over; who took it back knows."""
    data = {"approvalId": row.pk, "action": row.action, "requestedBy": row.maker_name, "state": row.state, "reason": row.outcome}
    post.post("ApprovalEnded", "info" if row.state == "Done" else "warning", data, key=f"ended {row.pk}", needs=[row.operation])


def note(actor: Actor, action: str, row: Approval, before: audit.State, after: audit.State) -> None:
    """A record of its own in the trail."""
    audit.changed(audit.open_record(actor, action), OBJECT, row.pk, before, after)


def _wait(actor: Actor, call: Call, demand: matching.Demand, waits: acts.Waits) -> Any:
    """The money's row and the approval stand or fall together; a refusal that is on record of the money is told when both are."""
    shown = trial.shown(actor, call)
    id = str(ULID())
    with transaction.atomic():
        answer, subject_id = waits.ask(actor, id, **call.arguments)
        if subject_id is not None:
            keep(actor, call, demand, shown, subject_id=subject_id, id=id)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _is_approved(actor: Actor, call: Call) -> bool:
    """Carried out as others approved, exactly; or the going on of what they approved."""
    if actor.approval is not None:
        row = Approval.objects.filter(pk=actor.approval, state="Approved", action=call.action, maker=keeping.maker_key(actor)).first()
        return row is not None and row.asked_hash == acts.asked_hash(call)
    begun_by = coverage.CONTINUES.get(call.action)
    subject = next(iter(call.arguments.values()), None)
    return begun_by is not None and Approval.objects.filter(action=begun_by, state="Done", subject_id=subject).exists()


def _refuse_again(actor: Actor, hash: str) -> None:
    """A job asks until it gets an answer: what was not approved stays so. A person may ask again."""
    if actor.door != "job":
        return
    last = Approval.objects.filter(maker=keeping.maker_key(actor), asked_hash=hash).order_by("-pk").first()
    if last is not None and last.state in ("Denied", "Cancelled", "Expired", "Stale", "Failed"):
        raise Invalid(f"Others did not approve of it ({last.state}).", code=NOT_APPROVED)
