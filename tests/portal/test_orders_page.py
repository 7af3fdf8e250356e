"""The page of one order: its story, its executions, whom it was sent to, its position, its fees and the money it moved."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.order_page import OrderPage
from backoffice.services import BackApi, back_api
from backoffice.trading.models import Order
from portal.order_story import events_of
from tests.api.callers import OWNER
from tests.charts.prices import MARKET, candle, store
from tests.commissions.conftest import accounts, add_rule, api
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import HTMX, page_of
from tests.trading.records import START, Told, tell

__all__ = ["accounts", "api"]


@pytest.fixture
def told(api: BackApi, accounts: dict[str, str]) -> Told:
    return tell(api, accounts["anna"])


@pytest.fixture
def clerk(told: Told) -> Client:
    return signed_in(*EVERYTHING)


def found(order_id: str) -> OrderPage:
    return back_api().orders.page(OWNER, order_id)


def text_of(page: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_filled_order_shows_what_filled_it_and_what_it_cost(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.bought}/"))
    assert "Buy 1.5 BTC/EUR/SPOT Completed" in page
    assert "Filled 100 % 1.5 of 1.5 btc" in page
    # Each fill: amount, price, maker price (none of one within the house), markup, commission.
    assert re.search(r"1 2026-11-02 \d\d:\d\d 1 60,000 59,990 12.50 60.00", page)
    assert re.search(r"2 2026-11-02 \d\d:\d\d 0.5 60,010.01 in house 0.00 30.01", page)
    assert "LP Trading Fill Market IOC 1 1 59,990" in page or "lp-trading Fill Market IOC 1 1 59,990" in page
    assert "112.51 usd" in page


def test_the_story_is_told_newest_first(told: Told) -> None:
    assert events_of(found(told.bought))[0].what == "Completed"
    assert events_of(found(told.bought))[-1].what == "Placed"
    rejected = events_of(found(told.rejected))
    assert [(event.what, event.detail) for event in rejected] == [("Rejected", "Not enough money."), ("Placed", "in the terminal")]
    assert {"Placed", "Locked", "Filled"} == {event.what for event in events_of(found(told.partly))}


def test_many_fills_are_told_by_the_first_and_the_last(told: Told) -> None:
    page = found(told.bought)
    many = [*page.executions, *page.executions, *page.executions, *page.executions]
    changed = OrderPage(**{name: getattr(page, name) for name in page.__struct_fields__} | {"executions": many, "executions_count": 8})
    assert [event.what for event in events_of(changed) if "ill" in event.what] == ["8 fills", "First fill"]


def test_an_open_order_says_what_it_keeps(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.resting}/"))
    assert "Pending" in page
    assert "Locked for it 0.20 btc" in page
    assert "Nothing was executed yet" in page


def test_a_rejected_order_says_why(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.rejected}/"))
    assert "Not enough money. Nothing was executed and nothing was charged." in page
    assert "Nothing was executed, so no money has moved." in page


def test_an_order_that_closed_a_position_shows_both(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.closed}/"))
    assert "What it closed Lots 0.4 From 2,000 To 2,010.05 Realized +402.00 usd" in page
    assert "Direction Long, 20×" in page
    assert "Open now 0.6 lots" in page


def test_unsolicited_trades_are_shown_with_the_order_they_name(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.opened}/"))
    assert "Unsolicited trades" in page
    assert "LATE-2" in page


def test_the_money_is_that_of_its_journals(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/orders/{told.bought}/"))
    # 60,000 and 30,005.005 rounded up, and 90.01 of commission.
    assert "btc +1.50" in page
    assert "eur -90,095.02" in page
    assert "Fees fees:eur eur +90.01" in page


def test_the_rule_that_charged_it_is_named_and_linked(clerk: Client, told: Told) -> None:
    assert "a rule that is gone rule" in text_of(page_of(clerk, f"/history/orders/{told.bought}/"))
    rule = add_rule("metals")
    Order.objects.filter(pk=told.bought).update(rule_id=rule)
    page = page_of(clerk, f"/history/orders/{told.bought}/")
    assert "Charged by the rule for markets of the group metals" in text_of(page)
    assert f'href="/commissions/profiles/default/rules/{rule}/"' in page


def test_the_explanation_is_asked_for_with_what_was_filled(clerk: Client, told: Told) -> None:
    page = page_of(clerk, f"/history/orders/{told.bought}/")
    link = re.search(r'href="(/commissions/explain/[^"]+)"', page)
    assert link
    assert all(part in link[1] for part in (f"account={told.account}", "market=spot.btc_eur", "side=Buy", "size=1.5", "price=60003.33"))
    assert clerk.get(link[1].replace("&amp;", "&")).status_code == 200


def test_prices_around_it_are_drawn_where_there_are_some(clerk: Client, told: Told) -> None:
    assert "Price around it" not in page_of(clerk, f"/history/orders/{told.bought}/")
    store([candle(START + timedelta(hours=hour), 60_000 + hour) for hour in range(-20, 20)])
    page = page_of(clerk, f"/history/orders/{told.bought}/")
    assert "Price around it" in page
    assert f"/markets/{MARKET}/prices/?account={told.account}" in page


def test_a_limit_far_away_does_not_press_the_candles_flat(clerk: Client, told: Told) -> None:
    store([candle(START + timedelta(hours=hour), 60_000 + hour) for hour in range(-20, 20)])
    Order.objects.filter(pk=told.partly).update(limit_price=Decimal("0.01"))
    assert "stroke-dasharray" not in page_of(clerk, f"/history/orders/{told.partly}/")


def test_who_may_see_orders_only_sees_neither_money_nor_prices(told: Told) -> None:
    store([candle(START + timedelta(hours=hour), 60_000 + hour) for hour in range(-20, 20)])
    page = page_of(signed_in("view-orders", name="Otto Orders"), f"/history/orders/{told.bought}/")
    assert "need the operation view-balances" in page
    assert "Price around it" not in page
    assert 'href="/clients/' not in page
    assert "This needs the operation view-commission-rules" in page


def test_without_the_operation_and_without_an_order_there_is_no_page(clerk: Client, told: Told) -> None:
    stranger = signed_in("view-trades", name="Sam Stranger")
    assert stranger.get(f"/history/orders/{told.bought}/").status_code == 403
    assert clerk.get("/history/orders/01NOSUCH000000000000000000/").status_code == 404
    assert clerk.get("/history/orders/%00/").status_code == 404


def test_an_execution_leads_to_its_order(clerk: Client, told: Told) -> None:
    execution = found(told.bought).executions[0].execution_id
    answer = clerk.get(f"/history/executions/{execution}/")
    assert (answer.status_code, answer["Location"]) == (303, f"/history/orders/{told.bought}/")
    assert clerk.get("/history/executions/01NOSUCH000000000000000000/").status_code == 404


def test_the_palette_finds_an_order_by_its_id_and_by_that_of_an_execution(clerk: Client, told: Told) -> None:
    for sought in (told.bought, told.bought.lower(), found(told.bought).executions[0].execution_id):
        assert f'href="/history/orders/{told.bought}/"' in page_of(clerk, f"/palette/?q={sought}", **HTMX)
    assert "/history/orders/" not in page_of(signed_in("view-trades", name="Sam Stranger"), f"/palette/?q={told.bought}", **HTMX)


def test_hostile_words_stay_words(clerk: Client, told: Told) -> None:
    Order.objects.filter(pk=told.rejected).update(reject_details="<script>alert(1)</script>")
    page = page_of(clerk, f"/history/orders/{told.rejected}/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_page_asks_the_database_as_often_for_many_fills_as_for_none(clerk: Client, told: Told) -> None:
    counted = []
    for order in (told.rejected, told.bought, told.closed):
        with CaptureQueriesContext(connection) as asked:
            page_of(clerk, f"/history/orders/{order}/")
        counted.append(len(asked))
    assert max(counted) == min(counted) <= 16


def test_a_position_that_is_open_shows_what_was_closed_of_it(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/positions/{told.kept}/"))
    assert "Long XAU/USD Open" in page
    assert "Open now 0.6 lots, 60 in units" in page
    assert "Realized +402.00 usd" in page
    assert f'href="/history/orders/{told.closed}/"' in page_of(clerk, f"/history/positions/{told.kept}/")


def test_a_position_that_is_closed_shows_what_it_came_to(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/positions/{told.gone}/"))
    assert "Long EUR/JPY Closed" in page
    assert "Swaps -0.33 usd" in page
    assert "In all -1.17 usd" in page


def test_a_perpetual_position_shows_its_funding(clerk: Client, told: Told) -> None:
    page = text_of(page_of(clerk, f"/history/positions/{told.short}/"))
    assert "Short BTC-PERP Open" in page
    assert "Funding +12.82 usd" in page
    assert "0.0001 64,100" in page


def test_an_order_leads_to_its_position(clerk: Client, told: Told) -> None:
    assert f'href="/history/positions/{told.kept}/"' in page_of(clerk, f"/history/orders/{told.closed}/")


def test_positions_need_the_operation_and_an_id_that_is_one(clerk: Client, told: Told) -> None:
    assert clerk.get("/history/positions/01NOSUCH000000000000000000/").status_code == 404
    assert signed_in("view-orders", name="Otto Orders").get(f"/history/positions/{told.kept}/").status_code == 403
    page = page_of(signed_in("view-trades", name="Tom Trades"), f"/history/positions/{told.kept}/")
    assert 'href="/history/orders/' not in page
    assert 'href="/clients/' not in page


def test_the_page_of_a_position_asks_the_same_of_every_one(clerk: Client, told: Told) -> None:
    counted = []
    for position in (told.kept, told.gone, told.short):
        with CaptureQueriesContext(connection) as asked:
            page_of(clerk, f"/history/positions/{position}/")
        counted.append(len(asked))
    assert max(counted) == min(counted) <= 20
