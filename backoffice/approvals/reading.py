"""Approvals as those see them who may: the maker, whoever may decide, whoever may see the whole trail."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from backoffice.approvals import deciders, gate, keeping
from backoffice.approvals.models import Approval, Decision
from backoffice.contracts import approvals as contract
from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import ApprovalDecision, ApprovalState
from backoffice.contracts.audit import AuditChange
from backoffice.contracts.errors import NotFound
from backoffice.contracts.paging import Slice

MOST_WAITING = 500
SEES_ALL = "view-audit"


def find(
    actor: Actor,
    *,
    states: Sequence[ApprovalState] = (),
    object_type: str | None = None,
    object_id: str | None = None,
    is_own: bool | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Slice[contract.Approval]:
    rows = visible(actor).order_by("-pk")
    if states:
        rows = rows.filter(state__in=states)
    if object_type is not None or object_id is not None:
        wanted = {"type": object_type, "id": object_id}
        rows = rows.filter(changes__contains=[{name: value for name, value in wanted.items() if value is not None}])
    if is_own is not None:
        mine = Q(maker=keeping.maker_key(actor))
        rows = rows.filter(mine if is_own else ~mine)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.prefetch_related("decisions")[: limit + 1])
    near = [row for row in found[:limit] if _is_near(actor, row)]
    return Slice(items=shown_all(actor, near), next=found[limit - 1].pk if len(found) > limit else None)


def waiting(actor: Actor) -> list[contract.Approval]:
    if not actor.may(gate.DECIDE):
        return []
    rows = Approval.objects.filter(state="Waiting", operation__in=actor.operations, expires_at__gt=timezone.now())
    rows = rows.exclude(maker=keeping.maker_key(actor)).exclude(decisions__approver=keeping.maker_key(actor))
    found = shown_all(actor, list(rows.order_by("pk").prefetch_related("decisions")[:MOST_WAITING]))
    return [approval for approval in found if not approval.refusal]


def get(actor: Actor, approval_id: str) -> contract.Approval:
    row = visible(actor).filter(pk=approval_id).prefetch_related("decisions").first()
    if row is None or not _is_near(actor, row):
        raise unknown(approval_id)
    return shown_all(actor, [row])[0]


def visible(actor: Actor) -> QuerySet[Approval]:
    rows = Approval.objects.all()
    if actor.may(SEES_ALL):
        return rows
    mine = Q(maker=keeping.maker_key(actor)) | Q(decisions__approver=keeping.maker_key(actor))
    return rows.filter(mine | Q(operation__in=actor.operations) if actor.may(gate.DECIDE) else mine).distinct()


def _is_near(actor: Actor, row: Approval) -> bool:
    """What others ask for about things that one cannot reach is not there for one."""
    return row.maker == keeping.maker_key(actor) or actor.may(SEES_ALL) or deciders.reaches(actor, row)


def unknown(approval_id: str) -> NotFound:
    return NotFound(f"There is no approval {approval_id}.")


def shown_all(actor: Actor, rows: list[Approval], *, is_brief: bool = False) -> list[contract.Approval]:
    roles = deciders.roles_of(actor) if any(row.approver_roles or row.excluded_roles for row in rows) else frozenset[str]()
    return [_approval(actor, row, deciders.refusal(actor, row, roles), is_brief=is_brief) for row in rows]


def _approval(actor: Actor, row: Approval, refusal: str, *, is_brief: bool) -> contract.Approval:
    kind, _, id = row.maker.partition(":")
    is_own = row.maker == keeping.maker_key(actor)
    return contract.Approval(
        id=row.pk,
        action=row.action,
        operation=row.operation,
        state=row.state,
        maker_kind=kind,
        maker_id=id,
        maker_name=row.maker_name,
        door=row.door,
        reason=row.reason,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        needed=row.needed,
        policies=row.policies,
        decisions=[_decision(one) for one in sorted(row.decisions.all(), key=lambda one: one.pk)],
        about={} if is_brief else row.about,
        changes=[] if is_brief else [_change(one) for one in row.changes],
        shown_hash="" if is_brief else row.shown_hash,
        outcome=row.outcome,
        is_own=is_own,
        refusal=refusal,
        has_result=is_own and row.result_sealed is not None,
    )


def _change(kept: dict[str, Any]) -> AuditChange:
    return AuditChange(object_type=kept["type"], object_id=kept["id"], before=kept["before"], after=kept["after"])


def _decision(row: Decision) -> ApprovalDecision:
    return ApprovalDecision(
        verdict=row.verdict,
        approver_id=row.approver.partition(":")[2],
        approver_name=row.approver_name,
        door=row.door,
        reason=row.reason,
        at=row.at,
    )
