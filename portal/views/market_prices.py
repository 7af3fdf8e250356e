"""A market's prices as a chart, with executions on it when asked, and as a file."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts import intervals
from backoffice.contracts.actor import Actor
from backoffice.contracts.charts import MARKED_MOST, Candle, CandleQuery, Mark
from backoffice.contracts.errors import TooCostly
from backoffice.contracts.intervals import CandleInterval
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.charts.prices import Marked, candlesticks
from portal.objects import act
from portal.session import DeskRequest
from portal.views.market_page import frame
from portal.worth import EXACT

EVERY: tuple[CandleInterval, ...] = get_args(CandleInterval)
# More would be no chart but a smear.
MOST = 400
EARLIEST_YEAR, LATEST_YEAR = 1_980, 8_900


class Range(NamedTuple):
    """A length of time, with the interval it is shown by unless another is asked for."""

    label: str
    length: timedelta
    usual: CandleInterval


RANGES = {
    "1d": Range("Day", timedelta(days=1), "5m"),
    "7d": Range("Week", timedelta(days=7), "1h"),
    "30d": Range("Month", timedelta(days=30), "4h"),
    "90d": Range("3 months", timedelta(days=90), "12h"),
    "1y": Range("Year", timedelta(days=366), "1d"),
    "5y": Range("5 years", timedelta(days=1_827), "1w"),
}


class Asked(NamedTuple):
    """What the address says; `until` is None for up to now."""

    range: str
    interval: CandleInterval | None
    until: datetime | None
    executions: bool
    account: str

    def query(self, **changed: str) -> str:
        until = f"{self.until:%Y-%m-%dT%H:%MZ}" if self.until else ""
        said = {"range": self.range, "interval": self.interval or "", "until": until, "account": self.account}
        said |= {"executions": "1" if self.executions else ""} | changed
        return urlencode({name: value for name, value in said.items() if value})


@require_safe
def show(request: DeskRequest, market_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    market = back_api().markets.get(request.actor, market_id).value
    asked = _asked(request)
    query, candles = _found(request.actor, market_id, asked)
    marks, left_out = _marks(request.actor, query, asked, candles)
    context = frame(request.actor, market, "Prices", since) | {
        "asked": asked,
        "query": query,
        "candles": candles,
        "chart": candlesticks(candles, query.interval, marks=marks) if candles else None,
        "figures": _figures(candles) if candles else None,
        "marks": marks,
        "left_out": left_out,
        "file_acts": [act(request.actor, "charts.file", "CSV", "download", _file_href(query, asked))],
        "chart_label": _in_words(query, candles, market.display_name) if candles else "",
        "ranges": [(one.label, asked.query(range=name, interval="", until=""), name == asked.range) for name, one in RANGES.items()],
        "intervals": [(one, asked.query(interval=one), one == query.interval) for one in EVERY if _fits(one, RANGES[asked.range].length)],
        "too_many": asked.interval if asked.interval and not _fits(asked.interval, RANGES[asked.range].length) else "",
        "earlier": asked.query(until=_minute(query.date_from)),
        "later": asked.query(until=_later(query)) if asked.until else "",
    }
    return respond.page(request, "portal/markets/prices.html", "region", context)


@require_safe
def download(request: DeskRequest, market_id: str) -> HttpResponseBase:
    """Refuses: NotPermitted, NotFound."""
    query = _query(market_id, _asked(request))
    name, content = back_api().charts.file(request.actor, query)
    return FileResponse(content, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _asked(request: DeskRequest) -> Asked:
    """What an address cannot mean counts as not said."""
    said = request.GET
    account = said.get("account", "").strip()[:24]
    return Asked(
        range=said["range"] if said.get("range") in RANGES else "7d",
        interval=next((one for one in EVERY if one == said.get("interval")), None),
        until=_instant(said.get("until", "")),
        executions=said.get("executions") == "1",
        account=account if account.isprintable() else "",
    )


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST_YEAR < found.year < LATEST_YEAR else None


def _query(market_id: str, asked: Asked) -> CandleQuery:
    _, length, usual = RANGES[asked.range]
    interval = asked.interval if asked.interval and _fits(asked.interval, length) else usual
    until = asked.until or timezone.now()
    return CandleQuery(market_id=market_id, interval=interval, date_from=until - length, date_to=until)


def _found(actor: Actor, market_id: str, asked: Asked) -> tuple[CandleQuery, list[Candle]]:
    """Minutes are not kept everywhere: without any, hours are looked for unless minutes were asked for."""
    query = _query(market_id, asked)
    candles = back_api().charts.candles(actor, query)
    if not candles and asked.interval is None and _length(query.interval) < intervals.HOUR:
        query = _query(market_id, asked._replace(interval="1h"))
        candles = back_api().charts.candles(actor, query)
    return query, candles


def _marks(actor: Actor, query: CandleQuery, asked: Asked, candles: Sequence[Candle]) -> tuple[list[Marked], str]:
    """And what is to be said of those that are left out."""
    if not asked.executions or not candles or not permitted(actor, "charts.marks"):
        return [], ""
    try:
        found = back_api().charts.marks(actor, query, account_id=asked.account or None)
    except TooCostly as refusal:
        return [], refusal.detail
    cut = f"Only the newest {MARKED_MOST:,} executions are marked. Choose a shorter range or one account." if found.is_exceeded else ""
    return [marked(one) for one in found.items], cut


def marked(one: Mark) -> Marked:
    return Marked(one.start, one.side, one.price)


def _figures(candles: Sequence[Candle]) -> dict[str, Any]:
    first, last = candles[0].open, candles[-1].close
    change = EXACT.subtract(last, first)
    return {
        "last": last,
        "change": change,
        "percent": f"{EXACT.multiply(EXACT.divide(change, first), Decimal(100)):+.2f} %",
        "highest": max(candles, key=lambda one: one.high),
        "lowest": min(candles, key=lambda one: one.low),
    }


def _in_words(query: CandleQuery, candles: Sequence[Candle], name: str) -> str:
    return f"Prices of {name} in {len(candles)} candles of {query.interval}, from {candles[0].open:f} to {candles[-1].close:f}."


def _fits(interval: CandleInterval, length: timedelta) -> bool:
    return length <= intervals.depth(interval) and 2 <= length // _length(interval) <= MOST


def _length(interval: CandleInterval) -> timedelta:
    return intervals.LENGTHS.get(interval, 30 * intervals.DAY)


def _file_href(query: CandleQuery, asked: Asked) -> str:
    """Just what is shown, though time goes on."""
    shown = asked.query(interval=query.interval, until=_minute(query.date_to), executions="", account="")
    return f"{reverse('portal:markets-prices-file', args=[query.market_id])}?{shown}"


def _later(query: CandleQuery) -> str:
    """Empty, which is up to now, once the next range would reach it."""
    end = query.date_to + (query.date_to - query.date_from)
    return _minute(end) if end < timezone.now() else ""


def _minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
