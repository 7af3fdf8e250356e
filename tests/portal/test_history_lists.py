"""The lists of History: every filter and order is one their service knows, links lead on, sums add up, pages cost the same however many rows."""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.users import UserChange
from backoffice.services import back_api
from backoffice.trading.models import Execution, Order
from portal.listing import Filter, Listing, Period, Range, Text
from portal.views import history_balances, history_orders, history_positions, history_totals, history_trades
from portal.views.transfers import TRANSFERS
from tests.history.trading import fill, open_desk
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, content_of, signed_in

HTMX = {"HX-Request": "true", "HX-Target": "region"}
ORDERS, TRADES, POSITIONS = "/history/orders/", "/history/trades/", "/history/positions/"
LISTS: dict[str, Listing[Any]] = {
    ORDERS: history_orders.LIST,
    f"{ORDERS}open/": history_orders.OPEN_LIST,
    f"{ORDERS}external/": history_orders.EXTERNAL_LIST,
    TRADES: history_trades.LIST,
    f"{TRADES}unsolicited/": history_trades.UNSOLICITED,
    POSITIONS: history_positions.OPEN_LIST,
    f"{POSITIONS}closed/": history_positions.CLOSED,
    f"{POSITIONS}swaps/": history_positions.SWAPS,
    f"{POSITIONS}funding/": history_positions.FUNDING,
    "/history/balances/": history_balances.CLIENTS,
    "/history/balances/accounts/": history_balances.ACCOUNTS,
    "/history/commissions/": history_totals.CLIENTS,
    "/history/commissions/accounts/": history_totals.ACCOUNTS,
    "/history/commissions/assets/": history_totals.ASSETS,
    "/history/commissions/clients-assets/": history_totals.CLIENT_ASSETS,
    "/history/commissions/accounts-assets/": history_totals.ACCOUNT_ASSETS,
    "/history/revenue/": history_totals.REVENUE,
}
NEEDED = {
    "orders": "view-orders",
    "trades": "view-trades",
    "positions": "view-trades",
    "balances": "view-balances",
    "commissions": "view-commissions",
}
NEEDED |= {"revenue": "view-markup-revenue", "billing": "view-billing-info"}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def accounts(db: None) -> dict[str, str]:
    users = open_desk()
    fill(users, seed=4, orders=20)
    for account in users:
        bank.deposit(account, "100")
    return users


@pytest.fixture
def clerk(accounts: dict[str, str]) -> Client:
    return signed_in(*EVERYTHING)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, re.findall(r"<p>(.*?)</p>", answer.content.decode()))
    return answer.content.decode()


def rows(page: str) -> int:
    return page.split("<tbody>")[1].split("</tbody>")[0].count("<tr") if "<tbody>" in page else 0


def lines(client: Client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content_of(client.get(address)))))


def each_filter(declared: Listing[Any]) -> Iterator[str]:
    for one in declared.filters:
        if isinstance(one, Filter):
            values = one.choices if not callable(one.choices) else one.choices(bank.OWNER)
            yield f"{one.key}={values[0][0]}"
        elif isinstance(one, Text):
            yield f"{one.key}=ann"
        elif isinstance(one, Range):
            yield f"{one.start_key}=1&{one.end_key}=1000.5"
        elif isinstance(one, Period):
            yield f"{one.key}=this+year"
            yield f"{one.start_key}=2026-01-01&{one.end_key}=2026-12-31&{one.end_key}=12:00"


@pytest.mark.parametrize("path", LISTS)
def test_every_filter_order_and_search_is_known_to_the_service(clerk: Client, path: str) -> None:
    declared = LISTS[path]
    assert all(one.field for one in declared.filters)
    assert len({one.label for one in declared.columns}) == len(declared.columns), "a file tells columns apart by their labels"
    for query in each_filter(declared):
        assert "Remove the filter" in page_of(clerk, f"{path}?{query}"), query
    for column in declared.columns:
        if column.sort:
            assert 'aria-sort="descending"' in page_of(clerk, f"{path}?sort=-{column.sort}&column={column.key}"), column.key
    for text in ("anna@", "GOLD/", "cfd.xau_usd", "0" * 24, "01K2PMT0VM0000000000000001", "%"):
        page_of(clerk, f"{path}?q={text.replace('%', '%25')}")


@pytest.mark.parametrize("path", LISTS)
def test_every_list_shows_rows_and_gives_all_of_them_with_all_columns_as_a_file(clerk: Client, path: str) -> None:
    query = "&".join(f"column={column.key}" for column in LISTS[path].columns)
    shown = rows(page_of(clerk, f"{path}?{query}&created=this+year" if path == "/history/revenue/" else f"{path}?{query}"))
    found = lines(clerk, f"{path}?{query}&export=csv" + ("&created=this+year" if path == "/history/revenue/" else ""))
    assert 0 < shown == min(len(found), 50)
    assert list(found[0]) == [column.label for column in LISTS[path].columns]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_asks_as_often_for_many_rows_as_for_few(accounts: dict[str, str], clerk: Client, path: str) -> None:
    page_of(clerk, path)
    with CaptureQueriesContext(connection) as few:
        page_of(clerk, path + "?view=all")
    # More than a page shows: what does not count itself is counted then, in a few statements that keep the count from taking too long.
    fill(accounts, seed=5, orders=200)
    with CaptureQueriesContext(connection) as many:
        page_of(clerk, path + "?view=all")
    fill(accounts, seed=6, orders=200)
    with CaptureQueriesContext(connection) as more:
        page_of(clerk, path + "?view=all")
    assert len(few) <= 12
    assert len(more) == len(many) <= 17


@pytest.mark.parametrize(("path", "operation"), [(f"/history/{name}/", operation) for name, operation in NEEDED.items()])
def test_each_list_needs_its_own_operation(accounts: dict[str, str], path: str, operation: str) -> None:
    refused = signed_in("view-common").get(path)
    assert refused.status_code == 403
    assert operation in refused.content.decode()
    assert f'href="{path}"' not in refused.content.decode()
    # And no other: what its filters would offer to others is left out.
    assert f'href="{path}"' in page_of(signed_in(operation), path)


def test_a_report_of_a_view_has_the_same_filters_and_orders(accounts: dict[str, str]) -> None:
    sources = {one.source: one for one in back_api().reports.sources(bank.OWNER)}
    for path, declared in {**LISTS, "/transfers/": TRANSFERS}.items():
        if declared.report_source:
            source = sources[declared.report_source]
            known, sortable = {one.name for one in source.fields}, {one.name for one in source.fields if one.is_sortable}
            assert {one.field for one in declared.filters} <= known, path
            # That a transfer was updated is known to the desk's list alone; who makes the report chooses another order there.
            assert {one.field or one.sort for one in declared.columns if one.sort} <= sortable | {"updatedAt"}, path
            assert source.needs_user == (declared.report_needs == "userId"), path


def test_a_search_means_what_it_looks_like(accounts: dict[str, str], clerk: Client) -> None:
    order = Order.objects.order_by("id").first()
    assert order is not None
    assert [line["Order"] for line in lines(clerk, f"{ORDERS}?q={order.pk.lower()}&export=csv")] == [order.pk]
    of_account = Order.objects.filter(account_id=order.account_id).count()
    assert len(lines(clerk, f"{ORDERS}?q={order.account_id}&export=csv")) == of_account
    assert len(lines(clerk, f"{ORDERS}?q=ANNA%40&export=csv")) == Order.objects.filter(user_id="anna").count()
    assert len(lines(clerk, f"{ORDERS}?q=btc%2Fusd&export=csv")) == Order.objects.filter(market_id="spot.btc_usd").count()
    assert "No orders match" in page_of(clerk, f"{ORDERS}?q=nobody")


def test_rows_lead_to_the_order_the_client_the_account_and_the_market(clerk: Client) -> None:
    order = Order.objects.order_by("-created_at", "-id").first()
    assert order is not None
    page = page_of(clerk, f"{ORDERS}?column=order_id&column=market&column=client&column=account")
    for address in (f"{ORDERS}{order.pk}/", f"/markets/{order.market_id}/", f"/clients/{order.user_id}/", f"/accounts/{order.account_id}/"):
        assert f'href="{address}"' in page
        assert clerk.get(address).status_code == 200


def test_what_counts_in_the_root_asset_adds_up(clerk: Client) -> None:
    total = sum((one.commission_in_rat for one in Execution.objects.all()), Decimal(0))
    page = page_of(clerk, f"{TRADES}?column=execution_id&column=commission")
    foot = page.split("<tfoot>")[1].split("</tfoot>")[0]
    is_whole = Execution.objects.count() <= 50
    assert ("All of them" in foot) == is_whole
    assert not is_whole or f"{total:,.2f}" in foot


def test_names_are_text(accounts: dict[str, str], clerk: Client) -> None:
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name=HOSTILE, status="Active"))
    for path in (ORDERS, TRADES, POSITIONS, f"{POSITIONS}closed/"):
        page = page_of(clerk, path)
        assert HOSTILE not in page
        assert "&lt;img src=x" in page


def test_views_are_saved_for_each_list_and_fragments_are_the_region(clerk: Client) -> None:
    saved = clerk.post("/views/", {"section": "orders", "name": "Rejected", "query": "status=Rejected&created=last+7+days", "next": ORDERS})
    assert saved.status_code == 303
    assert "Rejected" in page_of(clerk, ORDERS).split('aria-label="Views"')[1].split("</nav>")[0]
    assert "Rejected" not in page_of(clerk, f"{ORDERS}open/").split('aria-label="Views"')[1].split("</nav>")[0]
    fragment = clerk.get(f"{ORDERS}?status=Rejected", headers=HTMX).content.decode()
    assert fragment.lstrip().startswith('<section class="region"')


def test_billing_tells_the_period_and_the_months(clerk: Client) -> None:
    page = page_of(clerk, "/history/billing/?period=this+year")
    assert "This year, in days of UTC" in page
    assert page.count("so far") == 1
    assert rows(page) == 6
    assert "Active accounts" in page_of(clerk, "/history/billing/?period_from=2026-01-01&period_to=2026-02-01")
    assert "This month" in page_of(clerk, "/history/billing/?period=whenever")
