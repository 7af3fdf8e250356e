"""A calendar's week as it is drawn: one row a day of any zone, the open hours as shares of that day, dates that differ marked.

Whether a calendar is open is the contract's timetable; this says where its bars stand.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from backoffice.contracts import timetable
from backoffice.contracts.calendars import Calendar, SessionOverride

DAY = timedelta(days=1)

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
    usual = msgspec.structs.replace(calendar, session_overrides=[])
    return [_row(calendar, usual, overrides, start + timedelta(ahead), shown_in, now) for ahead in range(7)]


def status(calendar: Calendar, at: datetime) -> tuple[bool, datetime | None]:
    """Is it open, and when does that change: without a query, for lists of calendars."""
    return timetable.is_open(calendar, at), timetable.next_change(calendar, at)


def _row(calendar: Calendar, usual: Calendar, overrides: dict[date, SessionOverride], day: date, shown_in: ZoneInfo, now: datetime) -> Row:
    start, end = timetable.instant(day, 0, shown_in), timetable.instant(day + DAY, 0, shown_in)
    override = overrides.get(day)
    marker = _percent(now.astimezone(shown_in)) if start <= now < end else ""
    return Row(day, _bars(calendar, start, end, shown_in), _bars(usual, start, end, shown_in) if override else [], override, marker)


def _bars(calendar: Calendar, start: datetime, end: datetime, shown_in: ZoneInfo) -> list[Bar]:
    first = start.astimezone(ZoneInfo(calendar.time_zone_id)).date() - DAY
    joined: list[Span] = []
    for near in (first + timedelta(ahead) for ahead in range(4)):
        for opens, closes in timetable.open_spans(calendar, near):
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
