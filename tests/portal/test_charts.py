"""Price charts on a market's page: what the address asks for, what is drawn, who may see executions."""

import re
import time as clocks
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.charts.bars import Series, over_time
from backoffice.contracts.charts import Candle
from portal.charts import prices
from tests.charts.prices import candle, store
from tests.portal.desk_people import make_market
from tests.portal.posted import HTMX, page_of

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
CHART_BYTES, CHART_SECONDS = 60_000, 0.1


@pytest.fixture
def gold(catalogue: None) -> str:
    return make_market()


def hours(number: int) -> list[Candle]:
    """One an hour up to now, each a unit higher than the one before."""
    return [candle(NOW - timedelta(hours=number - at), 100 + at, 102 + at, 99 + at, 101 + at) for at in range(1, number + 1)]


def test_the_tab_draws_the_candles_and_has_their_figures(clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    page = page_of(clerk, f"/markets/{gold}/prices/")
    assert "30 candles of 1h, in UTC" in page
    assert page.count("<tr><td>") == 30
    assert 'aria-label="Prices of XAU/USD in 30 candles of 1h, from 101 to 131."' in page
    assert "+29.70 %" in page
    assert "var(--pos)" in page


def test_the_address_says_range_and_interval(clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    assert "candles of 4h, in UTC" in page_of(clerk, f"/markets/{gold}/prices/?range=30d")
    assert "candles of 12h, in UTC" in page_of(clerk, f"/markets/{gold}/prices/?range=30d&interval=12h")
    assert 'href="/markets/cfd.xau_usd/prices/?range=7d&amp;interval=4h"' in page_of(clerk, f"/markets/{gold}/prices/")


def test_candles_that_would_be_too_many_are_longer_ones_and_the_page_says_so(clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    assert "Candles of 1m do not fit this range; those of 1h are shown." in page_of(clerk, f"/markets/{gold}/prices/?interval=1m")


def test_where_no_minutes_are_kept_hours_are_shown(clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    assert "candles of 1h, in UTC" in page_of(clerk, f"/markets/{gold}/prices/?range=1d")
    assert "No prices in this range" in page_of(clerk, f"/markets/{gold}/prices/?range=1d&interval=15m")


@pytest.mark.parametrize(
    "query", ["range=forever", "interval=2h", "until=tomorrow", "until=9999-12-31T23:59Z", "account=%00&executions=1", "executions=yes"]
)
def test_an_address_that_means_nothing_shows_the_usual_chart(query: str, clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    assert "candles of 1h, in UTC" in page_of(clerk, f"/markets/{gold}/prices/?{query}")


def test_earlier_and_later_move_by_a_whole_range(clerk: Client, gold: str) -> None:
    store(hours(24 * 10), market=gold)
    page = page_of(clerk, f"/markets/{gold}/prices/")
    earlier = re.search(r'href="[^"]*(until=[^"&]+)[^"]*"[^>]*><svg[^>]*>.*?</svg>Earlier', page)
    assert earlier
    assert "Later" not in page
    before = page_of(clerk, f"/markets/{gold}/prices/?{earlier[1]}")
    assert 70 <= before.count("<tr><td>") <= 73
    assert "Later" in before


def test_a_fragment_is_the_region_alone(clerk: Client, gold: str) -> None:
    store(hours(3), market=gold)
    answer = clerk.get(f"/markets/{gold}/prices/", headers=HTMX)
    assert answer.content.decode().startswith('<section class="region')


def test_without_the_operation_executions_and_the_file_are_not_offered(viewer: Client, gold: str) -> None:
    store(hours(3), market=gold)
    page = page_of(viewer, f"/markets/{gold}/prices/?executions=1")
    assert "Executions need the operation view-trades" in page
    assert "This needs the operation manage-charts" in page
    assert viewer.get(f"/markets/{gold}/prices.csv").status_code == 403


def test_a_stranger_sees_no_prices(stranger: Client, db: None) -> None:
    assert stranger.get("/markets/cfd.xau_usd/prices/").status_code == 403


def test_an_unknown_market_has_no_page(clerk: Client) -> None:
    assert clerk.get("/markets/cfd.no_such/prices/").status_code == 404
    assert clerk.get("/markets/cfd.no_such/prices.csv").status_code == 404


def test_the_file_is_what_is_shown(clerk: Client, gold: str) -> None:
    store(hours(30), market=gold)
    link = re.search(r'href="(/markets/[^"]*prices\.csv[^"]*)"', page_of(clerk, f"/markets/{gold}/prices/"))
    assert link
    answer = clerk.get(link[1].replace("&amp;", "&"))
    assert answer["Content-Disposition"].startswith(f'attachment; filename="{gold}-1h-')
    assert len(b"".join(answer.streaming_content).splitlines()) == 31  # type: ignore[attr-defined]


def test_the_page_asks_the_database_the_same_whatever_is_on_the_chart(clerk: Client, gold: str) -> None:
    counted = []
    for number in (3, 160):
        store(hours(160)[-number:] if number == 3 else hours(160)[:-3], market=gold)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page_of(clerk, f"/markets/{gold}/prices/?executions=1")
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 14


def test_two_hundred_candles_with_executions_are_light_and_quick() -> None:
    candles = hours(200)
    marks = [prices.Marked(one.start, side, one.close) for one in candles for side in ("Buy", "Sell")]
    chart = prices.candlesticks(candles, "1h", marks=marks)
    begun = clocks.perf_counter()
    prices.candlesticks(candles, "1h", marks=marks)
    taken = clocks.perf_counter() - begun
    assert len(chart.svg) < CHART_BYTES
    # Ten times what it takes, for machines that are busy with other tests.
    assert taken < 10 * CHART_SECONDS


def test_a_price_that_never_moves_is_drawn_as_well() -> None:
    assert "<svg" in prices.candlesticks([candle(NOW, 5)], "1h").svg


def test_nothing_to_show_is_still_a_chart() -> None:
    assert "<svg" in over_time(["1 Nov", "2 Nov"], [Series("Spot", "var(--series-1)", [Decimal(0), Decimal(0)])], prices.SMALL).svg


def test_labels_are_text() -> None:
    hostile = "<script>alert(1)</script>\"'"
    assert "<script" not in over_time([hostile, hostile], [Series("Spot", "var(--series-1)", [Decimal(1), Decimal(2)])], prices.SMALL).svg
