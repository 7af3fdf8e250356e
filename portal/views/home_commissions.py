"""What of commissions waits for a person: change sets that failed at their time, drafts that wait for a decision."""

from collections.abc import Iterator

from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import ChangeSet, ChangeSetQuery
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.views.home_money import Need

FAILED, DRAFTS = 5, 3


def needs_of_commissions(actor: Actor) -> list[Need]:
    """Of those only who could decide them is told."""
    return [*_failed(actor), *_drafts(actor)] if permitted(actor, "commission_changes.apply") else []


def _failed(actor: Actor) -> Iterator[Need]:
    for change in back_api().commission_changes.find(actor, ChangeSetQuery(status="Failed", limit=FAILED)).items:
        why = change.reason or "Its page says why."
        yield Need("calendar-x", "bad", f"{change.name} could not be applied", why, _href(change), "Look")


def _drafts(actor: Actor) -> Iterator[Need]:
    found = back_api().commission_changes.find(actor, ChangeSetQuery(status="Draft", limit=DRAFTS))
    for change in found.items:
        known = change.impact is not None and change.impact.status == "Done"
        why = f"{change.change_count:,} changed · by {change.created_by} · its impact is {'known' if known else 'not looked at yet'}"
        yield Need("file-pen-line", "wait", f"{change.name} waits as a draft", why, _href(change), "Review")
    if more := found.total - len(found.items):
        href = reverse("portal:commissions-changes") + "?status=Draft"
        yield Need("file-pen-line", "wait", f"{more:,} more change set{' waits' if more == 1 else 's wait'} as drafts", "Older ones", href, "Show")


def _href(change: ChangeSet) -> str:
    return reverse("portal:commissions-change", args=[change.change_set_id])
