"""What becomes of a call that a policy holds, and everything that must not."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from backoffice.approvals import models, policies
from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.approvals import ApprovalPolicyDraft
from backoffice.contracts.desk import NewApiClient, RoleDraft
from backoffice.contracts.errors import Conflict, Invalid, NotFound, NotPermitted
from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.contracts.notifications import AdminNotification
from backoffice.jobs.approvals import WORKER
from backoffice.markets.models import MarketGroup
from backoffice.operators.models import Operator
from backoffice.services import BackApi, back_api, desk
from tests.approvals.desk_of_two import OWNER, acting, approve, held, person, policy, role, take_role

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


def test_roles_that_may_and_may_not(api: BackApi, maker: Actor, dealing: str) -> None:
    risk, trainee = role("Risk"), role("Trainee")
    policy("manage-markets", approver_roles=[risk], excluded_roles=[trainee])
    waiting = ask(api, maker)
    plain, both, right = person("paul", dealing), person("bob", dealing, risk, trainee), person("rita", dealing, risk)
    for wrong in (plain, both):
        assert desk().approvals.waiting(wrong) == []
        with pytest.raises(NotPermitted):
            approve(wrong, waiting)
    assert [one.id for one in desk().approvals.waiting(right)] == [waiting]
    assert approve(right, waiting).state == "Done"


def test_policies_of_one_call_add_up(api: BackApi, maker: Actor, checker: Actor, dealing: str) -> None:
    policy("manage-markets", approvers_needed=1, expires_after_minutes=600)
    policy("market_groups.create", approvers_needed=2, expires_after_minutes=60)
    seen = desk().approvals.get(maker, ask(api, maker))
    assert (seen.needed, len(seen.policies), seen.expires_at - seen.asked_at) == (2, 2, timedelta(minutes=60))


def test_conditions_on_market_groups_and_the_roles_of_makers(api: BackApi, maker: Actor, dealing: str) -> None:
    trainee = role("Trainee")
    policy("market_groups.update", market_group_ids=["majors"], maker_roles=[trainee])
    api.market_groups.create(OWNER, METALS)
    young = person("yves", dealing, trainee)
    change = MarketGroupChange(name="Others")
    api.market_groups.update(maker, "majors", change)
    api.market_groups.update(young, "metals", MarketGroupChange(name="Precious"))
    held(api.market_groups.update, young, "majors", MarketGroupChange(name="Majors"))


def test_breaking_the_glass_is_possible_loud_and_on_record(api: BackApi, dealing: str, checker: Actor) -> None:
    policy("manage-markets", approvers_needed=5)
    maker = person("gina", dealing, role("Emergency", "break-glass"))
    waiting = ask(api, maker)
    with pytest.raises(NotPermitted):
        desk().approvals.break_glass(checker, waiting, reason="Now.")
    with pytest.raises(Invalid):
        desk().approvals.break_glass(maker, waiting, reason="")
    done = desk().approvals.break_glass(maker, waiting, reason="Trading stands still and nobody answers.")
    assert (done.state, [one.verdict for one in done.decisions], has_metals()) == ("Done", ["BrokenGlass"], True)
    told: list[AdminNotification] = [one for one in back_api().notifications.find(checker) if one.type == "BreakGlass"]
    assert [(one.severity, one.data.reason) for one in told] == [("error", "Trading stands still and nobody answers.")]
    assert [one.maker_name for one in desk().approvals.broken_glass(checker)] == ["Gina"]
    (record,) = desk().audit.find(OWNER, action="approvals.break_glass")
    assert record.actor_name == "Gina"
    models.Approval.objects.filter(pk=waiting).update(asked_at=timezone.now() - timedelta(days=40))
    assert desk().approvals.broken_glass(checker) == []


def test_nobody_breaks_the_glass_for_another(api: BackApi, maker: Actor, dealing: str) -> None:
    policy("manage-markets")
    waiting = ask(api, maker)
    with pytest.raises(NotPermitted):
        desk().approvals.break_glass(person("gina", dealing, role("Emergency", "break-glass")), waiting, reason="For Mary.")
    assert not has_metals()


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


def test_policies_are_held_by_a_policy_too(db: None) -> None:
    police = role("Police", "manage-approval-policies", "decide-approvals")
    one, other = person("one", police), person("other", police)
    policy("manage-approval-policies")
    waiting = held(desk().approval_policies.create, one, ApprovalPolicyDraft(name="Mine", covers="manage-markets"))
    (change,) = desk().approvals.get(other, waiting).changes
    assert (change.object_type, change.object_id, change.after["covers"]) == ("approval_policy", "new-1", "manage-markets")
    assert approve(other, waiting).state == "Done"
    assert "Mine" in [found.name for found in desk().approval_policies.find(one)]


def test_what_is_secret_is_never_shown_and_goes_to_its_maker_once(db: None) -> None:
    keeping = role("Keys", "manage-api-clients", "view-common", "decide-approvals")
    maker, checker = person("kim", keeping), person("lou", keeping)
    client = desk().api_clients.create(maker, NewApiClient(name="crm", operations=["view-common"])).client_id
    policy("api_clients.rotate")
    waiting = held(desk().api_clients.rotate, maker, client)
    (change,) = desk().approvals.get(checker, waiting).changes
    assert (change.before, change.after) == ({"secret": "set"}, {"secret": "set anew"})
    done = approve(checker, waiting)
    assert (done.state, done.has_result, desk().approvals.get(maker, waiting).has_result) == ("Done", False, True)
    with pytest.raises(NotFound):
        desk().approvals.result(checker, waiting)
    answered = desk().approvals.result(maker, waiting)
    assert answered["clientId"] == client
    assert answered["clientSecret"]
    with pytest.raises(NotFound):
        desk().approvals.result(maker, waiting)
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text FROM approvals_approval a")
        assert str(answered["clientSecret"]) not in str(cursor.fetchall())


def test_a_password_that_waits_is_sealed(db: None, dealing: str) -> None:
    peoples = role("People", "manage-operators", "decide-approvals", *("view-common",))
    maker, checker = person("kim", peoples), person("lou", peoples)
    target = person("target", role("Empty"))
    policy("operators.set_password")
    waiting = held(desk().operators.set_password, maker, target.id, "another horse battery")
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, (SELECT string_agg(c::text, '') FROM core_auditchange c) FROM approvals_approval a")
        assert "another horse" not in str(cursor.fetchall())
        cursor.execute("SELECT encode(sealed, 'escape') FROM approvals_approval")
        assert "another horse" not in str(cursor.fetchall())
    assert approve(checker, waiting).state == "Done"
    assert acting(target.id)


def test_a_policy_says_what_is_wrong_with_it(db: None) -> None:
    draft = ApprovalPolicyDraft(
        name=" ", covers="manage-nothing", amount_from=Decimal(0), approvers_needed=0, expires_after_minutes=1, approver_roles=["nobody"]
    )
    with pytest.raises(Invalid) as refusal:
        desk().approval_policies.create(OWNER, draft)
    assert set(refusal.value.fields) == {"name", "covers", "amountFrom", "approversNeeded", "expiresAfterMinutes", "roles"}


def test_who_reaches_only_some_groups_decides_only_there(api: BackApi, maker: Actor) -> None:
    limited = RoleDraft(
        name="Metals only", operations=["manage-markets", "decide-approvals", "view-common"], scope=Scope(market_groups=frozenset({"majors"}))
    )
    near = person("nina", desk().roles.create(OWNER, limited).id)
    api.market_groups.create(OWNER, METALS)
    policy("manage-markets")
    beyond = held(api.market_groups.update, maker, "metals", MarketGroupChange(name="Precious"))
    within = held(api.market_groups.update, maker, "majors", MarketGroupChange(name="Major pairs"))
    assert [one.id for one in desk().approvals.waiting(near)] == [within]
    assert [one.id for one in desk().approvals.find(near).items] == [within]
    seen = desk().approvals.get(maker, beyond)
    with pytest.raises(NotFound):
        desk().approvals.get(near, beyond)
    with pytest.raises(NotPermitted):
        desk().approvals.approve(near, beyond, seen.shown_hash)
    assert approve(near, within).state == "Done"
