"""Home's figures of today's trading and one chart of the last days, for whoever may see them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from backoffice.contracts import periods
from backoffice.contracts.errors import TooCostly
from backoffice.contracts.totals import SeriesPoint, SeriesQuery
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.charts.sparks import spark
from portal.context import zone_of
from portal.session import DeskRequest
from portal.templatetags.desk import plain
from portal.trading_totals import ACROSS, NOTHING, by_type, course, starts_of, sums_of
from portal.views.history_dashboard import Figure
from portal.worth import EXACT, Worth, worth_of

DAYS = "last 14 days"


def trading_today(request: DeskRequest) -> dict[str, Any]:
    """Empty for whoever may not see it, and while the database is too busy for it: the inbox below must not wait for charts."""
    if not permitted(request.actor, "totals.series"):
        return {}
    zone = zone_of(request)
    span = periods.span(DAYS, zone, timezone.now())
    try:
        points = back_api().totals.series(request.actor, SeriesQuery(from_=span.start, to=span.end, zone=zone, step="Day"))
    except TooCostly:
        return {}
    worth = worth_of(request.actor)
    chart = by_type("Volume of the last 14 days", points, lambda one: one.volume_in_rat, "Day", ZoneInfo(zone), ACROSS)
    return {"today": _figures(points, worth), "trading_chart": chart, "worth": worth}


def _figures(points: list[SeriesPoint], worth: Worth) -> list[Figure]:
    """Each with the day before, and its course over all of them."""
    *_, yesterday, today = (_of(points, start) for start in starts_of(points))
    now, before = sums_of(today), sums_of(yesterday)
    if now.revenue is None or before.revenue is None:
        earned = ("Commission", now.commission, before.commission, course(points, lambda one: one.commission_in_rat))
    else:
        revenues = course(points, lambda one: EXACT.add(one.commission_in_rat, one.markup_in_rat or NOTHING))
        earned = ("Revenue", now.revenue, before.revenue, revenues)
    sums = (("Volume", now.volume, before.volume, course(points, lambda one: one.volume_in_rat)), earned)
    counts = (
        ("Trades", now.trades, before.trades, course(points, lambda one: Decimal(one.trades))),
        ("Orders", now.orders, before.orders, course(points, lambda one: Decimal(one.orders))),
    )
    return [
        *(Figure(label, worth.root_text(value), worth.root_text(earlier), "", spark(values)) for label, value, earlier, values in sums),
        *(Figure(label, plain(value), plain(earlier), "", spark(values)) for label, value, earlier, values in counts),
    ]


def _of(points: list[SeriesPoint], start: datetime) -> list[SeriesPoint]:
    return [one for one in points if one.start == start]
