"""What trading came to, step by step: sums of a period, its charts, its figures."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backoffice.charts.bars import Series, over_time
from backoffice.charts.drawing import Chart, Frame
from backoffice.contracts.markets import MarketType
from backoffice.contracts.totals import MoneyPoint, SeriesPoint, Step
from portal.templatetags.desk import words
from portal.worth import EXACT

FRAME, ACROSS = Frame(520, 170), Frame(700, 150)
COLOURS: dict[MarketType, str] = {"Spot": "var(--series-1)", "Cfd": "var(--series-2)", "Perp": "var(--series-3)"}
PATTERNS: dict[Step, str] = {"Hour": "%H:%M", "Day": "%-d %b", "Week": "%-d %b", "Month": "%b %Y"}
LONG: dict[Step, str] = {"Hour": "%Y-%m-%d %H:%M", "Day": "%Y-%m-%d", "Week": "Week of %Y-%m-%d", "Month": "%B %Y"}
NOTHING = Decimal(0)


class Sums(NamedTuple):
    """Of all steps; markup and revenue are None for whoever may not see markups."""

    volume: Decimal
    commission: Decimal
    markup: Decimal | None
    trades: int
    orders: int

    @property
    def revenue(self) -> Decimal | None:
        return None if self.markup is None else EXACT.add(self.markup, self.commission)


class Drawn(NamedTuple):
    """A chart with the figures it is drawn from: the name and the values of each step."""

    title: str
    chart: Chart
    series: Sequence[Series]
    rows: Sequence[tuple[str, Sequence[Decimal]]]
    is_empty: bool


def sums_of(points: Sequence[SeriesPoint]) -> Sums:
    markups = [one.markup_in_rat for one in points if one.markup_in_rat is not None]
    return Sums(
        volume=added(one.volume_in_rat for one in points),
        commission=added(one.commission_in_rat for one in points),
        markup=added(markups) if len(markups) == len(points) else None,
        trades=sum(one.trades for one in points),
        orders=sum(one.orders for one in points),
    )


def added(values: Iterable[Decimal]) -> Decimal:
    """To the last digit, however many there are."""
    found = NOTHING
    for value in values:
        found = EXACT.add(found, value)
    return found


def course(points: Sequence[SeriesPoint], worth: Callable[[SeriesPoint], Decimal]) -> list[Decimal]:
    """One value a step, of all market types together."""
    return [added(worth(one) for one in points if one.start == start) for start in starts_of(points)]


def starts_of(points: Sequence[SeriesPoint] | Sequence[MoneyPoint]) -> list[datetime]:
    return list(dict.fromkeys(one.start for one in points))


def by_type(
    title: str, points: Sequence[SeriesPoint], worth: Callable[[SeriesPoint], Decimal], step: Step, zone: ZoneInfo, frame: Frame = FRAME
) -> Drawn:
    """Types that had nothing are left out."""
    series = [Series(words(name), colour, [worth(one) for one in points if one.market_type == name]) for name, colour in COLOURS.items()]
    return drawn(title, starts_of(points), [one for one in series if any(one.values)], step, zone, frame)


def by_source(title: str, points: Sequence[SeriesPoint], step: Step, zone: ZoneInfo) -> Drawn:
    """Commission below, markup on top of it."""
    series = [Series("Commission", "var(--series-1)", course(points, lambda one: one.commission_in_rat))]
    if all(one.markup_in_rat is not None for one in points):
        series.append(Series("Markup", "var(--series-2)", course(points, lambda one: one.markup_in_rat or NOTHING)))
    return drawn(title, starts_of(points), series, step, zone)


def in_and_out(title: str, points: Sequence[MoneyPoint], step: Step, zone: ZoneInfo) -> Drawn:
    """What went out hangs below the line."""
    came = [one.amount_in_rat for one in points if one.type == "Deposit"]
    went = [EXACT.minus(one.amount_in_rat) for one in points if one.type == "Withdrawal"]
    return drawn(title, starts_of(points), [Series("In", "var(--pos)", came), Series("Out", "var(--neg)", went)], step, zone)


def drawn(title: str, starts: Sequence[datetime], series: Sequence[Series], step: Step, zone: ZoneInfo, frame: Frame = FRAME) -> Drawn:
    local = [start.astimezone(zone) for start in starts]
    chart = over_time([f"{start:{PATTERNS[step]}}" for start in local], series, frame)
    rows = [(f"{start:{LONG[step]}}", [one.values[at] for one in series]) for at, start in enumerate(local)]
    return Drawn(title, chart, series, rows, not any(any(one.values) for one in series))


def change(now: Decimal | int | None, before: Decimal | int | None) -> str:
    """In percent; empty where nothing can be said."""
    if not before or now is None:
        return ""
    share = EXACT.multiply(EXACT.divide(EXACT.subtract(Decimal(now), Decimal(before)), Decimal(before)), Decimal(100))
    return f"{share:+.1f} %" if abs(share) < 1_000 else "over 1,000 %" if share > 0 else ""
