"""Change sets of commissions: drafts, their impact, applied now or at an instant, undone."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import (
    ChangeSet,
    ChangeSetDetail,
    ChangeSetDraft,
    ChangeSetQuery,
    Impact,
    ImpactQuery,
    ImpactSummary,
    Period,
    Schedule,
)
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.services import back_api


def find(actor: Actor, query: ChangeSetQuery) -> Page[ChangeSet]:
    """Change sets, newest first."""
    return back_api().commission_changes.find(actor, query)


def get(actor: Actor, change_set_id: str) -> Versioned[ChangeSetDetail]:
    """One change set, with everything it changes."""
    return back_api().commission_changes.get(actor, change_set_id)


def draft(actor: Actor, body: ChangeSetDraft) -> ChangeSetDetail:
    """Draft changes of rules and assignments."""
    return back_api().commission_changes.draft(actor, body)


def edit(actor: Actor, change_set_id: str, body: ChangeSetDraft, version: int | None) -> None:
    """Draft a change set anew, from the rules as they are now."""
    back_api().commission_changes.edit(actor, change_set_id, body, version=version)


def discard(actor: Actor, change_set_id: str, version: int | None) -> None:
    """Discard a draft."""
    back_api().commission_changes.discard(actor, change_set_id, version=version)


def estimate(actor: Actor, change_set_id: str, body: Period) -> ImpactSummary:
    """Compute what the executions of a period would have paid."""
    return back_api().commission_changes.estimate(actor, change_set_id, body)


def impact(actor: Actor, change_set_id: str, query: ImpactQuery) -> Impact:
    """The impact of a change set, by market or by client."""
    return back_api().commission_changes.impact(actor, change_set_id, query)


def cancel_estimate(actor: Actor, change_set_id: str) -> None:
    """Stop computing the impact and forget it."""
    back_api().commission_changes.cancel_estimate(actor, change_set_id)


def apply(actor: Actor, change_set_id: str, version: int | None) -> None:
    """Apply a change set now."""
    back_api().commission_changes.apply(actor, change_set_id, version=version)


def schedule(actor: Actor, change_set_id: str, body: Schedule, version: int | None) -> None:
    """Apply a change set at an instant."""
    back_api().commission_changes.schedule(actor, change_set_id, body.apply_at, version=version)


def unschedule(actor: Actor, change_set_id: str, version: int | None) -> None:
    """Make a scheduled change set a draft again."""
    back_api().commission_changes.unschedule(actor, change_set_id, version=version)


def undo(actor: Actor, change_set_id: str, version: int | None) -> None:
    """Undo an applied change set."""
    back_api().commission_changes.undo(actor, change_set_id, version=version)
