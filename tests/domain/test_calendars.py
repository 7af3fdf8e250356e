"""Calendars say when a market is open, in any zone and across its clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backoffice.contracts import timetable
from backoffice.contracts.calendars import Calendar, CalendarChange, NewCalendar, SessionOverride, TimeInterval, TradingSession
from backoffice.contracts.errors import InUse, Invalid, Stale
from backoffice.services import BackApi
from tests.domain.conftest import DEALER, cfd

ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Pacific/Chatham", "UTC"]


def interval(start: str, end: str) -> TimeInterval:
    return TimeInterval(start=time.fromisoformat(start), end=time.fromisoformat(end))


def calendar(zone: str, *, every_day: list[TimeInterval], overrides: list[SessionOverride] | None = None) -> Calendar:
    week = [TradingSession(day_of_week=day, time_intervals=every_day) for day in timetable.DAYS]
    return Calendar(calendar_id="c", name="c", time_zone_id=zone, trading_sessions=week, session_overrides=overrides or [], market_count=0)


def test_status_names_the_next_change(api: BackApi) -> None:
    friday_evening = datetime(2026, 11, 20, 18, tzinfo=UTC)
    status = api.calendars.status(DEALER, "berlin", at=friday_evening)
    assert not status.is_open
    assert status.local_time == "2026-11-20T19:00:00+01:00"
    assert status.next_change_at == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_an_override_replaces_its_day() -> None:
    closed = calendar(
        "UTC", every_day=[interval("09:00", "17:00")], overrides=[SessionOverride(date=date(2026, 12, 25), name="Christmas", time_intervals=[])]
    )
    assert timetable.is_open(closed, datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert not timetable.is_open(closed, datetime(2026, 12, 25, 12, tzinfo=UTC))
    assert timetable.next_change(closed, datetime(2026, 12, 24, 18, tzinfo=UTC)) == datetime(2026, 12, 26, 9, tzinfo=UTC)


def test_sessions_that_touch_at_midnight_are_one() -> None:
    week = [
        TradingSession(day_of_week="Sunday", time_intervals=[interval("17:00", "23:59:59")]),
        TradingSession(day_of_week="Monday", time_intervals=[interval("00:00", "17:00")]),
    ]
    fx = Calendar(calendar_id="fx", name="fx", time_zone_id="America/New_York", trading_sessions=week, session_overrides=[], market_count=0)
    assert timetable.next_change(fx, datetime(2026, 11, 23, 3, tzinfo=UTC)) == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_one_that_never_closes_has_no_next_change() -> None:
    always = calendar("UTC", every_day=[interval("00:00", "23:59:59")])
    assert timetable.is_open(always, datetime(2026, 11, 22, 23, 59, 59, 999_000, tzinfo=UTC))
    assert timetable.next_change(always, datetime(2026, 11, 22, tzinfo=UTC)) is None


def test_an_hour_that_the_clocks_skip_shifts_forward() -> None:
    berlin = calendar("Europe/Berlin", every_day=[interval("02:30", "04:00")])
    spans = timetable.open_spans(berlin, date(2026, 3, 29))
    assert spans == [(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 2, tzinfo=UTC))]


def test_the_jump_over_a_skipped_time_is_exact_to_the_second() -> None:
    for second in range(9_900, 13_500, 60):
        assert timetable.instant(date(2020, 9, 27), second, ZoneInfo("Pacific/Chatham")) == datetime(2020, 9, 26, 14, tzinfo=UTC)


def test_an_hour_that_the_clocks_repeat_counts_from_its_first_time() -> None:
    berlin = calendar("Europe/Berlin", every_day=[interval("02:30", "04:00")])
    assert timetable.open_spans(berlin, date(2026, 10, 25))[0][0] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@given(
    zone=st.sampled_from(ZONES),
    at=st.integers(0, 4 * 365 * 1440).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    hours=st.lists(st.integers(0, 23), min_size=2, max_size=4, unique=True).filter(lambda found: len(found) % 2 == 0),
)
@settings(max_examples=150)
def test_the_next_change_is_where_open_flips(zone: str, at: datetime, hours: list[int]) -> None:
    ordered = sorted(hours)
    some = calendar(zone, every_day=[interval(f"{start:02}:00", f"{end:02}:00") for start, end in zip(ordered[::2], ordered[1::2], strict=True)])
    change = timetable.next_change(some, at)
    assert change is not None
    assert change > at
    now_open = timetable.is_open(some, at)
    probe = at
    while probe < change:
        assert timetable.is_open(some, probe) == now_open
        probe += timedelta(minutes=7)
    assert timetable.is_open(some, change - timedelta(seconds=1)) == now_open
    assert timetable.is_open(some, change) != now_open


@pytest.mark.parametrize(
    ("intervals", "reason"),
    [
        ([interval("10:00", "09:00")], "must end after it starts"),
        ([interval("09:00", "12:00"), interval("11:00", "13:00")], "overlap"),
        ([interval("09:00:00.5", "12:00")], "to the second"),
    ],
)
def test_backward_or_overlapping_intervals_are_refused(api: BackApi, intervals: list[TimeInterval], reason: str) -> None:
    draft = NewCalendar(name="New", time_zone_id="UTC", trading_sessions=[TradingSession(day_of_week="Monday", time_intervals=intervals)])
    with pytest.raises(Invalid) as refused:
        api.calendars.create(DEALER, draft)
    assert reason in refused.value.fields["tradingSessions[0].timeIntervals"][0]


def test_an_unknown_zone_is_refused(api: BackApi) -> None:
    with pytest.raises(Invalid) as refused:
        api.calendars.create(DEALER, NewCalendar(name="New", time_zone_id="Mars/Olympus"))
    assert refused.value.fields == {"timeZoneId": ["Mars/Olympus is not an IANA time zone"]}


def test_a_calendar_reads_back_as_it_was_saved(api: BackApi) -> None:
    week = [TradingSession(day_of_week="Sunday", time_intervals=[interval("17:00", "23:59:59")])]
    closed = [
        SessionOverride(date=date(2026, 12, 25), name="Christmas", time_intervals=[]),
        SessionOverride(date=date(2026, 12, 24), time_intervals=[interval("09:00", "13:00")]),
    ]
    change = CalendarChange(name="Berlin", time_zone_id="UTC", trading_sessions=week, session_overrides=closed)
    api.calendars.update(DEALER, "berlin", change, version=1)
    found = api.calendars.get(DEALER, "berlin")
    assert found.version == 2
    assert found.value.trading_sessions == week
    assert [override.date.day for override in found.value.session_overrides] == [24, 25]
    with pytest.raises(Stale):
        api.calendars.update(DEALER, "berlin", change, version=1)


def test_a_calendar_in_use_stays(api: BackApi) -> None:
    api.markets.create(DEALER, cfd())
    with pytest.raises(InUse, match=r"cfd\.xau_usd"):
        api.calendars.delete(DEALER, "berlin")
