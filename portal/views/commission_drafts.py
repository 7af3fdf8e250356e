"""Changes of commissions that are kept as a draft instead of being made at once: a new change set, or further edits of an open one."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import (
    AnyEdit,
    ChangeAssignment,
    ChangeRule,
    ChangeSet,
    ChangeSetDraft,
    ChangeSetQuery,
    CreateAssignment,
    CreateRule,
    DeleteAssignment,
    DeleteRule,
    OrderAssignments,
    OrderRules,
)
from backoffice.contracts.commissions import AssignmentDraft, CommissionAssignment, NewAssignment, NewRuleDraft, RuleDraft
from backoffice.guard import permitted
from backoffice.services import back_api
from portal import respond
from portal.session import DeskRequest

OFFERED, LONGEST_NAME = 20, 100
KEPT = "Kept as a draft. Nothing has changed yet: look at its impact, then apply it."


def context_of(actor: Actor) -> dict[str, Any]:
    """Whether one may keep a draft, and the open ones that a change may join."""
    may = permitted(actor, "commission_changes.draft")
    return {"may_draft": may, "drafts": open_drafts(actor) if may else []}


def open_drafts(actor: Actor) -> list[ChangeSet]:
    return back_api().commission_changes.find(actor, ChangeSetQuery(status="Draft", limit=OFFERED)).items


def keep(request: DeskRequest, edits: Sequence[AnyEdit], name: str) -> HttpResponse:
    """`name` is what a new draft is called; the form may name an open one to add to. Refuses: Invalid, NotFound, Stale, Conflict."""
    changes, joined = back_api().commission_changes, request.POST.get("draft", "")
    if joined:
        found = changes.get(request.actor, joined)
        kept = found.value.change_set
        draft = ChangeSetDraft(name=kept.name, note=kept.note, edits=[*found.value.edits, *edits])
        changes.edit(request.actor, joined, draft, version=found.version)
        id = joined
    else:
        id = changes.draft(request.actor, ChangeSetDraft(name=name[:LONGEST_NAME], edits=list(edits))).change_set.change_set_id
    return respond.redirect(request, reverse("portal:commissions-change", args=[id]), toast=KEPT, kind="info")


def rules_ordered(profile_id: str, order: Sequence[str]) -> list[AnyEdit]:
    return [OrderRules(commission_profile_id=profile_id, commission_profile_rule_ids=list(order))]


def rule_added(profile_id: str, draft: NewRuleDraft) -> list[AnyEdit]:
    return [
        CreateRule(
            commission_profile_id=profile_id,
            market_id=draft.market_id,
            market_group_id=draft.market_group_id,
            fee_settings=draft.fee_settings,
        )
    ]


def rule_changed(rule_id: str, draft: RuleDraft, *, is_default: bool) -> list[AnyEdit]:
    """Of a default rule only the fees change."""
    if is_default:
        return [ChangeRule(commission_profile_rule_id=rule_id, fee_settings=draft.fee_settings)]
    return [
        ChangeRule(
            commission_profile_rule_id=rule_id,
            market_id=draft.market_id,
            market_group_id=draft.market_group_id,
            fee_settings=draft.fee_settings,
        )
    ]


def rule_removed(rule_id: str) -> list[AnyEdit]:
    return [DeleteRule(commission_profile_rule_id=rule_id)]


def assignments_ordered(order: Sequence[str]) -> list[AnyEdit]:
    return [OrderAssignments(commission_assignment_ids=list(order))]


def assignment_added(draft: NewAssignment) -> list[AnyEdit]:
    return [_created(draft)]


def assignment_changed(was: CommissionAssignment, draft: AssignmentDraft) -> list[AnyEdit]:
    """Whom it names does not change in place: then another takes its place."""
    if (was.user_id, was.account_id, was.account_group_id) == (draft.user_id, draft.account_id, draft.account_group_id):
        return [ChangeAssignment(commission_assignment_id=was.commission_assignment_id, commission_profile_id=draft.commission_profile_id)]
    return [DeleteAssignment(commission_assignment_id=was.commission_assignment_id), _created(draft, priority=was.priority)]


def assignment_removed(assignment_id: str) -> list[AnyEdit]:
    return [DeleteAssignment(commission_assignment_id=assignment_id)]


def _created(draft: AssignmentDraft, *, priority: int | None = None) -> CreateAssignment:
    return CreateAssignment(
        priority=priority,
        user_id=draft.user_id,
        account_id=draft.account_id,
        account_group_id=draft.account_group_id,
        commission_profile_id=draft.commission_profile_id,
    )
