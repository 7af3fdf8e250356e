"""How a period is put together out of whole units that are summed up already and of records at its edges; pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

Unit = Literal["Quarter", "Day", "Month", "Ever"]

QUARTER = timedelta(minutes=15)


class Period(NamedTuple):
    """From on, up to but without to; None is open."""

    start: datetime | None = None
    end: datetime | None = None


class Part(NamedTuple):
    """Totals of whole units, or with unit None records. What a negative sign stands before is taken off again."""

    unit: Unit | None
    period: Period
    sign: Literal[1, -1] = 1


def cover(period: Period, units: Sequence[Unit], now: datetime) -> list[Part]:
    """Parts that come to just the period; `units` from short to long. Records are read of half a unit at most at either end: a month that
    is nearly whole is taken whole, and what lies beyond is taken off. `now` tells where records end, which only the cost depends on."""
    if period == Period():
        return [Part(units[-1], period)]
    shortest = units[0]
    choices = [found for found in _choices(period, shortest) if _is_before(found.inner)]
    best = min(choices, key=lambda found: found.cost(now), default=None)
    if best is None or best.cost(now) >= _width(period, now):
        return [Part(None, period)]
    return [*_whole(best.inner, [unit for unit in units if unit != "Ever"]), *best.edges]


class _Choice(NamedTuple):
    inner: Period
    edges: list[Part]

    def cost(self, now: datetime) -> timedelta:
        return sum((_width(edge.period, now) for edge in self.edges), timedelta())


def _choices(period: Period, unit: Unit) -> list[_Choice]:
    return [_Choice(Period(start, end), [*before, *behind]) for start, before in _starts(period, unit) for end, behind in _ends(period, unit)]


def _starts(period: Period, unit: Unit) -> list[tuple[datetime | None, list[Part]]]:
    if period.start is None:
        return [(None, [])]
    floor, ceiling = floor_of(period.start, unit), ceiling_of(period.start, unit)
    if floor == period.start:
        return [(floor, [])]
    added = [] if ceiling is None else [(ceiling, [Part(None, Period(period.start, ceiling))])]
    return [*added, (floor, [Part(None, Period(floor, period.start), -1)])]


def _ends(period: Period, unit: Unit) -> list[tuple[datetime | None, list[Part]]]:
    if period.end is None:
        return [(None, [])]
    floor, ceiling = floor_of(period.end, unit), ceiling_of(period.end, unit)
    if floor == period.end:
        return [(floor, [])]
    taken_off = [] if ceiling is None else [(ceiling, [Part(None, Period(period.end, ceiling), -1)])]
    return [(floor, [Part(None, Period(floor, period.end))]), *taken_off]


def _whole(period: Period, units: Sequence[Unit]) -> list[Part]:
    """Of whole shortest units: the longest ones that fit inside, and shorter ones around them."""
    if len(units) == 1:
        return [Part(units[0], period)]
    inner = Period(period.start and ceiling_of(period.start, units[-1]), period.end and floor_of(period.end, units[-1]))
    if not _is_before(inner) or (inner.start is None and period.start is not None):
        return _whole(period, units[:-1])
    outer = [Period(period.start, inner.start), Period(inner.end, period.end)]
    around = [part for ends in outer if ends.start != ends.end for part in _whole(ends, units[:-1])]
    return [Part(units[-1], inner), *around]


def _is_before(period: Period) -> bool:
    return period.start is None or period.end is None or period.start < period.end


def _width(period: Period, now: datetime) -> timedelta:
    """How much time with records in it, as far as anybody knows."""
    start = datetime.min.replace(tzinfo=UTC) if period.start is None else period.start
    end = now if period.end is None else min(period.end, now)
    return max(end - start, timedelta())


def floor_of(at: datetime, unit: Unit) -> datetime:
    return FLOOR[unit](at.astimezone(UTC))


def ceiling_of(at: datetime, unit: Unit) -> datetime | None:
    """None behind the last unit that the calendar can tell."""
    floor = floor_of(at, unit)
    try:
        return floor if floor == at else NEXT[unit](floor)
    except OverflowError:
        return None


def _day(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


FLOOR: Mapping[Unit, Callable[[datetime], datetime]] = {
    "Quarter": lambda at: at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0),
    "Day": _day,
    "Month": lambda at: _day(at).replace(day=1),
}
NEXT: Mapping[Unit, Callable[[datetime], datetime]] = {
    "Quarter": lambda at: at + QUARTER,
    "Day": lambda at: at + timedelta(days=1),
    "Month": lambda at: (at + timedelta(days=31)).replace(day=1),
}
