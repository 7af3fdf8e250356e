"""A calendar's week as it is drawn: one row a day of any zone, the open hours as shares of that day, dates that differ marked.

The service says whether a calendar is open; this says where the bars stand. A test holds both to the same instants.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backoffice.contracts.calendars import Calendar, DayOfWeek, SessionOverride, TimeInterval

DAYS: tuple[DayOfWeek, ...] = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MIDNIGHT_ENDS = (time(0), time(23, 59, 59))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
# As far as the service looks for the next change.
HORIZON = 398

Span = tuple[datetime, datetime]


class Bar(NamedTuple):
    """Where a span stands in its day's row, in percent, and the hours it shows."""

    left: str
    width: str
    hours: str


class Row(NamedTuple):
    """One day. `usual` is what the week would have had where an override stands; `now` is the marker's place, empty on other days."""

    day: date
    bars: list[Bar]
    usual: list[Bar]
    override: SessionOverride | None
    now: str

    @property
    def hours(self) -> str:
        return ", ".join(bar.hours for bar in self.bars) or "closed"


def first_day(day: date) -> date:
    """The Sunday on or before a date: the trading week opens on a Sunday evening."""
    return day - timedelta((day.weekday() + 1) % 7)


def rows(calendar: Calendar, start: date, *, shown_in: ZoneInfo, now: datetime) -> list[Row]:
    """Seven days from `start`, each a day of the zone `shown_in`."""
    overrides = {found.date: found for found in calendar.session_overrides}
    usual = _without_overrides(calendar)
    return [_row(calendar, usual, overrides, start + timedelta(ahead), shown_in, now) for ahead in range(7)]


def status(calendar: Calendar, at: datetime) -> tuple[bool, datetime | None]:
    """Is it open, and when does that change: without a query, for lists of calendars."""
    first = at.astimezone(ZoneInfo(calendar.time_zone_id)).date() - DAY
    end: datetime | None = None
    for start, stop in _joined(calendar, first):
        if start <= at < stop:
            end = stop
        elif start > at:
            return False, start
        if end:
            return True, end if end < at + timedelta(HORIZON) else None
    return False, None


def spans(calendar: Calendar, day: date) -> list[Span]:
    """The instants between which the calendar is open on one date of its own zone."""
    zone = ZoneInfo(calendar.time_zone_id)
    found = [
        (_instant(day, one.start, zone), _instant(day + DAY, time(0), zone) if one.end in MIDNIGHT_ENDS else _instant(day, one.end, zone))
        for one in _intervals(calendar, day)
    ]
    return sorted((start, end) for start, end in found if start < end)


def _joined(calendar: Calendar, first: date) -> Iterator[Span]:
    """Spans from a date on; those that touch are one."""
    held: Span | None = None
    for ahead in range(HORIZON + 2):
        for start, end in spans(calendar, first + timedelta(ahead)):
            if held and start <= held[1]:
                held = held[0], max(held[1], end)
                continue
            if held:
                yield held
            held = start, end
    if held:
        yield held


def _row(calendar: Calendar, usual: Calendar, overrides: dict[date, SessionOverride], day: date, shown_in: ZoneInfo, now: datetime) -> Row:
    start, end = _instant(day, time(0), shown_in), _instant(day + DAY, time(0), shown_in)
    override = overrides.get(day)
    marker = _percent(now.astimezone(shown_in)) if start <= now < end else ""
    return Row(day, _bars(calendar, start, end, shown_in), _bars(usual, start, end, shown_in) if override else [], override, marker)


def _bars(calendar: Calendar, start: datetime, end: datetime, shown_in: ZoneInfo) -> list[Bar]:
    first = start.astimezone(ZoneInfo(calendar.time_zone_id)).date() - DAY
    joined: list[Span] = []
    for near in (first + timedelta(ahead) for ahead in range(4)):
        for opens, closes in spans(calendar, near):
            if closes <= start or opens >= end:
                continue
            if joined and opens <= joined[-1][1]:
                joined[-1] = joined[-1][0], closes
            else:
                joined.append((opens, closes))
    return [_bar(max(opens, start).astimezone(shown_in), min(closes, end).astimezone(shown_in), ends_day=closes >= end) for opens, closes in joined]


def _bar(opens: datetime, closes: datetime, *, ends_day: bool) -> Bar:
    left, right = _share(opens), 100 if ends_day else _share(closes)
    hours = f"{opens:%H:%M}–{'24:00' if ends_day else format(closes, '%H:%M')}"
    return Bar(f"{left:.3f}%", f"{max(right - left, 0):.3f}%", hours)


def _share(at: datetime) -> float:
    return (at.hour * 60 + at.minute + at.second / 60) / 14.4


def _percent(at: datetime) -> str:
    return f"{_share(at):.3f}%"


def _intervals(calendar: Calendar, day: date) -> list[TimeInterval]:
    override = next((found for found in calendar.session_overrides if found.date == day), None)
    if override:
        return override.time_intervals
    name = DAYS[(day.weekday() + 1) % 7]
    return [one for session in calendar.trading_sessions if session.day_of_week == name for one in session.time_intervals]


def _without_overrides(calendar: Calendar) -> Calendar:
    return Calendar(
        calendar_id=calendar.calendar_id,
        name=calendar.name,
        time_zone_id=calendar.time_zone_id,
        trading_sessions=calendar.trading_sessions,
        session_overrides=[],
        market_count=calendar.market_count,
    )


def _instant(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """That local time in UTC; one that the clocks skip is the moment they jump."""
    local = datetime.combine(day, moment)
    skipped = False
    while local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        local, skipped = (local - MINUTE).replace(second=59), True
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    return instant + timedelta(seconds=1) if skipped else instant
