"""What policies ask for, who may answer them, how they are passed in an emergency, and what stays secret."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.approvals import models
from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.approvals import ApprovalPolicyDraft
from backoffice.contracts.desk import NewApiClient, RoleDraft
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.contracts.notifications import AdminNotification
from backoffice.services import BackApi, back_api, desk
from tests.approvals.desk_of_two import OWNER, acting, approve, held, person, policy, role

METALS = NewMarketGroup(market_group_id="metals", name="Metals")


def ask(api: BackApi, maker: Actor) -> str:
    return held(api.market_groups.create, maker, METALS)


def has_metals() -> bool:
    return any(group.market_group_id == "metals" for group in back_api().market_groups.find(OWNER))


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
