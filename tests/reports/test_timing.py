"""Due instants and windows against clocks that are read minute by minute, over years, in zones that make it hard."""

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backoffice.contracts.report_templates import Frequency
from backoffice.contracts.reports import ReportWindow
from backoffice.contracts.timetable import DAYS
from backoffice.reports import timing
from backoffice.reports.timing import Rule

# Half an hour and three quarters of an hour off, half an hour of summer time, midnights that are skipped, the south.
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago", "Pacific/Chatham"]
FIRST, LAST = datetime(2019, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEVER = datetime(1, 1, 1)  # noqa: DTZ001  a time on a clock
# In gaps and overlaps of one zone or another, at midnight, and where nothing happens.
TIMES = ["00:00", "00:30", "01:45", "02:00", "02:15", "02:30", "03:00", "03:20", "08:00", "23:30"]


@cache
def record(zone: str) -> tuple[list[datetime], list[datetime]]:
    """What clocks show that nobody has seen before: stretches of minutes, each by its first wall time and the instant of it.

    The walls that were seen are told by the latest one. A day without a change of the clocks is one stretch; the others are read minute by minute.
    """
    there, walls, instants = ZoneInfo(zone), list[datetime](), list[datetime]()
    at, seen, running = FIRST, NEVER, False
    while at < LAST:
        step = DAY if at.astimezone(there).utcoffset() == (at + DAY).astimezone(there).utcoffset() and at.hour == at.minute == 0 else MINUTE
        wall = at.astimezone(there).replace(tzinfo=None)
        if wall > seen:
            if not running or wall != seen + MINUTE:
                walls.append(wall)
                instants.append(at)
            running = True
        elif wall + step - MINUTE > seen:
            # A whole day of which a part was seen: what is new begins within it.
            at += seen - wall + MINUTE
            running = False
            continue
        else:
            running = False
        seen = max(seen, wall + step - MINUTE)
        at += step
    return walls, instants


def shown(zone: str, wall: datetime) -> datetime:
    """The first minute at which clocks show that time or a later one."""
    walls, instants = record(zone)
    place = bisect_left(walls, wall + MINUTE) - 1
    began, at = walls[place], instants[place] + (wall - walls[place])
    # Behind the end of its stretch the time was skipped, and the next stretch is the first minute after.
    is_skipped = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall
    return instants[place + 1] if is_skipped else instants[place] + (wall - began)


def days() -> Iterator[date]:
    day = date(2020, 1, 1)
    while day < date(2030, 1, 1):
        yield day
        day += DAY


def on(zone: str, text: str, day: date = date(2020, 1, 1)) -> datetime:
    """A base: that time of that day, there."""
    return shown(zone, datetime.fromisoformat(f"{day}T{text}"))


def ours(rule: Rule) -> list[datetime]:
    return [due.at for due in timing.come(rule, on(rule.zone, "00:00") - MINUTE, on(rule.zone, "00:00", date(2030, 1, 1)) - MINUTE)]


def test_the_record_of_clocks_is_what_reading_every_minute_gives() -> None:
    """The days around every change of a year, without taking a day at once."""
    for zone in ZONES:
        there, seen, minute = ZoneInfo(zone), NEVER, datetime(2024, 1, 1, tzinfo=UTC)
        changes = [
            at for at in (minute + n * DAY for n in range(366)) if at.astimezone(there).utcoffset() != (at + DAY).astimezone(there).utcoffset()
        ]
        assert len(changes) == (0 if zone == "Asia/Kolkata" else 2)
        for change in changes:
            at, seen = change - DAY, NEVER
            while at < change + 2 * DAY:
                wall = at.astimezone(there).replace(tzinfo=None)
                if wall > seen:
                    assert shown(zone, wall) == at
                    while seen != NEVER and (seen := seen + MINUTE) < wall:
                        assert shown(zone, seen) == at, "what was skipped"
                    seen = wall
                at += MINUTE


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("text", TIMES)
def test_daily(zone: str, text: str) -> None:
    expected = [shown(zone, datetime.fromisoformat(f"{day}T{text}")) for day in days()]
    assert ours(timing.rule("Daily", on(zone, text), ["Sunday"], zone)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("week", [["Sunday"], ["Monday", "Thursday"], ["Saturday", "Sunday"], list(DAYS), []])
def test_weekly(zone: str, week: list[str]) -> None:
    named = week or ["Wednesday"]  # 1 January 2020
    for text in ("00:00", "02:30"):
        expected = [shown(zone, datetime.fromisoformat(f"{day}T{text}")) for day in days() if f"{day:%A}" in named]
        assert ours(timing.rule("Weekly", on(zone, text), week, zone)) == expected


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("base", [1, 15, 28, 29, 30, 31])
def test_monthly_is_clamped_to_the_end_of_the_month(zone: str, base: int) -> None:
    for text in ("00:00", "02:30"):
        wanted = {day for day in days() if day.day == min(base, monthrange(day.year, day.month)[1])}
        expected = [shown(zone, datetime.fromisoformat(f"{day}T{text}")) for day in sorted(wanted)]
        assert ours(timing.rule("Monthly", on(zone, text, date(2020, 1, base)), [], zone)) == expected


def test_gaps_and_overlaps_by_hand() -> None:
    def dues(zone: str, text: str, day: date) -> list[str]:
        rule = timing.rule("Daily", on(zone, text, day - DAY), [], zone)
        return [due.at.astimezone(ZoneInfo(zone)).isoformat() for due in timing.next_dues(rule, on(zone, "00:00", day) - MINUTE, 2)]

    assert dues("Europe/Berlin", "02:30", date(2026, 3, 29)) == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
    assert dues("Europe/Berlin", "02:30", date(2026, 10, 25)) == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
    assert dues("Australia/Lord_Howe", "02:15", date(2026, 10, 4)) == ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"]
    assert dues("Australia/Lord_Howe", "01:45", date(2026, 4, 5)) == ["2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"]
    assert dues("America/Santiago", "00:30", date(2026, 9, 6)) == ["2026-09-06T01:00:00-03:00", "2026-09-07T00:30:00-03:00"]
    assert dues("Pacific/Chatham", "03:00", date(2026, 9, 27)) == ["2026-09-27T03:45:00+13:45", "2026-09-28T03:00:00+13:45"]


def test_it_begins_with_its_base_and_not_before() -> None:
    base = datetime(2026, 11, 24, 9, 30, 41, 5, tzinfo=UTC)
    rule = timing.rule("Daily", base, [], "Asia/Kolkata")
    assert [f"{due.at:%d %H:%M:%S.%f}" for due in timing.next_dues(rule, base - 9 * DAY, 2)] == ["24 09:30:00.000000", "25 09:30:00.000000"]
    assert timing.next_dues(rule, base, 1)[0].at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    # The second half past two of the night on which clocks go back: the day's own due instant has passed, so it begins the day after.
    late = timing.rule("Daily", datetime(2026, 10, 25, 1, 30, tzinfo=UTC), [], "Europe/Berlin")
    assert timing.next_dues(late, late.base - DAY, 1)[0].at == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_day_that_a_zone_leaves_out_shares_the_next_instant() -> None:
    """Samoa went from 29 to 31 December 2011."""
    base = datetime(2011, 12, 27, 20, tzinfo=UTC)  # ten o'clock there
    found = [
        due.at.astimezone(ZoneInfo("Pacific/Apia")).isoformat() for due in timing.next_dues(timing.rule("Daily", base, [], "Pacific/Apia"), base, 4)
    ]
    assert [text[:16] for text in found] == ["2011-12-28T10:00", "2011-12-29T10:00", "2011-12-31T00:00", "2011-12-31T10:00"]
    midnight = timing.rule("Daily", datetime(2011, 12, 28, 10, tzinfo=UTC), [], "Pacific/Apia")
    instants = [due.at for due in timing.next_dues(midnight, midnight.base, 4)]
    assert instants == sorted(set(instants))


@pytest.mark.parametrize("zone", [*ZONES, "America/Havana", "Asia/Beirut"])
@pytest.mark.parametrize(
    ("frequency", "week", "kind"),
    [
        ("Daily", [], "PreviousDay"),
        ("Weekly", ["Thursday"], "PreviousWeek"),
        ("Monthly", [], "PreviousMonth"),
        ("Daily", [], "SincePreviousRun"),
        ("Weekly", ["Monday", "Thursday", "Sunday"], "SincePreviousRun"),
        ("Monthly", [], "SincePreviousRun"),
    ],
)
def test_windows_touch(zone: str, frequency: Frequency, week: list[str], kind: ReportWindow) -> None:
    for base in (datetime(2019, 12, 31, 1, 30, tzinfo=UTC), datetime(2019, 12, 31, 12, 45, tzinfo=UTC)):
        rule = timing.rule(frequency, base, week, zone)
        found = [timing.window(kind, due, zone, rule) for due in timing.come(rule, base, base + timedelta(days=3_000))]
        assert len(found) > 90
        for one, next_one in pairwise(found):
            assert one is not None
            assert next_one is not None
            assert one.end == next_one.start > one.start


def test_windows_end_where_clocks_show_midnight() -> None:
    for zone in ZONES:
        rule = timing.rule("Daily", on(zone, "02:30"), [], zone)
        for due in timing.come(rule, on(zone, "00:00"), on(zone, "00:00", date(2026, 1, 1))):
            found = timing.window("PreviousDay", due, zone, rule)
            assert found == (
                shown(zone, datetime.combine(due.day - DAY, time())),
                shown(zone, datetime.combine(due.day, time())),
            )
            assert found.end <= due.at


def test_windows_by_hand() -> None:
    rule = timing.rule("Daily", datetime(2026, 3, 28, 7, tzinfo=UTC), [], "Europe/Berlin")
    due = timing.next_dues(rule, rule.base, 2)[1]
    assert due.at == datetime(2026, 3, 30, 6, tzinfo=UTC)

    def of(kind: ReportWindow) -> tuple[str, ...] | None:
        found = timing.window(kind, due, "Europe/Berlin", rule)
        return found and tuple(f"{at:%Y-%m-%dT%H:%M}" for at in found)

    assert of("PreviousDay") == ("2026-03-28T23:00", "2026-03-29T22:00"), "a day of 23 hours"
    assert of("PreviousWeek") == ("2026-03-22T23:00", "2026-03-29T22:00")
    assert of("PreviousMonth") == ("2026-01-31T23:00", "2026-02-28T23:00")
    assert of("PreviousQuarter") == ("2025-09-30T22:00", "2025-12-31T23:00")
    assert of("PreviousYear") == ("2024-12-31T23:00", "2025-12-31T23:00")
    assert of("SincePreviousRun") == ("2026-03-29T06:00", "2026-03-30T06:00")
    assert of("Everything") is None


def test_windows_unless_another_is_asked_for() -> None:
    asked: list[tuple[Frequency | None, int]] = [(None, 0), ("Daily", 0), ("Weekly", 1), ("Weekly", 2), ("Monthly", 0)]
    found = [timing.default_window(frequency, week_days) for frequency, week_days in asked]
    assert found == ["Everything", "PreviousDay", "PreviousWeek", "SincePreviousRun", "PreviousMonth"]
