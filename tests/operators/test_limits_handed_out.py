"""A role and an API client may be limited to groups and to an amount; nobody hands out wider limits than their own."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.actor import NO_LIMITS, Scope
from backoffice.contracts.desk import ApiClientChange, NewApiClient, NewOperator, OperatorChange, RoleDraft
from backoffice.contracts.errors import Invalid, NotPermitted, OutOfScope
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.operators import models
from backoffice.services import back_api, desk, identity
from tests.operators.conftest import PASSWORD, ROOT, TRACE, acting, make_operator

METALS, RETAIL = frozenset({"metals"}), frozenset({"retail"})
BOTH = frozenset({"retail", "pro"})


@pytest.fixture(autouse=True)
def groups(db: None) -> None:
    back_api().market_groups.create(ROOT, NewMarketGroup(market_group_id="metals", name="Metals"))
    for name in BOTH:
        back_api().account_groups.create(ROOT, NewAccountGroup(account_group_id=name, name=name.title()))


def limited(name: str, *granted: str, **limits: Any) -> str:
    return desk().roles.create(ROOT, RoleDraft(name=name, operations=list(granted), scope=Scope(**limits))).id


def test_a_role_keeps_its_limits_and_the_trail_tells_them() -> None:
    role = limited("Metals desk", "view-common", market_groups=METALS, most=Decimal("2500.50"))
    kept = desk().roles.get(ROOT, role).value.scope
    assert kept == Scope(market_groups=METALS, most=Decimal("2500.5"))
    desk().roles.update(ROOT, role, RoleDraft(name="Metals desk", operations=["view-common"], scope=Scope(account_groups=RETAIL)))
    (changed, made) = desk().audit.timeline(ROOT, "role", role)
    assert made.changes[0].after["marketGroups"] == "metals"
    assert changed.changes[0].before == {"marketGroups": "metals", "most": "2500.50", "accountGroups": None}
    assert changed.changes[0].after == {"marketGroups": None, "most": None, "accountGroups": "retail"}


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"market_groups": frozenset({"nothing"})}, "marketGroups"),
        ({"account_groups": frozenset({"metals"})}, "accountGroups"),
        ({"account_groups": frozenset()}, "accountGroups"),
        ({"most": Decimal(0)}, "most"),
        ({"most": Decimal("NaN")}, "most"),
        ({"most": Decimal("Infinity")}, "most"),
    ],
)
def test_limits_that_do_not_fit_are_refused(limits: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        limited("Faulty", "view-common", **limits)
    assert list(refused.value.fields) == [field]


def test_an_operation_is_limited_by_the_union_of_the_roles_that_give_it() -> None:
    metals, retail = limited("Metals", "view-common", market_groups=METALS), limited("Retail", "view-common", "view-orders", account_groups=RETAIL)
    make_operator("ann", metals, retail)
    scopes = acting("ann").scopes
    assert set(scopes["view-common"]) == {Scope(market_groups=METALS), Scope(account_groups=RETAIL)}
    assert scopes["view-orders"] == (Scope(account_groups=RETAIL),)
    make_operator("ben", metals, limited("Everything", "view-common"))
    assert acting("ben").scopes == {}


def test_a_job_and_a_token_carry_the_limits_too(client: Any) -> None:
    make_operator("ann", limited("Retail", "view-common", account_groups=RETAIL))
    person = models.Operator.objects.get(username="ann")
    found = identity().actor_now("operator", person.id, trace_id=TRACE)
    assert found is not None
    assert found.scopes == {"view-common": (Scope(account_groups=RETAIL),)}
    desk().api_clients.update(ROOT, client.client_id, ApiClientChange(operations=["view-common"], is_active=True, scope=Scope(most=Decimal(5))))
    program = identity().actor_now("client", client.client_id, trace_id=TRACE)
    assert program is not None
    assert program.scopes == {"view-common": (Scope(most=Decimal(5)),)}


def test_what_is_about_people_knows_no_limits() -> None:
    make_operator("ann", limited("Staff of retail", "manage-operators", "manage-roles", "view-common", account_groups=RETAIL))
    assert set(acting("ann").scopes) == {"view-common"}


def test_nobody_hands_out_wider_limits_than_their_own() -> None:
    make_operator("ann", limited("Head of retail", "manage-roles", "manage-operators", "manage-api-clients", "view-common", account_groups=RETAIL))
    ann = acting("ann")
    desk().roles.create(ann, RoleDraft(name="Retail", operations=["view-common"], scope=Scope(account_groups=RETAIL, most=Decimal(1))))
    for wider in (NO_LIMITS, Scope(account_groups=BOTH), Scope(most=Decimal(1))):
        with pytest.raises(OutOfScope, match="view-common within limits"):
            desk().roles.create(ann, RoleDraft(name="Wider", operations=["view-common"], scope=wider))
        with pytest.raises(OutOfScope):
            desk().api_clients.create(ann, NewApiClient(name="wider", operations=["view-common"], scope=wider))


def test_nobody_widens_a_role_or_gives_a_wider_one() -> None:
    make_operator("ann", limited("Head of retail", "manage-roles", "manage-operators", "view-common", account_groups=RETAIL))
    ann, role = acting("ann"), limited("Pro", "view-common", account_groups=BOTH)
    desk().roles.update(ann, role, RoleDraft(name="Professional", operations=["view-common"], scope=Scope(account_groups=BOTH)))
    with pytest.raises(OutOfScope):
        desk().roles.update(ann, role, RoleDraft(name="Pro", operations=["view-common"]))
    with pytest.raises(OutOfScope):
        desk().operators.create(ann, NewOperator(username="eve", name="Eve", email="eve@example.com", password=PASSWORD, roles=[role]))
    with pytest.raises(OutOfScope):
        desk().operators.set_password(ann, make_operator("pro", role).id, "another good battery")


def test_the_last_administrator_without_limits_stays(roles: dict[str, str]) -> None:
    boss = make_operator("boss", roles["Administrator"])
    make_operator("head", limited("Head of retail", "manage-roles", "manage-operators", account_groups=RETAIL))
    with pytest.raises(Invalid, match="last active operator"):
        desk().operators.update(ROOT, boss.id, OperatorChange(name="Boss", email="boss@example.com", is_active=False, roles=[]))


def test_a_clients_secret_is_not_for_who_may_do_less(client: Any) -> None:
    make_operator("ann", limited("Programs of retail", "manage-api-clients", "manage-markets", "view-common", account_groups=RETAIL))
    with pytest.raises(NotPermitted):
        desk().api_clients.rotate(acting("ann"), client.client_id)
