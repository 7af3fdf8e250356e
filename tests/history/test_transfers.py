"""Transfers and activity as history shows them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.filters import Filter, RowsQuery, Sort
from backoffice.contracts.history import TransferQuery, TransferSort
from backoffice.contracts.rates import NewPrice
from backoffice.contracts.transfers import TransferRefused
from backoffice.services import back_api
from tests.api.callers import Caller
from tests.history.ledgers import NOBODY, exact, like, span
from tests.money.bank import OWNER, deposit, open_account, open_bank, withdraw


@pytest.fixture
def bank(db: None) -> dict[str, str]:
    """Five transfers, named by their deduplication ids: three of Anna's, one of them refused, and two of Ben's."""
    open_bank()
    anna, ben = open_account("anna"), open_account("ben", name="Savings")
    deposit(anna, "100.5", key="a-1")
    withdraw(anna, "20", key="a-2")
    with pytest.raises(TransferRefused):
        withdraw(anna, "1000", key="a-3")
    deposit(ben, "0.5", "btc", key="b_1")
    deposit(ben, "7", key="b-2")
    return {"anna": anna, "ben": ben}


def keys(*entries: Filter, **asked: Any) -> list[str]:
    return [row.deduplication_id for row in back_api().history.transfers(OWNER, RowsQuery(filters=list(entries), **asked)).items]


def page(**asked: Any) -> list[str]:
    return [row.deduplication_id for row in back_api().history.transfer_page(OWNER, TransferQuery(**asked)).items]


def test_the_newest_come_first_with_all_that_the_contract_tells(bank: dict[str, str]) -> None:
    rows = back_api().history.transfers(OWNER, RowsQuery()).items
    assert [row.deduplication_id for row in rows] == ["b-2", "b_1", "a-3", "a-2", "a-1"]
    bitcoin = rows[1]
    assert (bitcoin.user_id, bitcoin.user_email, bitcoin.account_id, bitcoin.account_name) == ("ben", "ben@example.com", bank["ben"], "Savings")
    assert (bitcoin.type, bitcoin.status, bitcoin.asset_name, bitcoin.asset_amount) == ("Deposit", "Completed", "Bitcoin", Decimal("0.5"))
    assert (bitcoin.rate_to_root_asset, bitcoin.asset_amount_in_rat) == (Decimal("64000.5"), Decimal("32000.25"))


def test_a_finished_transfer_keeps_its_rate_and_a_waiting_one_follows_the_present(bank: dict[str, str]) -> None:
    withdraw(bank["ben"], "0.1", "btc", key="b-3")
    back_api().rates.set_prices(OWNER, [NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal(70_000), source="tests")])
    found = {row.deduplication_id: row for row in back_api().history.transfers(OWNER, RowsQuery(filters=[exact("assetId", "btc")])).items}
    assert (found["b_1"].rate_to_root_asset, found["b_1"].asset_amount_in_rat) == (Decimal("64000.5"), Decimal("32000.25"))
    assert (found["b-3"].rate_to_root_asset, found["b-3"].asset_amount_in_rat) == (70_000, 7_000)
    back_api().transfers.decide(OWNER, [found["b-3"].transfer_id], "Completed")
    back_api().rates.set_prices(OWNER, [NewPrice(base_asset_id="btc", quote_asset_id="usd", price=Decimal(1), source="tests")])
    row = back_api().history.transfers(OWNER, RowsQuery(filters=[exact("deduplicationId", "b-3")])).items[0]
    assert row.asset_amount_in_rat == 7_000


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        ([exact("type", "Withdrawal")], ["a-3", "a-2"]),
        ([exact("status", ["Completed", "Failed"])], ["b-2", "b_1", "a-3", "a-1"]),
        ([exact("type", "Withdrawal"), exact("status", "Failed")], ["a-3"]),
        ([like("userEmail", "BEN")], ["b-2", "b_1"]),
        ([like("deduplicationId", "_")], ["b_1"]),
        ([span("assetAmount", start="7", end="100.5")], ["b-2", "a-2"]),
        ([span("assetAmountInRAT", start=Decimal("32000.25"))], ["b_1"]),
        ([span("createdAt", end="2026-01-01T00:00:00Z")], []),
        ([span("createdAt", start="2026-01-01T00:00:00+02:00")], ["b-2", "b_1", "a-3", "a-2", "a-1"]),
        ([exact("assetName", "Bitcoin")], ["b_1"]),
    ],
)
def test_filters_narrow(bank: dict[str, str], entries: list[Filter], found: list[str]) -> None:
    assert keys(*entries) == found


def test_an_order_by_amount_settles_ties_and_the_older_name_of_its_field_is_read(bank: dict[str, str]) -> None:
    assert keys(sort=Sort(column="assetAmount")) == ["b_1", "b-2", "a-2", "a-1", "a-3"]
    assert keys(sort=Sort(field="assetAmount", column="createdAt", direction="Desc")) == ["a-3", "a-1", "a-2", "b-2", "b_1"]


def test_pages_go_on_behind_the_last_row_though_new_ones_arrive(bank: dict[str, str]) -> None:
    first = back_api().history.transfers(OWNER, RowsQuery(limit=2))
    assert first.next is not None
    deposit(bank["ben"], "1", key="b-4")
    second = back_api().history.transfers(OWNER, RowsQuery(limit=3, after=first.next))
    assert [row.deduplication_id for row in (*first.items, *second.items)] == ["b-2", "b_1", "a-3", "a-2", "a-1"]
    assert second.next is None


def test_over_http_amounts_are_numbers_and_the_cursor_is_a_header(bank: dict[str, str], anybody: Caller) -> None:
    answer = anybody.send("POST", "/api/transfers", {"filters": [], "limit": 4}, media="application/json")
    assert answer.json()["limit"] == {"isExceeded": True}
    assert b'"assetAmount":0.5,' in answer.content
    rest = anybody.send("POST", "/api/transfers", {"limit": 4, "after": answer["X-Next"]}, media="application/json")
    assert (len(rest.json()["data"]), rest.json()["limit"], "X-Next" in rest) == (1, {"isExceeded": False}, False)
    assert anybody.send("GET", "/api/users/anna/balances", media="application/json").content == b'{"totalBalanceInRAT":100.5}'


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["b-2", "b_1", "a-3", "a-2", "a-1"]),
        ({"types": ["Deposit"], "asset_ids": ["usd"]}, ["b-2", "a-1"]),
        ({"statuses": ["AwaitingConfirmation"]}, ["a-2"]),
        ({"user_id": "ben"}, ["b-2", "b_1"]),
        ({"search": "a-"}, ["a-3", "a-2", "a-1"]),
        ({"search": "-2"}, []),
        ({"search": "EN@exam"}, ["b-2", "b_1"]),
        ({"search": "ben", "types": ["Withdrawal"]}, []),
        ({"search": "b_"}, ["b_1"]),
        ({"search": "%"}, []),
        ({"sort": TransferSort(field="Amount", direction="Asc"), "limit": 2}, ["b_1", "b-2"]),
        ({"created_from": timezone.now() + timedelta(days=1)}, []),
        ({"created_to": timezone.now() + timedelta(days=1), "statuses": ["Failed"]}, ["a-3"]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_desk_lists_what_it_asks_for(bank: dict[str, str], asked: dict[str, Any], found: list[str]) -> None:
    assert page(**asked) == found


def test_the_desk_finds_a_transfer_by_its_id_and_those_of_an_account(bank: dict[str, str]) -> None:
    whole = back_api().history.transfer_page(OWNER, TransferQuery(search=bank["anna"]))
    assert ([row.deduplication_id for row in whole.items], whole.total, whole.is_exceeded) == (["a-3", "a-2", "a-1"], 3, False)
    assert (whole.items[0].failure_code, whole.items[0].user_name, whole.items[0].caller) == ("insufficient_funds", "Anna", "client:gateway")
    assert page(search=whole.items[1].transfer_id) == ["a-2"]
    assert page(account_id=bank["ben"]) == ["b-2", "b_1"]


@pytest.mark.parametrize("field", ["CreatedAt", "UpdatedAt", "Amount"])
@pytest.mark.parametrize("direction", ["Asc", "Desc"])
def test_pages_of_the_desk_meet_without_a_gap(bank: dict[str, str], field: Any, direction: Any) -> None:
    sort = TransferSort(field=field, direction=direction)
    paged, after = [], None
    while True:
        found = back_api().history.transfer_page(OWNER, TransferQuery(sort=sort, limit=2, after=after))
        assert found.total == 5
        paged += [row.deduplication_id for row in found.items]
        if (after := found.next) is None:
            break
    assert paged == page(sort=sort)


def test_a_list_costs_the_same_however_many_it_shows(bank: dict[str, str], django_assert_num_queries: Any) -> None:
    for _ in range(20):
        deposit(bank["ben"], "1")
    for limit in (3, 20):
        with django_assert_num_queries(1):
            assert len(keys(limit=limit)) == limit
        with django_assert_num_queries(3):
            assert len(page(limit=limit, search="ben")) == limit


def test_history_is_read_only_with_the_right(bank: dict[str, str]) -> None:
    history = back_api().history
    for ask in (
        lambda: history.transfers(NOBODY, RowsQuery()),
        lambda: history.transfer_page(NOBODY, TransferQuery()),
    ):
        with pytest.raises(NotPermitted):
            ask()
