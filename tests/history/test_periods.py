"""Periods by words against clocks that are read minute by minute, and what is refused of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice import env
from backoffice.contracts.filters import Filter
from backoffice.contracts.periods import OFFERED, Unclear, ends, fixed, span

BERLIN, NOW = "Europe/Berlin", datetime(2026, 11, 24, 13, 47, 12, 345678, tzinfo=UTC)
# Half hours, midnights that never come or come twice, a day left out, summer time in the south.
ZONES = [
    "UTC",
    BERLIN,
    "America/New_York",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "America/Havana",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Australia/Sydney",
]


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)  # type: ignore[arg-type,misc]  # as many numbers as a test tells


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("today", (2026, 11, 24), (2026, 11, 25)),
        ("yesterday", (2026, 11, 23), (2026, 11, 24)),
        ("last 1 days", (2026, 11, 24), (2026, 11, 25)),
        ("last 7 days", (2026, 11, 18), (2026, 11, 25)),
        ("last 30 days", (2026, 10, 26), (2026, 11, 25)),
        ("previous 7 days", (2026, 11, 17), (2026, 11, 24)),
        ("this week", (2026, 11, 23), (2026, 11, 30)),
        ("previous week", (2026, 11, 16), (2026, 11, 23)),
        ("last 2 weeks", (2026, 11, 16), (2026, 11, 30)),
        ("this month", (2026, 11, 1), (2026, 12, 1)),
        ("previous month", (2026, 10, 1), (2026, 11, 1)),
        ("previous 12 months", (2025, 11, 1), (2026, 11, 1)),
        ("last 12 months", (2025, 12, 1), (2026, 12, 1)),
        ("this quarter", (2026, 10, 1), (2027, 1, 1)),
        ("previous quarter", (2026, 7, 1), (2026, 10, 1)),
        ("this year", (2026, 1, 1), (2027, 1, 1)),
        ("previous year", (2025, 1, 1), (2026, 1, 1)),
        ("this hour", (2026, 11, 24, 14), (2026, 11, 24, 15)),
        ("previous hour", (2026, 11, 24, 13), (2026, 11, 24, 14)),
        ("previous 3 hours", (2026, 11, 24, 11), (2026, 11, 24, 14)),
    ],
)
def test_words_mean_days_of_the_zone(words: str, start: tuple[int, ...], end: tuple[int, ...]) -> None:
    assert span(words, BERLIN, NOW) == (berlin(*start), berlin(*end))


def test_last_hours_end_now() -> None:
    assert span("last 24 hours", BERLIN, NOW) == (NOW - timedelta(hours=24), NOW)


def test_january_looks_back_into_the_old_year() -> None:
    now = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)
    assert span("previous month", "UTC", now)[0] == datetime(2026, 12, 1, tzinfo=UTC)
    assert span("previous quarter", "UTC", now)[0] == datetime(2026, 10, 1, tzinfo=UTC)
    # In New York it is still the last evening of the old year.
    assert span("this year", "America/New_York", now)[0] == datetime(2026, 1, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 10, 26), 24)])
def test_a_day_is_as_long_as_its_clocks_make_it(day: tuple[int, int, int], hours: int) -> None:
    found = span("today", BERLIN, berlin(*day, 12))
    assert found.end - found.start == timedelta(hours=hours)


def test_an_hour_that_clocks_show_twice_is_two_hours() -> None:
    second = datetime(2026, 10, 25, 1, 20, tzinfo=UTC)
    assert span("this hour", BERLIN, second).start == datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert span("previous hour", BERLIN, second).start == datetime(2026, 10, 25, 0, tzinfo=UTC)


def is_in(words: str, moment: date, today: date) -> bool:
    """The plain meaning of the words for a day of the zone."""
    step = -1 if words.startswith("previous") or words == "yesterday" else 0
    unit = words.split()[-1]
    if words in ("today", "yesterday", "this day", "previous day"):
        return moment == today + timedelta(days=step)
    if unit == "days":
        first, last = (6, 0) if words.startswith("last") else (7, 1)
        return today - timedelta(days=first) <= moment <= today - timedelta(days=last)
    if unit == "week":
        return (today + timedelta(days=7 * step)).isocalendar()[:2] == moment.isocalendar()[:2]
    of = {"month": lambda day: day.year * 12 + day.month, "quarter": lambda day: day.year * 4 + (day.month - 1) // 3, "year": lambda day: day.year}
    return bool(of[unit](moment) == of[unit](today) + step)


DAYWISE = ["today", "yesterday", "last 7 days", "previous 7 days"]
DAYWISE += [f"{which} {unit}" for which in ("this", "previous") for unit in ("day", "week", "month", "quarter", "year")]


@settings(max_examples=500, deadline=None, database=None, derandomize=True)
@given(
    words=st.sampled_from(DAYWISE),
    zone=st.sampled_from(ZONES),
    now=st.integers(0, 9_131 * 24 * 3_600).map(lambda second: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
    data=st.data(),
)
def test_an_instant_is_in_the_period_when_its_day_is(words: str, zone: str, now: datetime, data: Any) -> None:
    start, end = span(words, zone, now)
    edge = data.draw(st.sampled_from([start, end, now]))
    moment = edge + data.draw(
        st.sampled_from([timedelta(0), timedelta(microseconds=-1), timedelta(hours=-1), timedelta(days=2), timedelta(days=-40)])
    )
    local = ZoneInfo(zone)
    assert (start <= moment < end) == is_in(words, moment.astimezone(local).date(), now.astimezone(local).date())


@pytest.mark.parametrize(
    "words", ["", "tomorrow", "last 0 days", "last 1000 days", "last  7 days", "Today", "previous days", "this fortnight", "last 7 years"]
)
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(Unclear, match="must be words like today"):
        span(words, BERLIN, NOW)


@pytest.mark.parametrize("zone", ["", "Berlin", "../etc/passwd", "europe/berlin", "x" * 1_000])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(Unclear, match="no time zone"):
        span("today", zone, NOW)


@pytest.mark.parametrize("value", [{"relative": 1}, {"relative": "today", "zone": None}, {"relative": "today", "from": "x"}, {"relative": None}])
def test_a_value_of_another_shape_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(Unclear):
        ends(value, NOW)


def test_everything_that_is_offered_is_understood() -> None:
    for words in OFFERED:
        assert span(words, "UTC", NOW).start < span(words, "UTC", NOW).end


def test_filters_become_fixed_and_others_stay() -> None:
    other = Filter(entry_type="Exact", field="userId", value="anna")
    moving = Filter(entry_type="Range", field="createdAt", value={"relative": "previous month", "zone": BERLIN})
    found = fixed([other, moving], NOW)
    assert found[0] is other
    assert found[1].value == {"from": "2026-09-30T22:00:00+00:00", "to": "2026-10-31T23:00:00+00:00"}


@pytest.mark.parametrize("name", ["localtime", "Mars/Olympus", ""])
def test_the_zone_of_the_desk_is_one_that_everybody_knows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_ZONE", name)
    with pytest.raises(SystemExit, match="DESK_ZONE"):
        env.zone("DESK_ZONE", "UTC")
    monkeypatch.setenv("DESK_ZONE", BERLIN)
    assert env.zone("DESK_ZONE", "UTC") == BERLIN
