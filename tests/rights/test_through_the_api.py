"""Rights as a program meets them: every operation missing alone (F46), ids swapped for those of others (F47), many tokens of one client (F51)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from backoffice.api.routes import ROUTES
from backoffice.contracts.actor import Scope
from backoffice.contracts.desk import ApiClientChange, NewApiClient, TokenRequest
from backoffice.contracts.operations import ALL
from backoffice.operators import tokens
from backoffice.services import desk, identity
from tests.api.callers import V2, Caller
from tests.money.bank import OWNER
from tests.rights.two_groups import OUR_MARKETS, OURS, TwoGroups, open_desk

MONEY, FIRST = "/back-api/backoffice/transfers", "application/json; x-api-version=1.0"
# Paths with an id of somebody, by the id that is swapped.
READS = (
    ("account", f"{V2}/accounts/{{id}}"),
    ("user", f"{V2}/users/{{id}}"),
    ("user", f"{V2}/users/{{id}}/accounts"),
    ("user", "/api/users/{id}/balances"),
    ("account_group", f"{V2}/account-groups/{{id}}"),
    ("transfer", f"{MONEY}/{{id}}"),
    ("account", f"{MONEY}/accounts/{{id}}"),
    ("webhook", f"{V2}/callbacks/{{id}}"),
    ("report", "/api/reports/{id}"),
    ("report", "/api/reports/{id}/download"),
)
OF_MARKETS = (("market", f"{V2}/markets/{{id}}"), ("market_group", f"{V2}/market-groups/{{id}}"))
ABSENT = {"account": "0" * 24, "transfer": "0" * 26, "report": "00000000-0000-4000-8000-000000000000"}


def calling(**scope: Any) -> Caller:
    made = desk().api_clients.create(OWNER, NewApiClient(name=f"crm {sorted(scope)}", operations=list(ALL), scope=Scope(**scope)))
    request = TokenRequest(client_id=made.client_id, client_secret=made.client_secret)
    return Caller(identity().issue_token(request, network="127.0.0.1").access_token)


@pytest.fixture
def two(db: None) -> TwoGroups:
    tokens.forget()
    return open_desk()


@pytest.mark.parametrize("missing", ALL)
def test_whoever_lacks_one_operation_lacks_its_routes_and_no_others(caller: Any, missing: str) -> None:
    without = caller(*(name for name in ALL if name != missing))
    for route in _near(missing):
        status = without.send(route.method, route.path.replace("{", "").replace("}", ""), b"{").status_code
        assert (status == 403) == (route.operation == missing), f"{route.method} {route.path} answered {status}"


def _near(missing: str) -> list[Any]:
    """All of its own, and of the others one each."""
    own, others = [route for route in ROUTES if route.operation == missing], {route.operation: route for route in ROUTES if route.operation in ALL}
    return [*own, *(route for operation, route in others.items() if operation != missing)]


def test_the_id_of_another_group_is_answered_like_one_that_is_not_there(two: TwoGroups) -> None:
    by_accounts, by_markets = calling(account_groups=frozenset({OURS})), calling(market_groups=frozenset({OUR_MARKETS}))
    for caller, paths in ((by_accounts, READS), (by_markets, OF_MARKETS)):
        for kind, path in paths:
            if kind != "report":
                assert _told(caller, path, getattr(two.ours, kind))[0] == 200, path
            theirs = _told(caller, path, getattr(two.theirs, kind))
            assert theirs == _told(caller, path, ABSENT.get(kind, "absent")), path
            assert theirs[0] == 404, path


def test_money_does_not_move_by_a_swapped_id(two: TwoGroups) -> None:
    caller = calling(account_groups=frozenset({OURS}))
    deposit = {"deduplicationId": "crm-1", "amount": "10", "assetId": "usd", "callbackUrl": None}
    told = [caller.send("POST", f"{MONEY}/deposit", deposit | {"accountId": id}, media=FIRST) for id in (two.theirs.account, ABSENT["account"])]
    assert [answer.status_code for answer in told] == [404, 404]
    swapped = {"accountId": two.ours.account, "transferId": two.theirs.transfer, "callbackUrl": None}
    assert caller.send("POST", f"{MONEY}/withdrawal-confirm", swapped, media=FIRST).status_code == 404
    assert caller.send("POST", f"{MONEY}/deposit", deposit | {"accountId": two.ours.account}, media=FIRST).status_code == 201


def test_more_than_the_limit_is_a_403_that_names_it(two: TwoGroups) -> None:
    caller = calling(most=Decimal(100))
    wanted = {"deduplicationId": "crm-1", "accountId": two.ours.account, "amount": "100.5", "assetId": "usd", "callbackUrl": None}
    answer = caller.send("POST", f"{MONEY}/deposit", wanted, media=FIRST)
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope")
    assert "up to 100 of the root asset" in answer.json()["detail"]


def test_a_cursor_of_somebody_who_sees_all_leads_nowhere_else(two: TwoGroups) -> None:
    everything, ours = calling(), calling(account_groups=frozenset({OURS}))
    body = {"filters": [], "limit": 1}
    first = everything.send("POST", "/api/orders", body, media=FIRST)
    following = {"after": first["X-Next"]} if "X-Next" in first else {}
    found = ours.send("POST", "/api/orders", body | {"limit": 1000} | following, media=FIRST)
    assert found.status_code == 200
    assert two.theirs.account not in found.content.decode()


def test_narrower_limits_hold_for_the_next_call_of_a_token(two: TwoGroups) -> None:
    made = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common"]))
    request = TokenRequest(client_id=made.client_id, client_secret=made.client_secret)
    caller = Caller(identity().issue_token(request, network="127.0.0.1").access_token)
    assert caller.get(f"{V2}/accounts/{two.theirs.account}").status_code == 200
    limited = ApiClientChange(operations=["view-common"], is_active=True, scope=Scope(account_groups=frozenset({OURS})))
    desk().api_clients.update(OWNER, made.client_id, limited)
    assert caller.get(f"{V2}/accounts/{two.theirs.account}").status_code == 404


def test_many_tokens_of_one_client_have_one_rate(db: None, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    made = desk().api_clients.create(OWNER, NewApiClient(name="crm", operations=["view-common"]))
    request = TokenRequest(client_id=made.client_id, client_secret=made.client_secret)
    callers = [Caller(identity().issue_token(request, network="127.0.0.1").access_token) for _ in range(10)]
    answers = [caller.get("assets/list", X_Forwarded_For=f"203.0.113.{number}").status_code for number, caller in enumerate(callers)]
    # The minute may turn once in between.
    assert answers.count(429) >= 4


def _told(caller: Caller, path: str, id: str) -> tuple[int, str]:
    version = {"media": FIRST} if not path.startswith(V2) else {}
    answer = caller.send("GET", path.format(id=id), **version)
    content = b"".join(answer) if answer.streaming else answer.content
    told = {name: value for name, value in json.loads(content).items() if name != "traceId"} if answer.status_code != 200 else {}
    return answer.status_code, json.dumps(told).replace(id, "<id>")
