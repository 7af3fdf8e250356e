"""What trading did as an operator looks at it: a market's prices, an order on them, the dashboard; the pointer reads every chart."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.charts.prices import candle, store
from tests.journeys.conftest import Desk
from tests.portal.commission_desk import open_desk
from tests.portal.desk_people import EVERYTHING, PASSWORD, make_operator
from tests.trading.test_database import fill, order

MARKET = "cfd.xau_usd"
NOW = timezone.now().replace(minute=0, second=0, microsecond=0)


@pytest.mark.journey
@pytest.mark.xdist_group("journeys")
def test_prices_an_order_on_them_and_what_trading_came_to(desk: Desk) -> None:
    traded = _traded(open_desk())
    store([candle(NOW - timedelta(hours=hour), 2_000 + hour, 2_002 + hour, 1_999 + hour, 2_001 + hour) for hour in range(24 * 20)], market=MARKET)
    _sign_in(desk, make_operator(*EVERYTHING, name="Dora Dealer"))
    _looked_at_prices(desk)
    _looked_at_the_order(desk, traded)
    _looked_over_time(desk)


def _traded(account: str) -> str:
    """An order of half an ounce, filled twenty hours ago."""
    at = NOW - timedelta(hours=20)
    of = order(account, market=MARKET, commission_asset_id="usd", created_at=at - timedelta(hours=1), updated_at=at)
    fill(of, at=at, price=Decimal(2_021), rate_to_root=Decimal(1), quote_asset_id="usd").save(force_insert=True)
    return str(of.pk)


def _sign_in(desk: Desk, username: str) -> None:
    desk.open(f"/markets/{MARKET}/prices/")
    desk.page.get_by_label("User name").fill(username)
    desk.page.get_by_label("Password").fill(PASSWORD)
    desk.page.get_by_role("button", name="Sign in").click()


def _looked_at_prices(desk: Desk) -> None:
    """The range changes in place and in the address; the pointer reads the candle under it."""
    page = desk.page
    # One fewer when an hour began since the last of them.
    expect(page.get_by_text(re.compile("16[78] candles of 1h, in UTC"))).to_be_visible()
    page.locator("[data-chart]").hover()
    expect(page.locator(".readout")).to_contain_text("Open")
    expect(page.locator(".readout")).to_contain_text("Close")
    page.get_by_role("heading", name="XAU/USD").hover()
    expect(page.locator(".readout")).to_be_empty()
    page.get_by_role("link", name="Month", exact=True).click()
    expect(page.get_by_text("candles of 4h, in UTC")).to_be_visible()
    assert "range=30d" in page.url
    page.get_by_label("Executions").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("Buys")).to_be_visible()
    page.get_by_text("Figures").click()
    desk.looks_good()


def _looked_at_the_order(desk: Desk, traded: str) -> None:
    page = desk.page
    desk.open(f"/history/orders/{traded}/")
    expect(page.get_by_role("heading", name="Price around it")).to_be_visible()
    page.locator("[data-chart]").hover()
    expect(page.locator(".readout")).to_contain_text("High")
    desk.looks_good()


def _looked_over_time(desk: Desk) -> None:
    page = desk.page
    desk.open("/")
    page.get_by_role("link", name="Over time").click()
    expect(page.get_by_role("heading", name="Trading", exact=True)).to_be_visible()
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.locator('[aria-current="true"]', has_text="Last 7 days")).to_be_visible()
    page.locator("[data-chart='volume']").hover()
    expect(page.locator("[data-chart='volume'] .readout")).to_contain_text("CFD")
    desk.looks_good()
