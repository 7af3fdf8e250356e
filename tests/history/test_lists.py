"""Lists of trading over HTTP and for the desk: what the bytes are, what they cost, and what is refused."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from backoffice.contracts.errors import NotPermitted, TooCostly
from backoffice.contracts.filters import Filter, PageQuery, RowsQuery, Sort
from backoffice.contracts.order_lists import OpenOrdersQuery, OrderRow
from backoffice.core import sources
from backoffice.history.order_sources import ORDERS
from backoffice.services import back_api
from backoffice.trading.models import Execution, Order
from tests.api.callers import V2, Caller
from tests.history.ledgers import NOBODY, exact, like, span
from tests.history.trading import CFD, SPOT, fill, open_desk
from tests.money.bank import OWNER, scalar

JSON = "application/json"
OPEN = ["Started", "Pending", "Working"]
POSITIONS = ("positions", "closed-positions", "position-swaps", "funding-payments")


@pytest.fixture
def accounts(db: None) -> list[str]:
    users = open_desk()
    fill(users, seed=4, orders=20)
    return list(users)


def ask(caller: Caller, path: str, **body: Any) -> Any:
    answer = caller.send("POST", path, body, media=JSON)
    assert answer.status_code == 200, answer.content
    return answer


def test_amounts_are_numbers_with_every_digit_and_times_have_a_zone(accounts: list[str], anybody: Caller) -> None:
    small, great = Decimal("0.000000000000000001"), Decimal("99999999999999999999.5")
    Order.objects.filter(filled_amount=0).update(limit_price=small, requested_amount=great)
    content = ask(anybody, "/api/orders").content
    rows = json.loads(content, parse_float=Decimal, parse_int=Decimal)["data"]
    assert {Decimal("0.000000000000000001"), Decimal("99999999999999999999.5")} <= {
        row[name] for row in rows for name in ("limitPrice", "baseAmount")
    }
    assert b"0.000000000000000001" in content
    assert all(re.fullmatch(r"2026-11-24T1[12]:00:00\.[0-9]{6}Z", row["createdAt"]) for row in rows)


def test_what_an_order_is_worth_in_the_quote_asset(accounts: list[str]) -> None:
    for row in back_api().order_lists.orders(OWNER, RowsQuery()).items:
        price = row.avg_execution_price or row.limit_price
        assert row.quote_amount == (None if price is None else row.base_amount * price)
        assert row.remaining_amount == row.base_amount - row.filled_amount


def test_a_cursor_in_the_header_leads_on(accounts: list[str], anybody: Caller) -> None:
    for path in ("/api/orders", "/api/trades", "/api/external-orders", "/api/unsolicited-trades"):
        found, after, key = [], None, None
        while True:
            answer = ask(anybody, path, limit=7, after=after)
            body = answer.json()
            key = key or next(name for name in ("executionId", "externalOrderId", "orderId") if name in body["data"][0])
            found += [row[key] for row in body["data"]]
            assert body["limit"] == {"isExceeded": "X-Next" in answer}
            if (after := answer.get("X-Next")) is None:
                break
        assert len(found) == len(set(found)) >= 12


def test_open_orders_are_counted_whole_and_paged_by_offset_or_cursor(accounts: list[str], anybody: Caller) -> None:
    total = Order.objects.filter(status__in=OPEN).count()
    whole = ask(anybody, "/api/open-orders").json()
    assert (whole["total"], len(whole["data"])) == (total, total)
    parts = [ask(anybody, "/api/open-orders", limit=2, offset=offset).json() for offset in range(0, total, 2)]
    assert [row for part in parts for row in part["data"]] == whole["data"]
    assert {part["total"] for part in parts} == {total}
    first = ask(anybody, "/api/open-orders", limit=1)
    assert ask(anybody, "/api/open-orders", limit=1, after=first["X-Next"]).json()["data"] == whole["data"][1:2]


@pytest.mark.parametrize(
    "body",
    [
        {"offset": -1},
        {"offset": 10_001},
        {"offset": 1, "after": "x"},
        {"limit": 0},
        {"filters": [{"entryType": "Exact", "field": "orderStatus", "value": "Completed"}]},
    ],
)
def test_open_orders_refuse_what_does_not_fit(body: dict[str, Any], anybody: Caller) -> None:
    assert anybody.send("POST", "/api/open-orders", body, media=JSON).status_code == 400


def test_positions_answer_decimals_as_text_and_the_cursor_in_the_body(accounts: list[str], anybody: Caller) -> None:
    for name in POSITIONS:
        answer = ask(anybody, f"{V2}/{name}/list", limit=2)
        body = answer.json()
        assert (list(body), len(body["items"])) == (["items", "next"], 2)
        amounts = {key: value for key, value in body["items"][0].items() if key.endswith(("Price", "InRAT", "lots", "Amount"))}
        assert amounts
        assert all(isinstance(value, str) for value in amounts.values())
        assert ask(anybody, f"{V2}/{name}/list", limit=1_000, after=body["next"]).json()["next"] is None


def test_names_lead_to_what_they_stand_for(accounts: list[str]) -> None:
    def found(*filters: Filter) -> set[str]:
        return {row.order_id for row in back_api().order_lists.orders(OWNER, RowsQuery(filters=list(filters))).items}

    def stored(**named: Any) -> set[str]:
        return set(Order.objects.filter(**named).values_list("id", flat=True))

    assert found(like("userEmail", "ANNA@")) == found(exact("userId", "anna")) == stored(user_id="anna")
    assert found(exact("accountName", "Spare_1")) == found(like("accountName", "E_1")) == stored(account_id=accounts[1])
    assert found(like("accountName", "Spare%")) == found(exact("userId", "nobody")) == set()
    assert found(exact("accountGroupId", ["retail", "vip"])) == stored()
    assert found(exact("marketDisplayName", "GOLD_1")) == stored(market_id=CFD)
    assert found(like("marketDisplayName", "btc"), exact("userId", ["ben"])) == stored(market_id=SPOT, user_id="ben")
    assert found(exact("commissionAssetName", "Bitcoin")) == stored(commission_asset_id="btc")


def test_many_names_are_tried_row_by_row(accounts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    few = back_api().trade_lists.trades(OWNER, RowsQuery(filters=[like("userEmail", "example.com")]))
    monkeypatch.setattr(sources, "KEYS_MOST", 1)
    many = back_api().trade_lists.trades(OWNER, RowsQuery(filters=[like("userEmail", "example.com")]))
    assert {row.execution_id for row in many.items} == {row.execution_id for row in few.items} == set(Execution.objects.values_list("id", flat=True))


def test_a_period_by_words_moves_with_the_clock(accounts: list[str]) -> None:
    Order.objects.filter(account_id=accounts[0]).update(created_at="2020-01-01T00:00:00Z")
    old = Filter(entry_type="Range", field="createdAt", value={"relative": "last 999 days", "zone": "Asia/Tokyo"})
    assert scalar("SELECT count(*) FROM trading_order WHERE created_at > now() - interval '900 days'") == len(
        back_api().order_lists.orders(OWNER, RowsQuery(filters=[old])).items
    )


def test_external_orders_lead_to_their_trades(accounts: list[str]) -> None:
    fill = Execution.objects.exclude(external_order_id=None).first()
    assert fill is not None
    trades = back_api().trade_lists.trades(OWNER, RowsQuery(filters=[exact("externalOrderId", fill.external_order_id)])).items
    assert {row.execution_id for row in trades} == set(
        Execution.objects.filter(external_order_id=fill.external_order_id).values_list("id", flat=True)
    )
    lp = back_api().trade_lists.trades(OWNER, RowsQuery(filters=[exact("lpOrderId", "LP-1")])).items
    assert lp
    assert {row.lp_order_id for row in lp} == {"LP-1"}


def test_a_page_of_the_desk_is_counted_only_when_there_is_more(accounts: list[str], django_assert_num_queries: Any) -> None:
    lists = back_api().order_lists
    with django_assert_num_queries(1):
        assert lists.orders_page(OWNER, PageQuery(limit=1_000)).total == 20
    with django_assert_num_queries(1):
        assert lists.orders_page(OWNER, PageQuery(limit=2, is_counted=False)).total == 0
    # The savepoint around the count with its own time limit belongs to the test's transaction.
    with django_assert_num_queries(6):
        page = lists.orders_page(OWNER, PageQuery(limit=2))
    assert (page.total, page.is_exceeded, len(page.items)) == (20, False, 2)


def test_the_api_asks_once_however_many_rows(accounts: list[str], django_assert_num_queries: Any) -> None:
    for limit in (2, 10):
        with django_assert_num_queries(1):
            assert len(back_api().trade_lists.trades(OWNER, RowsQuery(limit=limit)).items) == limit
        with django_assert_num_queries(2):
            back_api().trade_lists.trades(OWNER, RowsQuery(limit=limit, filters=[exact("userId", "anna")]))


SLOW = replace(ORDERS, rows=f"SELECT o.* FROM ({ORDERS.rows}) o CROSS JOIN LATERAL (SELECT pg_sleep(0.05), o.order_id) s")


def test_what_takes_too_long_to_find_is_refused_with_advice(accounts: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '100ms'")
    with pytest.raises(TooCostly) as refused:
        sources.rows(SLOW, OrderRow, [], limit=20)
    assert (refused.value.code, refused.value.fields) == ("too_costly", {"filters": [ORDERS.advice]})


@pytest.mark.django_db(transaction=True)
def test_over_http_it_is_a_400(anybody: Caller) -> None:
    other = connection.get_new_connection(connection.get_connection_params())
    other.autocommit = False
    other.execute("LOCK TABLE trading_order")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
        answer = anybody.send("POST", "/api/orders", {}, media=JSON)
        cursor.execute("RESET statement_timeout")
    other.close()
    assert (answer.status_code, answer.json()["code"]) == (400, "too_costly")
    assert "accountId" in answer.json()["errors"]["filters"][0]


def test_what_takes_too_long_to_count_is_told_as_more(accounts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "COUNT_PATIENCE_MS", 200)
    page = sources.page(SLOW, OrderRow, [], sort=Sort(field="orderId", direction="Desc"), after=None, limit=2)
    assert (len(page.items), page.total, page.is_exceeded) == (2, 2, True)
    assert scalar("SHOW statement_timeout") == "5s"


def test_an_offset_reaches_into_merged_walks_as_into_any_list(accounts: list[str]) -> None:
    clauses = sources.where(ORDERS, [exact("accountId", accounts)])
    whole = [row.order_id for row in sources.rows(ORDERS, OrderRow, clauses, limit=50).items]
    assert [row.order_id for row in sources.rows(ORDERS, OrderRow, clauses, limit=3, offset=5).items] == whole[5:8]


def test_lists_are_read_only_with_the_right(accounts: list[str]) -> None:
    api = back_api()
    rows, page = RowsQuery(), PageQuery()
    names = [
        (api.order_lists, {"orders": rows, "orders_page": page, "open_orders": OpenOrdersQuery(), "open_orders_page": page, "external_orders": rows}),
        (api.trade_lists, {"trades": rows, "trades_page": page, "unsolicited_trades": rows, "unsolicited_trades_page": page}),
        (api.position_lists, {"positions": rows, "closed_positions_page": page, "position_swaps": rows, "funding_payments": rows}),
    ]
    for lists, verbs in names:
        for verb, query in verbs.items():
            with pytest.raises(NotPermitted):
                getattr(lists, verb)(NOBODY, query)


def test_a_range_takes_what_it_begins_with_and_not_what_it_ends_with(accounts: list[str]) -> None:
    Order.objects.filter(filled_amount=0).update(requested_amount=Decimal(8))

    def amounts(**ends: str) -> set[Decimal]:
        rows = back_api().order_lists.orders(OWNER, RowsQuery(filters=[span("baseAmount", **ends)])).items
        return {row.base_amount for row in rows}

    assert amounts(start="1.50", end="7") == {Decimal("1.50")}
    assert {Decimal(7), Decimal(8)} <= amounts(start="7")
    assert Decimal(8) not in amounts(end="8")
