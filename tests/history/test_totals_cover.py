"""Whole units and records at the edges come to just the period asked for, whatever it is."""

from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from backoffice.history.cover import Part, Period, Unit, ceiling_of, cover, floor_of

NOW = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)
UNITS: list[tuple[Unit, ...]] = [("Month", "Ever"), ("Day", "Month"), ("Quarter",), ("Quarter", "Day", "Month", "Ever")]
INSTANTS = st.datetimes(datetime(2026, 6, 1), datetime(2027, 2, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds take their zone from timezones=
EDGES = st.integers(0, 8).map(lambda month: datetime(2026, 5 + month, 1, tzinfo=UTC) if month < 8 else datetime(2027, 1, 1, tzinfo=UTC))
DAYS = st.integers(0, 200).map(lambda days: datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=days))
ENDS = st.none() | INSTANTS | EDGES | DAYS | st.just(NOW)


def holds(period: Period, at: datetime) -> bool:
    return (period.start is None or at >= period.start) and (period.end is None or at < period.end)


def counted(parts: list[Part], at: datetime) -> int:
    """How often a record of that moment counts."""
    return sum(part.sign for part in parts if holds(part.period, at))


@settings(max_examples=1_500, deadline=None, database=None, derandomize=True)
@given(period=st.builds(Period, ENDS, ENDS), units=st.sampled_from(UNITS), moments=st.lists(INSTANTS, max_size=20))
@example(period=Period(datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)), units=UNITS[1], moments=[])
@example(period=Period(datetime(9999, 12, 5, 1, tzinfo=UTC), None), units=UNITS[1], moments=[])
def test_every_record_of_the_period_counts_once_and_no_other(period: Period, units: tuple[Unit, ...], moments: list[datetime]) -> None:
    parts = cover(period, units, NOW)
    ends = [end for part in parts for end in part.period if end is not None]
    for at in [*moments, *ends, *(end - timedelta(microseconds=1) for end in ends if end.year > 1)]:
        assert counted(parts, at) == holds(period, at)


@settings(max_examples=500, deadline=None, database=None, derandomize=True)
@given(period=st.builds(Period, ENDS, ENDS), units=st.sampled_from(UNITS))
def test_totals_are_asked_for_whole_units_alone(period: Period, units: tuple[Unit, ...]) -> None:
    for part in cover(period, units, NOW):
        if part.unit is not None and part.unit != "Ever":
            assert all(end is None or end == floor_of(end, part.unit) for end in part.period)


def test_whole_units_read_no_record() -> None:
    october = Period(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    assert cover(october, ("Month", "Ever"), NOW) == [Part("Month", october)]
    assert cover(Period(), ("Month", "Ever"), NOW) == [Part("Ever", Period())]


def test_the_running_month_is_taken_whole_and_what_is_to_come_taken_off() -> None:
    first, tomorrow, december = (datetime(2026, month, day, tzinfo=UTC) for month, day in ((11, 1), (11, 25), (12, 1)))
    assert cover(Period(first, tomorrow), ("Month", "Ever"), NOW) == [
        Part("Month", Period(first, december)),
        Part(None, Period(tomorrow, december), -1),
    ]


def test_days_stand_around_months() -> None:
    start, end = datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    october, november = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    assert cover(Period(start, end), ("Day", "Month"), NOW) == [
        Part("Month", Period(october, november)),
        Part("Day", Period(start, october)),
        Part("Day", Period(november, end)),
    ]


@settings(max_examples=300, deadline=None, database=None, derandomize=True)
@given(start=INSTANTS, end=INSTANTS, units=st.sampled_from(UNITS))
def test_records_are_read_of_half_a_unit_at_most_at_either_end(start: datetime, end: datetime, units: tuple[Unit, ...]) -> None:
    read = sum((part.period.end - part.period.start for part in cover(Period(start, end), units, NOW) if part.unit is None), timedelta())  # type: ignore[operator]  # no end is open
    month = timedelta(days=31)
    longest = {"Month": month, "Day": timedelta(days=1), "Quarter": timedelta(minutes=15)}[units[0]]
    behind_now = max(end - max(NOW, start), timedelta()) + month
    assert read <= longest + behind_now
    assert ceiling_of(start, units[0]) is not None
