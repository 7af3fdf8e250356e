"""The demo's prices are one function of the moment: candles of minutes come to those of hours, rates follow, and closed hours have none."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from decimal import Decimal
from random import Random

import pytest

from backoffice.contracts.calendars import Calendar, SessionOverride
from backoffice.demo.trading import hours, texts
from backoffice.demo.trading.ahead import ahead
from backoffice.demo.trading.prices import ONE, Asset, Chart
from backoffice.demo.trading.rates import Rates
from backoffice.demo.trading.texts import HOUR
from tests.trading.demo import week

NOW = 498_000


def chart(level: int = 6_421_050) -> Chart:
    root = Asset("usd", "", NOW)
    root.swing = 0
    return Chart("spot.btc_usd", Asset("btc", "Crypto", NOW), root, level * ONE)


def test_a_price_is_where_it_was_told_to_be_at_that_hour_and_moves_around_it() -> None:
    assert chart().price(NOW) == 6_421_050
    prices = [chart().price(hour) for hour in range(NOW - 2_000, NOW)]
    assert len(set(prices)) > 1_900
    assert 0.5 < min(prices) / 6_421_050 < max(prices) / 6_421_050 < 2


@pytest.mark.parametrize("level", [3, 150, 6_421_050, 10**12])
def test_the_sixty_minutes_of_an_hour_come_to_its_candle(level: int) -> None:
    of = chart(level)
    for hour in range(NOW - 60, NOW):
        whole, minutes = of.of_hour(hour), [of.of_minute(hour * 60 + minute) for minute in range(60)]
        assert whole == (minutes[0].open, max(one.high for one in minutes), min(one.low for one in minutes), minutes[-1].close)
        assert all(0 < one.low <= min(one.open, one.close) <= max(one.open, one.close) <= one.high for one in [whole, *minutes])
        assert whole.close == of.of_hour(hour + 1).open


def test_what_is_asked_first_makes_no_difference() -> None:
    one, other = chart(), chart()
    order = list(range(NOW - 300, NOW))
    Random(1).shuffle(order)
    assert {hour: one.of_hour(hour) for hour in order} == {hour: other.of_hour(hour) for hour in range(NOW - 300, NOW)}


def test_an_hour_that_is_not_over_is_as_far_as_it_has_come() -> None:
    of, begun = chart(), NOW * HOUR
    assert of.of_hour_until(begun) is None
    assert of.of_hour_until(begun + 60_000) == of.of_minute(NOW * 60)
    part = of.of_hour_until(begun + 20 * 60_000)
    assert part is not None
    assert part.open == of.of_hour(NOW).open
    assert part.close == of.of_minute(NOW * 60 + 19).close


def test_rates_move_as_prices_do() -> None:
    assets = {name: Asset(name, kind, NOW) for name, kind in (("usd", ""), ("btc", "Crypto"))}
    assets["usd"].swing = 0
    rates = Rates({"usd": Decimal(1), "btc": Decimal("64210.50")}, assets, "usd")
    for hour in (NOW, NOW - 1, NOW - 700):
        price = Decimal(chart().price(hour)) / 100
        assert abs(rates.at("btc", hour * HOUR) - price) < Decimal("0.02")
        assert rates.at("usd", hour * HOUR) == 1
    assert "eur" not in rates


def test_only_hours_that_are_open_to_the_end_count() -> None:
    monday = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp()) // 3_600
    sessions = week(time(9, 30), time(16))
    closed = [SessionOverride(date=datetime(2026, 11, 25, tzinfo=UTC).date(), time_intervals=[])]
    calendar = Calendar(
        calendar_id="c", name="c", time_zone_id="America/New_York", trading_sessions=sessions, session_overrides=closed, market_count=0
    )
    found = hours.of(calendar, monday, monday + 7 * 24)
    assert [hour - monday for hour in range(monday, monday + 48) if found.is_open(hour)] == [*range(15, 21), *range(39, 45)]
    assert not any(found.is_open(hour) for hour in range(monday + 48, monday + 72))
    assert found.next_open(monday + 45) == monday + 3 * 24 + 15
    assert found.next_open(monday + 5 * 24) is None


@pytest.mark.parametrize(
    ("units", "scale", "text"),
    [(0, 2, "0"), (5, 2, "0.05"), (-150, 2, "-1.5"), (1_200, 2, "12"), (7, 0, "7"), (10**20, 18, "100"), (-1, 18, f"-0.{'0' * 17}1")],
)
def test_numbers_are_told_without_trailing_zeros(units: int, scale: int, text: str) -> None:
    assert texts.number(units, scale) == text
    assert texts.whole(Decimal(text), scale) == units


def test_moments_and_ids_are_those_of_their_millisecond() -> None:
    at = 1_795_000_123_007
    assert datetime.fromisoformat(texts.moment(at)) == texts.instant(at)
    assert texts.milliseconds(texts.instant(at)) == at
    ids = [texts.ulid(at + later, Random(later)) for later in range(50)]
    assert ids == sorted(ids)
    assert {len(one) for one in ids} == {26}


def test_things_are_made_ahead_in_order_and_a_fault_comes_through() -> None:
    def failing() -> Iterator[int]:
        yield from range(3)
        raise ValueError("made no more")

    assert list(ahead(range(100))) == list(range(100))
    found = []
    with pytest.raises(ValueError, match="made no more"):
        found += list(ahead(failing()))
    first = ahead(iter(range(10**9)))
    assert [next(first), next(first)] == [0, 1]
    first.close()
