"""When a calendar is open: pure, on local time with its daylight changes. An hour the clocks skip shifts forward, an hour they repeat counts once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from backoffice.contracts.calendars import Calendar, DayOfWeek, TimeInterval

DAY = 86_400
SECOND = timedelta(seconds=1)
DAYS: tuple[DayOfWeek, ...] = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
# How far ahead the next change is looked for: a calendar that stays shut longer has none worth naming.
HORIZON = 400


def seconds(interval: TimeInterval) -> tuple[int, int]:
    """Start and end as seconds of the day; an end of 00:00:00 or 23:59:59 is the end of the day."""
    start, end = _second(interval.start), _second(interval.end)
    return start, DAY if end in (0, DAY - 1) else end


def as_time(second: int) -> time:
    """The time of a stored second; the end of a day is written 23:59:59."""
    return time(23, 59, 59) if second == DAY else time(second // 3600, second // 60 % 60, second % 60)


@lru_cache
def zones() -> frozenset[str]:
    # That of the machine itself is no zone that anybody else knows.
    return frozenset(available_timezones() - {"localtime"})


def open_spans(calendar: Calendar, day: date) -> list[tuple[datetime, datetime]]:
    """The instants, in UTC, between which the calendar is open on one local date."""
    override = next((found for found in calendar.session_overrides if found.date == day), None)
    name = DAYS[(day.weekday() + 1) % 7]
    intervals = (
        override.time_intervals
        if override
        else [i for session in calendar.trading_sessions if session.day_of_week == name for i in session.time_intervals]
    )
    zone = ZoneInfo(calendar.time_zone_id)
    spans = [(instant(day, start, zone), instant(day, end, zone)) for start, end in sorted(map(seconds, intervals))]
    return [(start, end) for start, end in spans if start < end]


def is_open(calendar: Calendar, at: datetime) -> bool:
    day = at.astimezone(ZoneInfo(calendar.time_zone_id)).date()
    # The end of yesterday's last session may fall behind midnight when the clocks skip it.
    return any(start <= at < end for near in (day - timedelta(1), day) for start, end in open_spans(calendar, near))


def next_change(calendar: Calendar, at: datetime) -> datetime | None:
    """The first instant after `at` when it opens or closes; sessions that touch are one."""
    opened = is_open(calendar, at)
    end: datetime | None = None
    for start, stop in _spans_from(calendar, at):
        if not opened and start > at:
            return start
        if opened and stop > at:
            if end is not None and start > end:
                return end
            end = stop
    return end if opened and end is not None and end < at + timedelta(days=HORIZON - 2) else None


def _spans_from(calendar: Calendar, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    first = at.astimezone(ZoneInfo(calendar.time_zone_id)).date() - timedelta(1)
    for ahead in range(HORIZON):
        yield from open_spans(calendar, first + timedelta(ahead))


def instant(day: date, second: int, zone: ZoneInfo) -> datetime:
    """The first instant at which clocks in the zone show that second of that day or, where they skip it, jump over it."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(seconds=second)
    instant = local.replace(fold=0).astimezone(UTC)
    skipped = instant.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
    # In a gap fold=1 uses the offset that holds afterwards and lands before the jump by its width; the jump itself lies between.
    return _jump(local.replace(fold=1).astimezone(UTC), instant, zone) if skipped else instant


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the zone's offset changes, to the second."""
    before = low.astimezone(zone).utcoffset()
    while high - low > SECOND:
        middle = low + (high - low) // SECOND // 2 * SECOND
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high


def _second(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
