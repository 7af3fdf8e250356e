"""Stretches of time that prices are told over: pure, in UTC; weeks begin on Mondays."""

from datetime import UTC, datetime, timedelta
from typing import Literal

CandleInterval = Literal["1m", "5m", "15m", "30m", "1h", "4h", "12h", "1d", "1w", "1mo"]

# A Monday, so that weeks counted from it begin on one.
ORIGIN = datetime(2001, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Months have no length of their own.
LENGTHS: dict[CandleInterval, timedelta] = {
    "1m": MINUTE,
    "5m": 5 * MINUTE,
    "15m": 15 * MINUTE,
    "30m": 30 * MINUTE,
    "1h": HOUR,
    "4h": 4 * HOUR,
    "12h": 12 * HOUR,
    "1d": DAY,
    "1w": 7 * DAY,
}
# How long a stretch may be asked for at once: of minutes a month, of hours a year, of days and more five years.
DEPTHS = ((HOUR, 30 * DAY), (DAY, 366 * DAY), (31 * DAY, 1_827 * DAY))


def depth(interval: CandleInterval) -> timedelta:
    length = LENGTHS.get(interval, 30 * DAY)
    return next(most for below, most in DEPTHS if length < below)


def beginning(interval: CandleInterval, at: datetime) -> datetime:
    """Of the stretch that `at` lies in."""
    at = at.astimezone(UTC)
    if interval == "1mo":
        return datetime(at.year, at.month, 1, tzinfo=UTC)
    length = LENGTHS[interval]
    return ORIGIN + (at - ORIGIN) // length * length


def following(interval: CandleInterval, start: datetime) -> datetime:
    """The beginning of the next stretch."""
    if interval == "1mo":
        return beginning("1mo", start + 31 * DAY)
    return start + LENGTHS[interval]


def first_from(interval: CandleInterval, at: datetime) -> datetime:
    """The first beginning that is not before `at`."""
    start = beginning(interval, at)
    return start if start == at else following(interval, start)
