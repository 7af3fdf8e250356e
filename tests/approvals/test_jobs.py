"""Jobs obey: a change set that comes due waits where a policy holds it, unless others approved of its schedule."""

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.approvals import models
from backoffice.commission_changes.models import ChangeSet
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import ChangeSetDraft
from backoffice.jobs.commission_changes import apply_due
from backoffice.services import BackApi, back_api, desk
from tests.approvals.desk_of_two import OWNER, approve, held, person, policy, role
from tests.commission_changes.conftest import dearer, draft, rules, status
from tests.commissions.conftest import accounts, api

__all__ = ["accounts", "api", "rules"]
SOON = timedelta(minutes=30)


@pytest.fixture
def people(db: None) -> tuple[Actor, Actor]:
    fees = role("Fees", "manage-commission-rules", "view-commission-rules", "decide-approvals")
    return person("mary", fees), person("charles", fees)


def come_due(change_set: str) -> None:
    ChangeSet.objects.filter(pk=change_set).update(apply_at=timezone.now() - timedelta(seconds=1))


def scheduled(rules: dict[str, str], maker: Actor) -> str:
    change_set = draft(dearer(rules["metals"]))
    back_api().commission_changes.schedule(maker, change_set, timezone.now() + SOON)
    return change_set


def test_what_was_scheduled_before_the_policy_waits_and_is_applied_by_approving(
    api: BackApi, rules: dict[str, str], people: tuple[Actor, Actor]
) -> None:
    maker, checker = people
    change_set = scheduled(rules, maker)
    policy("manage-commission-rules")
    come_due(change_set)
    for _ in range(3):
        apply_due()
    (waiting,) = models.Approval.objects.all()
    assert (waiting.action, waiting.maker, waiting.door, status(change_set)) == (
        "commission_changes.apply_due",
        f"operator:{maker.id}",
        "job",
        "Scheduled",
    )
    assert approve(checker, waiting.pk).state == "Done"
    assert status(change_set) == "Applied"


def test_what_others_did_not_approve_of_fails_and_is_not_asked_for_for_ever(api: BackApi, rules: dict[str, str], people: tuple[Actor, Actor]) -> None:
    maker, checker = people
    change_set = scheduled(rules, maker)
    policy("commission_changes.apply_due")
    come_due(change_set)
    apply_due()
    desk().approvals.deny(checker, models.Approval.objects.get().pk, reason="Not this month.")
    apply_due()
    detail = back_api().commission_changes.get(OWNER, change_set).value.change_set
    assert (detail.status, models.Approval.objects.count()) == ("Failed", 1)


def test_who_approved_of_the_schedule_approved_of_what_comes_of_it(api: BackApi, rules: dict[str, str], people: tuple[Actor, Actor]) -> None:
    maker, checker = people
    policy("manage-commission-rules")
    change_set = draft_past_the_policy(rules, maker, checker)
    waiting = held(back_api().commission_changes.schedule, maker, change_set, timezone.now() + SOON)
    assert approve(checker, waiting).state == "Done"
    come_due(change_set)
    apply_due()
    assert (status(change_set), models.Approval.objects.exclude(state="Done").count()) == ("Applied", 0)


def draft_past_the_policy(rules: dict[str, str], maker: Actor, checker: Actor) -> str:
    waiting = held(back_api().commission_changes.draft, maker, ChangeSetDraft(name="Dearer", edits=[dearer(rules["metals"])]))
    approve(checker, waiting)
    return str(desk().approvals.result(maker, waiting)["changeSet"]["changeSetId"])
