"""A trader's own orders for the terminal: of an account of theirs, named in a header, and as if there were no other."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.own_orders import OwnOrdersQuery
from backoffice.services import back_api
from backoffice.trading.models import Order
from tests.api.callers import Caller
from tests.history.ledgers import NOBODY
from tests.history.trading import fill, open_desk
from tests.operators.another_issuer import open_issuer, token

JSON = "application/json"
LIST = "/api/history/orders/list"


@pytest.fixture
def accounts(db: None) -> list[str]:
    """Two of Anna's, one of Ben's."""
    users = open_desk()
    fill(users, seed=3, orders=20)
    return list(users)


@pytest.fixture
def anna(settings: Settings) -> Iterator[Caller]:
    with open_issuer(settings, ["trading-ui"]):
        yield Caller(token(sub="anna", operations=["trading-ui"]))


def orders(caller: Caller, account: str, **asked: Any) -> list[dict[str, Any]]:
    answer = caller.send("POST", LIST, asked, media=JSON, accountId=account)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()
    return found


def ids(account: str, **more: Any) -> list[str]:
    return list(Order.objects.filter(account_id=account, **more).order_by("-id").values_list("id", flat=True))


def test_a_trader_sees_the_orders_of_the_account_the_newest_first(accounts: list[str], anna: Caller) -> None:
    assert [order["orderId"] for order in orders(anna, accounts[0])] == ids(accounts[0])
    assert [order["orderId"] for order in orders(anna, accounts[1])] == ids(accounts[1])
    assert len(ids(accounts[0])) > 3


def test_pages_go_on_behind_the_last_order(accounts: list[str], anna: Caller) -> None:
    paged: list[str] = []
    while page := orders(anna, accounts[0], limit=2, lastOrderId=paged[-1] if paged else None):
        paged += [order["orderId"] for order in page]
    assert paged == ids(accounts[0])


def test_times_and_statuses_narrow(accounts: list[str], anna: Caller) -> None:
    noon = "2026-11-24T12:00:00Z"
    assert [order["orderId"] for order in orders(anna, accounts[0], createdAtFrom=noon)] == ids(accounts[0], created_at__gte=noon)
    assert [order["orderId"] for order in orders(anna, accounts[0], createdAtTo=noon)] == ids(accounts[0], created_at__lt=noon)
    assert [order["orderId"] for order in orders(anna, accounts[0], orderStatuses=["Cancelled"])] == ids(accounts[0], status="Cancelled")
    assert orders(anna, accounts[0], orderStatuses=[]) == []


def test_one_order_is_a_list_of_one(accounts: list[str], anna: Caller) -> None:
    order = ids(accounts[0])[0]
    answer = anna.send("GET", f"/api/history/orders/{order}", media=JSON, accountId=accounts[0])
    assert (answer.status_code, [found["orderId"] for found in answer.json()]) == (200, [order])
    assert answer.json()[0] == orders(anna, accounts[0], limit=1)[0]


def test_what_is_not_theirs_is_not_there(accounts: list[str], anna: Caller) -> None:
    _, spare, bens = accounts
    odd = {"a" * 24: ids(spare)[0], bens: ids(bens)[0], spare: ids(bens)[0]}
    details = set()
    for account, order in odd.items():
        answer = anna.send("GET", f"/api/history/orders/{order}", media=JSON, accountId=account)
        assert answer.status_code == 404
        details.add(answer.json()["detail"].replace(account, "X").replace(order, "Y"))
    assert anna.send("POST", LIST, {}, media=JSON, accountId=bens).status_code == 404
    # Another's account reads as one that does not exist.
    assert details == {"There is no account X.", "There is no order Y."}


@pytest.mark.parametrize("account", ["", "x", "0" * 23, "G" * 24, "0" * 25, "' OR 1=1"])
def test_without_an_account_in_its_header_it_is_refused(account: str, accounts: list[str], anna: Caller) -> None:
    for method, path, body in (("POST", LIST, {}), ("GET", "/api/history/orders/x", None)):
        answer = anna.send(method, path, body, media=JSON, accountId=account)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["accountId"])


def test_a_program_has_no_accounts_of_its_own(accounts: list[str], anybody: Caller) -> None:
    assert anybody.send("POST", LIST, {}, media=JSON, accountId=accounts[0]).status_code == 404


@pytest.mark.parametrize(
    "body", [{"limit": 0}, {"limit": 1_001}, {"orderStatuses": ["Unspecified"]}, {"createdAtFrom": "2026-11-24"}, {"lastOrderId": 1}]
)
def test_a_query_that_does_not_fit_is_refused(body: dict[str, Any], accounts: list[str], anna: Caller) -> None:
    assert anna.send("POST", LIST, body, media=JSON, accountId=accounts[0]).status_code == 400


def test_nobody_sees_orders_without_the_right(accounts: list[str]) -> None:
    with pytest.raises(NotPermitted):
        back_api().own_orders.find(NOBODY, accounts[0], OwnOrdersQuery())
    with pytest.raises(NotPermitted):
        back_api().own_orders.get(NOBODY, accounts[0], "x")
