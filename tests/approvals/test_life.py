"""What becomes of a call that a policy holds, and everything that must not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from backoffice.approvals import models, policies
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted
from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.jobs.approvals import WORKER
from backoffice.markets.models import MarketGroup
from backoffice.operators.models import Operator
from backoffice.services import BackApi, back_api, desk
from tests.approvals.desk_of_two import OWNER, approve, held, person, policy, role, take_role

METALS = NewMarketGroup(market_group_id="metals", name="Metals")


@pytest.fixture(autouse=True)
def nothing_is_left_half(db: None) -> Iterator[None]:
    yield
    if not connection.needs_rollback:
        assert not models.Approval.objects.filter(state="Approved").exists()


def ask(api: BackApi, maker: Actor) -> str:
    return held(api.market_groups.create, maker, METALS)


def has_metals() -> bool:
    return any(group.market_group_id == "metals" for group in back_api().market_groups.find(OWNER))


def test_a_call_waits_is_shown_and_is_carried_out_as_its_maker(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    assert not has_metals()
    seen = desk().approvals.get(checker, waiting)
    assert [(one.object_type, one.object_id, one.after) for one in seen.changes] == [("market_group", "metals", {"name": "Metals"})]
    assert (seen.state, seen.refusal, seen.is_own, seen.maker_name) == ("Waiting", "", False, "Mary")
    done = approve(checker, waiting)
    assert (done.state, done.outcome) == ("Done", "")
    assert has_metals()
    record = desk().audit.find(OWNER, action="market_groups.create")[0]
    assert (record.actor_name, record.door) == ("Mary", "portal")


def test_the_diff_is_exact_for_a_change(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("market_groups.update")
    waiting = held(api.market_groups.update, maker, "majors", MarketGroupChange(name="Major pairs"))
    (change,) = desk().approvals.get(checker, waiting).changes
    assert (change.object_id, change.before, change.after) == ("majors", {"name": "Majors"}, {"name": "Major pairs"})
    assert approve(checker, waiting).state == "Done"


def test_nobody_approves_their_own(api: BackApi, maker: Actor) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    with pytest.raises(NotPermitted) as refusal:
        approve(maker, waiting)
    assert refusal.value.detail == "Who asks for something does not approve it."
    with pytest.raises(NotPermitted):
        desk().approvals.deny(maker, waiting, reason="I changed my mind.")
    assert (desk().approvals.get(maker, waiting).state, has_metals()) == ("Waiting", False)


def test_the_database_itself_refuses_a_maker_who_checks(api: BackApi, maker: Actor) -> None:
    policy("manage-markets")
    row = models.Approval.objects.get(pk=ask(api, maker))
    said = {"approver_name": "Mary", "verdict": "Approved", "door": "cli", "trace_id": "", "at": timezone.now()}
    with pytest.raises(IntegrityError, match="approval_maker_is_not_checker"), transaction.atomic():
        models.Decision.objects.create(approval=row, maker=row.maker, approver=row.maker, **said)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="approval_decision_repeats_the_maker"), transaction.atomic():
        models.Decision.objects.create(approval=row, maker="operator:somebody", approver=row.maker, **said)


def test_the_database_keeps_what_was_shown(api: BackApi, maker: Actor) -> None:
    policy("manage-markets")
    rows = models.Approval.objects.filter(pk=ask(api, maker))
    edits = ({"shown_hash": "0" * 64}, {"sealed": b"another"}, {"needed": 0}, {"maker": "operator:x"}, {"state": "Done", "ended_at": timezone.now()})
    for edit in edits:
        with pytest.raises(IntegrityError, match="does not change so"), transaction.atomic():
            rows.update(**edit)


@pytest.mark.parametrize("lost", ["the operation", "to decide", "to act"])
def test_who_lost_the_right_in_between_does_not_approve(api: BackApi, maker: Actor, dealing: str, lost: str) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    other = person("olga", dealing)
    seen = desk().approvals.get(other, waiting)
    take_role(other, dealing)
    if lost != "to act":
        some = role("Some", *(("decide-approvals",) if lost == "the operation" else ("manage-markets",)))
        Operator.roles.through.objects.create(operator_id=other.id, role_id=some)
    with pytest.raises(NotPermitted):
        # Their browser still believes that they may.
        desk().approvals.approve(other, waiting, seen.shown_hash)
    assert not has_metals()


def test_the_yes_of_who_lost_the_right_since_does_not_count(api: BackApi, maker: Actor, checker: Actor, dealing: str) -> None:
    policy("manage-markets", approvers_needed=2)
    waiting = ask(api, maker)
    assert approve(checker, waiting).state == "Waiting"
    take_role(checker, dealing)
    assert approve(person("olga", dealing), waiting).state == "Waiting"
    assert not has_metals()
    assert approve(person("petra", dealing), waiting).state == "Done"


def test_one_person_decides_once(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets", approvers_needed=2)
    waiting = ask(api, maker)
    approve(checker, waiting)
    with pytest.raises(Conflict) as refusal:
        approve(checker, waiting)
    assert refusal.value.code == "approval_decided"


def test_a_maker_who_lost_the_right_is_told_and_nothing_happens(api: BackApi, maker: Actor, checker: Actor, dealing: str) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    take_role(maker, dealing)
    with pytest.raises(Conflict) as refusal:
        approve(checker, waiting)
    assert refusal.value.code == "approval_stale"
    ended = desk().approvals.get(OWNER, waiting)
    assert (ended.state, ended.outcome, has_metals()) == ("Stale", "Whoever asked for it may no longer do it.", False)


@pytest.mark.parametrize("moved", ["changed", "gone"])
def test_what_changed_since_it_was_shown_is_stale(api: BackApi, maker: Actor, checker: Actor, moved: str) -> None:
    made = policy("market_groups.update")
    waiting = held(api.market_groups.update, maker, "majors", MarketGroupChange(name="Major pairs"))
    seen = desk().approvals.get(checker, waiting)
    without(made.id)
    if moved == "changed":
        api.market_groups.update(OWNER, "majors", MarketGroupChange(name="The majors"))
    else:
        api.market_groups.delete(OWNER, "majors")
    with pytest.raises(Conflict) as refusal:
        desk().approvals.approve(checker, waiting, seen.shown_hash)
    assert refusal.value.code == "approval_stale"
    assert desk().approvals.get(maker, waiting).state == "Stale"


def without(policy_id: str) -> None:
    desk().approval_policies.delete(OWNER, policy_id)
    policies.forget()


def test_an_edit_asks_anew_and_voids_what_was_said(api: BackApi, maker: Actor, checker: Actor) -> None:
    """The same call means another change now: who approved of the first has not approved of this one."""
    policy("market_groups.update", approvers_needed=2)
    first = held(api.market_groups.update, maker, "majors", MarketGroupChange(name="Major pairs"))
    approve(checker, first)
    MarketGroup.objects.filter(pk="majors").update(name="The majors")
    second = held(api.market_groups.update, maker, "majors", MarketGroupChange(name="Major pairs"))
    assert second != first
    assert (desk().approvals.get(maker, first).state, desk().approvals.get(maker, second).decisions) == ("Stale", [])


def test_approving_binds_to_the_hash_that_was_seen(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    with pytest.raises(Conflict) as refusal:
        desk().approvals.approve(checker, waiting, "0" * 64)
    assert refusal.value.code == "approval_changed"
    assert desk().approvals.get(checker, waiting).state == "Waiting"


def test_the_same_call_waits_once(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    assert ask(api, maker) == ask(api, maker)
    assert held(api.market_groups.create, checker, METALS) != ask(api, maker)


@pytest.mark.parametrize("end", ["deny", "cancel", "expire"])
def test_an_end_without_approval_is_an_end(api: BackApi, maker: Actor, checker: Actor, end: str) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    seen = desk().approvals.get(checker, waiting)
    if end == "deny":
        assert desk().approvals.deny(checker, waiting, reason="We have one.").outcome == "We have one."
    elif end == "cancel":
        with pytest.raises(NotPermitted):
            desk().approvals.cancel(checker, waiting)
        desk().approvals.cancel(maker, waiting)
    else:
        models.Approval.objects.filter(pk=waiting).update(expires_at=timezone.now() - timedelta(seconds=1))
    # An expired one is refused before anybody has swept.
    with pytest.raises(Conflict) as refusal:
        desk().approvals.approve(checker, waiting, seen.shown_hash)
    assert refusal.value.code == "approval_ended"
    desk().approvals.sweep(WORKER)
    expected = {"deny": "Denied", "cancel": "Cancelled", "expire": "Expired"}[end]
    assert (desk().approvals.get(maker, waiting).state, has_metals()) == (expected, False)
    # A person may ask again.
    assert ask(api, maker) != waiting


def test_a_reason_is_needed_to_deny(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    with pytest.raises(Invalid):
        desk().approvals.deny(checker, ask(api, maker), reason=" ")


def test_those_who_may_approve_are_told_and_nobody_else(api: BackApi, maker: Actor, checker: Actor) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    told = [one for one in back_api().notifications.find(checker) if one.type == "ApprovalWaiting"]
    assert [(one.data.approval_id, one.data.requested_by) for one in told] == [(waiting, "Mary")]
    assert [one for one in back_api().notifications.find(person("sam", role("Support", "view-common"))) if one.type == "ApprovalWaiting"] == []


@pytest.mark.parametrize(("end", "severity"), [("Done", "info"), ("Denied", "warning"), ("Expired", "warning"), ("Cancelled", "")])
def test_the_maker_is_told_what_became_of_it(api: BackApi, maker: Actor, checker: Actor, end: str, severity: str) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    if end == "Done":
        approve(checker, waiting)
    elif end == "Denied":
        desk().approvals.deny(checker, waiting, reason="No.")
    elif end == "Expired":
        models.Approval.objects.filter(pk=waiting).update(expires_at=timezone.now())
        desk().approvals.sweep(WORKER)
    else:
        desk().approvals.cancel(maker, waiting)
    told = [one for one in back_api().notifications.find(maker) if one.type == "ApprovalEnded"]
    assert [(one.severity, one.data.state) for one in told] == ([(severity, end)] if severity else [])
