"""How much an API client calls, as a chart of thirty days."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from backoffice.charts.bars import Series
from backoffice.charts.drawing import Frame
from backoffice.contracts.desk import DayOfUse
from portal.trading_totals import Drawn, drawn

FRAME = Frame(420, 130)


def use_of(days: Sequence[DayOfUse]) -> Drawn:
    """What was answered below, what was refused on top of it."""
    series = [
        Series("Answered", "var(--series-1)", [Decimal(one.calls - one.refusals) for one in days]),
        Series("Refused", "var(--neg)", [Decimal(one.refusals) for one in days]),
    ]
    starts = [datetime.combine(one.day, time(), UTC) for one in days]
    return drawn("Calls a day", starts, series, "Day", ZoneInfo("UTC"), FRAME)
