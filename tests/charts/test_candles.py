"""Candles of every interval against plain Python over the same minutes and hours."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.contracts import intervals
from backoffice.contracts.charts import Candle, CandleQuery
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.intervals import CandleInterval
from backoffice.markets import models
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.charts.prices import MARKET, MONDAY, STORED, beginning, candle, gathered, store

EVERY: tuple[CandleInterval, ...] = get_args(CandleInterval)
PRICES = st.lists(st.sampled_from(["0.00000001", "1", "1.50", "2", "60000.25"]), min_size=4, max_size=4)


def asked(interval: CandleInterval, start: datetime, end: datetime, market: str = MARKET) -> list[Candle]:
    return back_api().charts.candles(OWNER, CandleQuery(market_id=market, interval=interval, date_from=start, date_to=end))


@st.composite
def stored(draw: st.DrawFn, step: timedelta, most: int) -> list[Candle]:
    """Some of the minutes or hours after the first of October, a Thursday."""
    places = draw(st.lists(st.integers(0, most), min_size=1, max_size=14, unique=True))
    found = []
    for place in places:
        prices = sorted(Decimal(price) for price in draw(PRICES))
        open, close = draw(st.sampled_from([(prices[1], prices[2]), (prices[2], prices[1])]))
        found.append(Candle(start=datetime(2026, 10, 1, tzinfo=UTC) + place * step, open=open, high=prices[3], low=prices[0], close=close))
    return found


@pytest.mark.parametrize("interval", EVERY)
def test_candles_are_those_of_the_plain_evaluator(interval: CandleInterval, api: BackApi) -> None:
    name = "1m" if interval in ("1m", "5m", "15m", "30m") else "1h"
    most = {"1m": 200, "1h": 1_500}[name]

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(rows=stored(STORED[name], most), first=st.integers(-70, most), length=st.integers(1, most), rest=st.integers(0, 59))
    def holds(rows: list[Candle], first: int, length: int, rest: int) -> None:
        models.Candle.objects.all().delete()
        store(rows, interval=name)
        # The other kind of stored candles is no part of these.
        store([candle(one.start.replace(minute=0), 7) for one in rows[:1]], interval="1h" if name == "1m" else "1m")
        start = datetime(2026, 10, 1, 0, 0, rest, tzinfo=UTC) + first * STORED[name]
        end = start + length * STORED[name]
        assert asked(interval, start, end) == gathered(rows, interval, start, end)

    holds()


@given(seconds=st.integers(0, 7 * 10**9), interval=st.sampled_from(EVERY))
@settings(deadline=None)
def test_stretches_follow_one_another(seconds: int, interval: CandleInterval) -> None:
    at = datetime(1971, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    start = intervals.beginning(interval, at)
    assert start == beginning(interval, at)
    assert start <= at < intervals.following(interval, start) == intervals.first_from(interval, start + timedelta(microseconds=1))
    assert intervals.first_from(interval, start) == start


def test_a_candle_is_whole_though_the_range_ends_within_it(api: BackApi) -> None:
    store([candle(MONDAY + timedelta(hours=hour), 10 + hour) for hour in range(5)])
    assert asked("4h", MONDAY, MONDAY + timedelta(hours=2)) == [candle(MONDAY, 10, 13, 10, 13)]
    assert asked("4h", MONDAY + timedelta(minutes=1), MONDAY + timedelta(hours=5)) == [candle(MONDAY + timedelta(hours=4), 14)]


def test_a_range_may_be_told_in_any_zone(api: BackApi) -> None:
    store([candle(MONDAY, 10)])
    start = datetime.fromisoformat("2026-11-02T02:00:00+02:00")
    assert asked("1h", start, start + timedelta(hours=1)) == [candle(MONDAY, 10)]


def test_the_file_has_every_candle_to_the_last_digit(api: BackApi) -> None:
    store([candle(MONDAY, "1.5", "2.25", "0.00000001", "2"), candle(MONDAY + timedelta(hours=1), 3)])
    query = CandleQuery(market_id=MARKET, interval="1h", date_from=MONDAY, date_to=MONDAY + timedelta(days=1))
    name, content = api.charts.file(OWNER, query)
    with content:
        assert name == "spot.btc_eur-1h-20261102-20261103.csv"
        rows = list(csv.reader(StringIO(content.read().decode())))
    assert rows == [
        ["start", "open", "high", "low", "close"],
        ["2026-11-02T00:00:00Z", "1.5", "2.25", "0.00000001", "2"],
        ["2026-11-02T01:00:00Z", "3", "3", "3", "3"],
    ]


def test_nothing_stored_is_an_empty_list_and_a_file_of_its_header(api: BackApi) -> None:
    query = CandleQuery(market_id=MARKET, interval="1d", date_from=MONDAY, date_to=MONDAY + timedelta(days=7))
    assert api.charts.candles(OWNER, query) == []
    with api.charts.file(OWNER, query)[1] as content:
        assert content.read() == b"start,open,high,low,close\n"


def test_an_unknown_market_is_not_found(api: BackApi) -> None:
    with pytest.raises(NotFound):
        asked("1h", MONDAY, MONDAY + timedelta(days=1), "spot.no_such")


@pytest.mark.parametrize(
    ("interval", "days", "fits"),
    [("1m", 30, True), ("30m", 31, False), ("1h", 366, True), ("12h", 367, False), ("1d", 1_827, True), ("1w", 1_828, False), ("1mo", 1_828, False)],
)
def test_a_range_is_as_long_as_the_depth_of_its_interval(interval: CandleInterval, days: int, fits: bool, api: BackApi) -> None:
    if fits:
        assert asked(interval, MONDAY, MONDAY + timedelta(days=days)) == []
    else:
        with pytest.raises(Invalid) as refusal:
            asked(interval, MONDAY, MONDAY + timedelta(days=days))
        assert list(refusal.value.fields) == ["dateTo"]


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (MONDAY, MONDAY, "dateTo"),
        (MONDAY, MONDAY - timedelta(days=1), "dateTo"),
        (datetime(1, 1, 1, tzinfo=UTC), MONDAY, "dateFrom"),
        (MONDAY, datetime(9999, 12, 31, tzinfo=UTC), "dateTo"),
    ],
)
def test_a_range_that_is_none_is_refused(start: datetime, end: datetime, field: str, api: BackApi) -> None:
    with pytest.raises(Invalid) as refusal:
        asked("1mo", start, end)
    assert list(refusal.value.fields) == [field]
