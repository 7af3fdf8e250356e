"""Why somebody can or cannot: the answer equals what happens (generated: every role and every route), and says which part decides."""

from decimal import Decimal
from typing import Any

import pytest

from backoffice.api.routes import ROUTES
from backoffice.approvals import policies
from backoffice.contracts.access import AccessQuestion, Who
from backoffice.contracts.actor import Scope
from backoffice.contracts.approvals import ApprovalPolicyDraft
from backoffice.contracts.desk import NewApiClient, NewOperator, OperatorChange, RoleDraft, TokenRequest
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted
from backoffice.contracts.operations import ALL
from backoffice.operators import preconfigured
from backoffice.services import back_api, desk, identity
from tests.api.callers import Caller
from tests.money.bank import OWNER, wanted
from tests.operators.conftest import PASSWORD, person
from tests.rights.two_groups import OURS, TwoGroups, open_desk


@pytest.fixture
def two(db: None) -> TwoGroups:
    return open_desk()


def role(name: str, *granted: str, **limits: Any) -> str:
    return desk().roles.create(OWNER, RoleDraft(name=name, operations=list(granted), scope=Scope(**limits))).id


def asked(who: Who, action: str, **more: Any) -> Any:
    return desk().access.explain(OWNER, AccessQuestion(who=who, action=action, **more))


@pytest.mark.parametrize("name", [*preconfigured.ROLES, "Retail"])
def test_of_every_role_and_every_route_the_answer_is_what_happens(db: None, name: str) -> None:
    preconfigured.ensure_roles()
    granted = preconfigured.ROLES.get(name, ["view-common", "manage-transfers"])
    made = desk().api_clients.create(OWNER, NewApiClient(name=name, operations=list(granted)))
    request = TokenRequest(client_id=made.client_id, client_secret=made.client_secret)
    caller = Caller(identity().issue_token(request, network="127.0.0.1").access_token)
    action_of = {operation: actions[0] for operation, actions in desk().access.actions(OWNER).items()}
    for route in ROUTES:
        if route.operation not in ALL:
            continue
        status = caller.send(route.method, route.path.replace("{", "").replace("}", ""), b"{").status_code
        said = asked(Who(kind="client", id=made.client_id), action_of.get(route.operation, "own_orders.find")).status
        assert (status == 403) == (said == 403), f"{name}: {route.method} {route.path} answered {status}, explained {said}"


def test_the_limits_are_explained_as_they_hold(two: TwoGroups) -> None:
    retail = Who(kind="role", id=role("Retail", "manage-transfers", "view-common", account_groups=frozenset({OURS}), most=Decimal(100)))
    deposit = {"object_kind": "account", "asset_id": "usd"}
    assert asked(retail, "transfers.deposit", object_id=two.ours.account, amount=Decimal(5), **deposit).status == 200
    outside = asked(retail, "transfers.deposit", object_id=two.theirs.account, amount=Decimal(5), **deposit)
    assert (outside.status, outside.steps[-1].name) == (404, "object")
    much = asked(retail, "transfers.deposit", object_id=two.ours.account, amount=Decimal(500), **deposit)
    assert (much.status, much.steps[-1].detail) == (403, "Your roles let you move up to 100 of the root asset at once; this is 500.")
    assert asked(retail, "accounts.by_id", object_kind="account", object_id=two.theirs.account).status == 404
    assert asked(retail, "accounts.by_id", object_kind="account", object_id=two.ours.account).status == 200
    assert asked(retail, "users.create").status == asked(retail, "orders.page").status == 403


def test_what_was_explained_happens(two: TwoGroups) -> None:
    """The same questions put to the desk itself."""
    limits = {"scope": Scope(account_groups=frozenset({OURS}), most=Decimal(100)), "operations": ["manage-transfers", "view-common"]}
    client = desk().api_clients.create(OWNER, NewApiClient(name="gateway", **limits)).client_id
    actor = identity().actor_now("client", client, trace_id="")
    assert actor is not None
    for account, amount in ((two.ours.account, 5), (two.theirs.account, 5), (two.ours.account, 500), ("0" * 24, 5)):
        question = {"object_kind": "account", "object_id": account, "asset_id": "usd", "amount": Decimal(amount)}
        said = asked(Who(kind="client", id=client), "transfers.deposit", **question).status
        try:
            back_api().transfers.deposit(actor, wanted(account, str(amount)))
            happened = 200
        except NotFound:
            happened = 404
        except NotPermitted:
            happened = 403
        assert said == happened


def test_what_others_must_approve_is_told(two: TwoGroups) -> None:
    desk().approval_policies.create(OWNER, ApprovalPolicyDraft(name="Large money", covers="transfers.confirm", amount_from=Decimal(10)))
    # Of another's transaction that is still open nobody knows; this test's own is.
    policies.forget()
    money = Who(kind="role", id=role("Money", "manage-transfers"))
    held = asked(money, "transfers.confirm", object_kind="transfer", object_id=two.ours.transfer)
    assert (held.status, held.steps[-1].name) == (202, "approval")
    assert "Large money" in held.steps[-1].detail


def test_people_are_explained_by_their_roles(db: None) -> None:
    reader = role("Readers", "view-common")
    draft = NewOperator(username="eve", name="Eve", email="eve@example.com", password=PASSWORD, roles=[reader])
    eve = desk().operators.create(OWNER, draft)
    told = asked(Who(kind="operator", id=eve.id), "markets.find")
    assert (told.status, told.steps[1].detail) == (200, "view-common is given by Readers")
    missing = asked(Who(kind="operator", id=eve.id), "markets.create")
    assert (missing.status, missing.steps[-1].detail) == (403, "no role gives manage-markets")
    change = OperatorChange(name="Eve", email="eve@example.com", is_active=False, roles=[reader])
    desk().operators.update(OWNER, eve.id, change)
    assert asked(Who(kind="operator", id=eve.id), "markets.find").status == 401


def test_one_asks_about_oneself_and_few_about_others(db: None) -> None:
    nobody = person("nobody")
    with pytest.raises(NotPermitted):
        desk().access.explain(nobody, AccessQuestion(who=Who(kind="operator", id="root"), action="markets.find"))
    with pytest.raises(NotFound):
        desk().access.explain(nobody, AccessQuestion(who=Who(kind="operator", id="nobody"), action="markets.find"))
    with pytest.raises(Invalid):
        asked(Who(kind="role", id="x"), "market.fly")


def test_a_review_has_everybody_with_everything(two: TwoGroups) -> None:
    retail = role("Retail", "manage-transfers", "view-common", account_groups=frozenset({OURS}))
    draft = NewOperator(username="eve", name="Eve", email="eve@example.com", password=PASSWORD, roles=[retail])
    eve = desk().operators.create(OWNER, draft)
    client = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-trades"])).client_id
    actor = identity().actor_now("operator", eve.id, trace_id="")
    assert actor is not None
    back_api().transfers.deposit(actor, wanted(two.ours.account, "1"))
    rows = {(row.id, row.operation): row for row in desk().access.review(OWNER)}
    moved = rows[eve.id, "manage-transfers"]
    assert (moved.role, moved.limits, moved.factors) == ("Retail", f"account groups {OURS}", "password only")
    assert moved.last_used_at is not None
    assert rows[eve.id, "view-common"].last_used_at is None
    assert rows[client, "view-trades"].kind == "client"
