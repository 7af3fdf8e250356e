"""Periods as a URL has them: words, or days with or without a time, in the zone of whoever looks."""

import re
from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from backoffice.contracts import periods
from backoffice.contracts.timetable import instant

OFFERED = [(words, words.capitalize()) for words in periods.OFFERED]
DAY, MINUTE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}"), re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


class Ends(NamedTuple):
    """From on, up to but without to; None is open."""

    start: datetime | None
    end: datetime | None


class Words(Container[str]):
    """What periods understand, those offered and others, as `last 90 days`."""

    def __contains__(self, words: object) -> bool:
        try:
            return isinstance(words, str) and bool(periods.span(words, "UTC", datetime.now(UTC)))
        except periods.Unclear:
            return False


class Moments(Container[str]):
    """A day, or the time of one; an end has one of each at most."""

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and (_day(text) is not None or MINUTE.fullmatch(text) is not None)


def value_of(words: str, start: Sequence[str], end: Sequence[str], zone: str) -> dict[str, str] | None:
    """As the filter language has it. A last day without a time counts whole; words go before ends."""
    if words:
        return {"relative": words, "zone": zone}
    ends = {"from": _moment(start, zone, is_end=False), "to": _moment(end, zone, is_end=True)}
    return {name: at.isoformat() for name, at in ends.items() if at} or None


def words_of(texts: Sequence[str]) -> str:
    """An end as people read it; empty without a day, since a time alone says nothing."""
    return " ".join(texts) if any(_day(text) for text in texts) else ""


def ends_of(value: Any, now: datetime) -> Ends:
    """A period as instants, for services that take two times."""
    if value is None:
        return Ends(None, None)
    found = periods.ends(value, now) if "relative" in value else value
    start, end = (datetime.fromisoformat(found[name]) if name in found else None for name in ("from", "to"))
    return Ends(start, end)


def _moment(texts: Sequence[str], zone: str, *, is_end: bool) -> datetime | None:
    day = next((found for text in texts if (found := _day(text))), None)
    if day is None:
        return None
    time = next((text for text in texts if MINUTE.fullmatch(text)), None)
    if time is None:
        return instant(day + timedelta(days=is_end), 0, ZoneInfo(zone))
    return instant(day, int(time[:2]) * 3600 + int(time[3:]) * 60, ZoneInfo(zone))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
