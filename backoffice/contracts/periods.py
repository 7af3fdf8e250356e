"""Periods by words (`previous month`), so that a saved view or a report moves with time; pure, and exact where clocks change."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from backoffice.contracts.filters import Filter
from backoffice.contracts.timetable import instant, zones

COUNTED = re.compile(r"(?P<which>last|previous) (?P<number>[1-9][0-9]{0,2}) (?P<unit>hours|days|weeks|months)")
NAMED = re.compile(r"(?P<which>this|previous) (?P<unit>hour|day|week|month|quarter|year)")
DAYS: Mapping[str, str] = {"today": "this day", "yesterday": "previous day"}
# What a list offers; every other number and unit is understood as well.
OFFERED = (
    "today",
    "yesterday",
    "last 7 days",
    "last 30 days",
    "this week",
    "previous week",
    "this month",
    "previous month",
    "this quarter",
    "previous quarter",
    "this year",
    "previous year",
    "last 24 hours",
    "previous hour",
)


class Unclear(Exception):
    """Words or a zone that mean nothing here; the message says what would."""


class Span(NamedTuple):
    """From on, up to but without to."""

    start: datetime
    end: datetime


def span(words: str, zone: str, now: datetime) -> Span:
    """`this` and `previous`: whole hours, days, weeks from Monday, months, quarters or years of that zone. `last 7 days`: today and the six
    days before it; `previous 7 days`: the seven before today; hours alike, `last` ones up to now. Raises: Unclear."""
    if zone not in zones():
        raise Unclear(f"there is no time zone {zone[:60]!r}")
    if counted := COUNTED.fullmatch(words):
        return _counted(counted["which"] == "last", int(counted["number"]), counted["unit"], ZoneInfo(zone), now)
    if named := NAMED.fullmatch(DAYS.get(words, words)):
        return _named(-1 if named["which"] == "previous" else 0, named["unit"], ZoneInfo(zone), now)
    raise Unclear(f"must be words like {', '.join(OFFERED)}")


def is_relative(entry: Filter) -> bool:
    return isinstance(entry.value, dict) and "relative" in entry.value


def fixed(filters: Sequence[Filter], now: datetime) -> list[Filter]:
    """The same filters with every period by words as the instants that it means at that moment. Raises: Unclear."""
    return [msgspec.structs.replace(entry, value=ends(entry.value, now)) if is_relative(entry) else entry for entry in filters]


def ends(value: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """{relative, zone} as {from, to}; without a zone UTC counts. Raises: Unclear."""
    words, zone = value["relative"], value.get("zone", "UTC")
    if not value.keys() <= {"relative", "zone"} or not isinstance(words, str) or not isinstance(zone, str):
        raise Unclear('must be {"relative": "previous month", "zone": "Europe/Berlin"}')
    found = span(words, zone, now)
    return {"from": found.start.isoformat(), "to": found.end.isoformat()}


def _counted(is_last: bool, number: int, unit: str, zone: ZoneInfo, now: datetime) -> Span:
    """The present unit is the last of `last` ones, and behind the `previous` ones."""
    try:
        if unit == "hours":
            end = now if is_last else _hour(zone, now)
            return Span(end - timedelta(hours=number), end)
        begin = BEGIN[unit.removesuffix("s")]
        today = now.astimezone(zone).date()
        first, behind = (1 - number, 1) if is_last else (-number, 0)
        return Span(_midnight(begin(today, first), zone), _midnight(begin(today, behind), zone))
    except (OverflowError, ValueError):
        raise Unclear("reaches beyond the calendar") from None


def _named(step: int, unit: str, zone: ZoneInfo, now: datetime) -> Span:
    if unit == "hour":
        start = _hour(zone, now) + timedelta(hours=step)
        return Span(start, start + timedelta(hours=1))
    begin, today = BEGIN[unit], now.astimezone(zone).date()
    return Span(_midnight(begin(today, step), zone), _midnight(begin(today, step + 1), zone))


def _hour(zone: ZoneInfo, now: datetime) -> datetime:
    """The last full hour of clocks there, which is not that of UTC everywhere."""
    return now.astimezone(zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return instant(day, 0, zone)


def _week(day: date, step: int) -> date:
    return day + timedelta(days=7 * step - day.weekday())


def _months(day: date, step: int, length: int) -> date:
    """The first day of the run of so many months that the day lies in, so many runs on."""
    months = (day.year * 12 + day.month - 1) // length * length + step * length
    return date(months // 12, months % 12 + 1, 1)


BEGIN: Mapping[str, Callable[[date, int], date]] = {
    "day": lambda day, step: day + timedelta(days=step),
    "week": _week,
    "month": lambda day, step: _months(day, step, 1),
    "quarter": lambda day, step: _months(day, step, 3),
    "year": lambda day, step: _months(day, step, 12),
}
