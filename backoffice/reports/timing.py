"""When a report is due and which period it is of: pure, by the clocks of the schedule's zone. docs/reports.md has the rules in words.

A day of the schedule has one due instant: the first at which clocks there show its time, or later where they skip it.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backoffice.contracts.calendars import DayOfWeek
from backoffice.contracts.periods import Span, span
from backoffice.contracts.report_templates import Frequency
from backoffice.contracts.reports import ReportWindow
from backoffice.contracts.timetable import DAYS, instant

DAY = timedelta(days=1)
NOON = 12 * 3600
# A due time that is skipped is later than its day says; no zone has ever skipped more than one day.
SKIPPED_MOST = 2 * DAY
WORDS: Mapping[ReportWindow, str] = {
    "PreviousDay": "previous day",
    "PreviousWeek": "previous week",
    "PreviousMonth": "previous month",
    "PreviousQuarter": "previous quarter",
    "PreviousYear": "previous year",
}
LAST_YEAR = 9_900


class Due(NamedTuple):
    """`day` is the day of the schedule: where clocks skip its time, the instant may be of the next one."""

    at: datetime
    day: date


class Rule(NamedTuple):
    """`base` is where it begins; its local time, to the minute, is when it is due. `week_days`: 0 is Monday."""

    frequency: Frequency
    base: datetime
    week_days: frozenset[int]
    zone: str

    @property
    def begins(self) -> datetime:
        """The base as clocks there show it, to the minute."""
        return self.base.astimezone(ZoneInfo(self.zone)).replace(second=0, microsecond=0)

    @property
    def second(self) -> int:
        """Of the day, by its clocks."""
        return self.begins.hour * 3600 + self.begins.minute * 60


def rule(frequency: Frequency, base: datetime, days_of_week: Sequence[DayOfWeek], zone: str) -> Rule:
    """Without a day of the week the one of the base counts."""
    named = frozenset((DAYS.index(day) - 1) % 7 for day in days_of_week)
    return Rule(frequency, base, named or frozenset({base.astimezone(ZoneInfo(zone)).weekday()}), zone)


def dues(of: Rule, after: datetime) -> Iterator[Due]:
    """Those after an instant, the next one first."""
    begins, zone = of.begins, ZoneInfo(of.zone)
    first, last = begins.astimezone(UTC), after
    for day in _days(of, max(begins.date(), after.astimezone(zone).date() - SKIPPED_MOST)):
        at = instant(day, of.second, zone)
        # Two days may share an instant where clocks skip a whole one; they then share the report.
        if at > last and at >= first:
            last = at
            yield Due(at, day)


def come(of: Rule, after: datetime, until: datetime) -> list[Due]:
    """Those after an instant, up to and with another."""
    found: list[Due] = []
    for due in dues(of, after):
        if due.at > until:
            break
        found.append(due)
    return found


def next_due(of: Rule, after: datetime) -> Due | None:
    return next(dues(of, after), None)


def next_dues(of: Rule, after: datetime, most: int) -> list[Due]:
    return list(islice(dues(of, after), most))


def before(of: Rule, at: datetime) -> datetime:
    """The last due instant before another, as if the schedule had no beginning."""
    zone = ZoneInfo(of.zone)
    day = at.astimezone(zone).date() + DAY
    found = at
    while found >= at:
        day = _day_before(of, day)
        found = instant(day, of.second, zone)
    return found


def window(kind: ReportWindow, due: Due, zone: str, of: Rule | None) -> Span | None:
    """Which rows: None is all of them. Windows of one kind touch from one due instant to the next, without gap or overlap,
    as long as it is due once in each such period."""
    if kind == "SincePreviousRun" and of is not None:
        return Span(before(of, due.at), due.at)
    words = WORDS.get(kind)
    return None if words is None else span(words, zone, instant(due.day, NOON, ZoneInfo(zone)))


def by_hand(now: datetime, zone: str) -> Due:
    """One that somebody asks for now."""
    return Due(now, now.astimezone(ZoneInfo(zone)).date())


def default_window(frequency: Frequency | None, week_days: int) -> ReportWindow:
    if frequency is None:
        return "Everything"
    if frequency == "Weekly":
        return "PreviousWeek" if week_days <= 1 else "SincePreviousRun"
    return "PreviousDay" if frequency == "Daily" else "PreviousMonth"


def _days(of: Rule, start: date) -> Iterator[date]:
    if of.frequency == "Monthly":
        year, month = start.year, start.month
        while year < LAST_YEAR:
            day = _of_month(of, year, month)
            if day >= start:
                yield day
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    day = start
    while day.year < LAST_YEAR:
        if of.frequency == "Daily" or day.weekday() in of.week_days:
            yield day
        day += DAY


def _day_before(of: Rule, day: date) -> date:
    if of.frequency == "Monthly":
        this = _of_month(of, day.year, day.month)
        end = day.replace(day=1) - DAY
        return this if this < day else _of_month(of, end.year, end.month)
    day -= DAY
    while of.frequency == "Weekly" and day.weekday() not in of.week_days:
        day -= DAY
    return day


def _of_month(of: Rule, year: int, month: int) -> date:
    """The base's day, or the last one of a shorter month."""
    return date(year, month, min(of.begins.day, monthrange(year, month)[1]))
