"""Every door obeys: API, command line, jobs."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backoffice.api.routes import ROUTES, Route
from backoffice.api.waiting import may_wait
from backoffice.approvals import coverage
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import NewApiClient
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.permissions import RULES, Reads
from backoffice.services import BackApi, desk
from tests.api.callers import V2, Caller, caller
from tests.approvals.desk_of_two import OWNER, approve, held, policy

__all__ = ["caller"]
ROOT = Path(__file__).resolve().parents[2]
SHAPED = {"transfers.deposit", "transfers.withdraw"}


def verbs_of(route: Route) -> list[str]:
    """What its function calls on the seam, read off its source: `back_api().area.act(...)`, or `area.act(...)` of a name that stands for it."""
    nodes = list(ast.walk(ast.parse(textwrap.dedent(inspect.getsource(route.endpoint.act)))))
    called = [node.func for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = {
        node.targets[0].id: area
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and (area := area_of(node.value))
    }
    areas = [(area_of(act.value) or named.get(getattr(act.value, "id", "")), act.attr) for act in called]
    return [verb for area, act in areas if area and (verb := f"{area}.{act}") in RULES]


def area_of(node: ast.expr) -> str | None:
    return node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call) else None


@pytest.mark.parametrize("route", [route for route in ROUTES if route.operation], ids=lambda route: f"{route.method} {route.path}")
def test_a_route_tells_of_202_where_a_policy_can_hold_it_and_nowhere_else(route: Route) -> None:
    verbs = verbs_of(route)
    assert verbs, "no verb was found in the source of its function"
    assert may_wait(route) == any(coverage.is_holdable(verb) and verb not in SHAPED for verb in verbs)


def test_the_api_answers_202_and_the_approval_can_be_followed(api: BackApi, caller: Callable[..., Caller], checker: Actor) -> None:
    policy("manage-markets")
    program = caller("manage-markets", "view-common")
    answer = program.post("market-groups", {"marketGroupId": "metals", "name": "Metals"})
    assert (answer.status_code, answer.json()["state"], answer["Cache-Control"]) == (202, "Waiting", "no-store")
    path = f"{V2}/approvals/{answer.json()['approvalId']}"
    seen = program.get(path).json()
    assert (seen["action"], seen["isOwn"], seen["refusal"]) == ("market_groups.create", True, "Who asks for something does not approve it.")
    assert program.get(f"{V2}/market-groups/metals").status_code == 404
    # Again: the same approval.
    assert program.post("market-groups", {"marketGroupId": "metals", "name": "Metals"}).json() == answer.json()
    # An invalid call is refused as without a policy.
    assert program.post("market-groups", {"marketGroupId": "majors", "name": "Majors"}).status_code == 400
    assert program.post(f"{path}/approve", {"shownHash": seen["shownHash"]}).status_code == 403
    done = approve(checker, seen["id"])
    assert (done.state, program.get(path).json()["state"], program.get(f"{V2}/market-groups/metals").status_code) == ("Done", "Done", 200)
    assert program.post(f"{path}/result").json()["marketGroupId"] == "metals"
    assert program.post(f"{path}/result").status_code == 404


def test_who_asked_through_the_api_does_not_approve_through_it(api: BackApi, caller: Callable[..., Caller]) -> None:
    policy("manage-markets")
    maker, checker = (caller("manage-markets", "view-common", "decide-approvals") for _ in range(2))
    waiting = maker.post("market-groups", {"marketGroupId": "metals", "name": "Metals"}).json()["approvalId"]
    given = {"shownHash": maker.get(f"{V2}/approvals/{waiting}").json()["shownHash"]}
    own = maker.post(f"{V2}/approvals/{waiting}/approve", given)
    assert (own.status_code, own.json()["detail"]) == (403, "Who asks for something does not approve it.")
    assert checker.post(f"{V2}/approvals/{waiting}/approve", given).json()["state"] == "Done"


def test_who_may_not_do_it_does_not_see_it(api: BackApi, caller: Callable[..., Caller]) -> None:
    policy("manage-markets")
    waiting = caller("manage-markets").post("market-groups", {"marketGroupId": "metals", "name": "Metals"}).json()["approvalId"]
    for other in (caller("view-common", "decide-approvals"), caller("manage-markets")):
        assert other.get(f"{V2}/approvals/{waiting}").status_code == 404
        assert other.get(f"{V2}/approvals").json() == []


def test_policies_are_kept_through_the_api(db: None, caller: Callable[..., Caller]) -> None:
    police, other = caller("manage-approval-policies"), caller("manage-markets")
    draft = {"name": "Large", "covers": "transfers.confirm", "amountFrom": "10000", "approversNeeded": 2}
    assert other.post(f"{V2}/approval-policies", draft).status_code == 403
    made = police.post(f"{V2}/approval-policies", draft).json()
    path = f"{V2}/approval-policies/{made['id']}"
    tag = other.get(path)["ETag"]
    assert police.put(path, draft | {"approversNeeded": 6}).json()["errors"] == {"approversNeeded": ["must be from 1 to 5"]}
    assert police.put(path, draft | {"isActive": False}, If_Match=tag).status_code == 200
    assert police.put(path, draft, If_Match=tag).status_code == 412
    assert [one["isActive"] for one in other.get(f"{V2}/approval-policies").json()] == [False]
    assert police.delete(path).status_code == 200
    refused = police.post(f"{V2}/approval-policies", draft | {"covers": "approvals.approve"}).json()
    assert refused["errors"] == {"covers": ["cannot be held: deciding cannot itself wait for a decision"]}


def test_the_command_line_waits_with_a_status_of_its_own(api: BackApi, checker: Actor, tmp_path: Path) -> None:
    policy("rates.set_root")
    with pytest.raises(CommandError) as refusal:
        call_command("set_root_asset", "usd")
    assert refusal.value.returncode == 3
    waiting = str(refusal.value).rpartition(" ")[2]
    assert approve(checker, waiting).state == "Done"
    assert api.rates.root(OWNER) is not None


def test_a_person_decides_on_the_command_line_and_nobody_else(api: BackApi, maker: Actor, checker: Actor, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse battery\n")
    policy("manage-assets")
    with pytest.raises(CommandError) as refusal:
        call_command("set_root_asset", "usd")
    waiting = str(refusal.value).rpartition(" ")[2]
    told = StringIO()
    call_command("approvals", "list", stdout=told)
    assert waiting in told.getvalue()
    call_command("approvals", "show", waiting, stdout=told)
    shown = told.getvalue().split("shown ")[1].strip()
    for wrong in ({}, {"username": "charles"}, {"username": "charles", "shown": "0" * 12, "password_file": password}):
        with pytest.raises(CommandError):
            call_command("approvals", "approve", waiting, **wrong)
    call_command("approvals", "approve", waiting, username="charles", shown=shown[:12], password_file=password, stdout=told)
    assert told.getvalue().endswith(f"{waiting} Done\n")
    (decision,) = desk().approvals.get(OWNER, waiting).decisions
    assert (decision.approver_name, decision.door) == ("Charles", "cli")


def test_who_asked_as_an_operator_does_not_approve_on_the_command_line(api: BackApi, maker: Actor, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("correct horse battery\n")
    policy("manage-markets")
    waiting = held(api.market_groups.create, maker, NewMarketGroup(market_group_id="metals", name="Metals"))
    shown = desk().approvals.get(maker, waiting).shown_hash
    with pytest.raises(CommandError, match="Who asks for something does not approve it"):
        call_command("approvals", "approve", waiting, username="mary", shown=shown, password_file=password)


def test_the_command_that_makes_tokens_is_no_way_around(db: None) -> None:
    desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common"]))
    policy("api_clients.create")
    for asked in ({"client": "new"}, {"client": "crm"}):
        with pytest.raises(CommandError, match="approval of others"):
            call_command("issue_token", operations="view-common,manage-markets", **asked)
    call_command("issue_token", operations="view-common", client="crm", stdout=StringIO())


@pytest.mark.parametrize("path", sorted(ROOT.glob("backoffice/*/management/commands/[a-z]*.py")), ids=lambda path: path.stem)
def test_a_command_that_changes_something_ends_with_the_status_of_what_waits(path: Path) -> None:
    """Read off its source, as the verbs of a route are."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    called = [node for node in nodes if isinstance(node, ast.Attribute) and (area := area_of(node.value)) and f"{area}.{node.attr}" in RULES]
    if any(coverage.is_holdable(f"{area_of(node.value)}.{node.attr}") for node in called):
        assert "commands.refused(" in path.read_text()


def test_what_cannot_be_held_is_this_and_nothing_else() -> None:
    changing = {action for action, rule in RULES.items() if not isinstance(rule, Reads) and rule.operation not in ("own", "worker")}
    assert {action for action in changing if not coverage.is_holdable(action)} == set(coverage.NEVER_HELD)
