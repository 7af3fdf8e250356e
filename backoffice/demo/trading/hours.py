"""When calendars are open, hour by hour over a stretch of time: an hour counts when all of it is open."""

from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from backoffice.contracts import timetable
from backoffice.contracts.calendars import Calendar
from backoffice.demo.trading.texts import HOUR, instant, milliseconds

Spans = list[tuple[int, int]]


class Hours:
    """Of the hours from `first` on, as many as `open` has marks."""

    def __init__(self, first: int, open: bytearray) -> None:
        self.first, self.open = first, open

    def is_open(self, hour: int) -> bool:
        place = hour - self.first
        return 0 <= place < len(self.open) and self.open[place] == 1

    def next_open(self, hour: int) -> int | None:
        """The hour itself when it is; None when no later one is either."""
        found = self.open.find(1, max(hour - self.first, 0))
        return None if found < 0 else found + self.first


def of(calendar: Calendar, first: int, end: int) -> Hours:
    marks = bytearray(end - first)
    for start, stop in _joined(_spans(calendar, first, end)):
        for hour in range(max(-(-start // HOUR), first), min(stop // HOUR, end)):
            marks[hour - first] = 1
    return Hours(first, marks)


def _spans(calendar: Calendar, first: int, end: int) -> Spans:
    day = instant(first * HOUR).astimezone(ZoneInfo(calendar.time_zone_id)).date() - timedelta(days=1)
    days = (end - first) // 24 + 3
    return [
        (milliseconds(start), milliseconds(stop)) for ahead in range(days) for start, stop in timetable.open_spans(calendar, day + timedelta(ahead))
    ]


def _joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Sessions that touch are one."""
    found: Spans = []
    for start, stop in spans:
        if found and found[-1][1] >= start:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((start, stop))
    return found
