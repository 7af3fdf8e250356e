"""Trading over a period: volume, revenue, commissions, the markets and clients of most, money in and out."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, get_args
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from backoffice.contracts import periods
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.markets import MarketType
from backoffice.contracts.totals import Measure, MoneyQuery, SeriesPoint, SeriesQuery, Step, Subject, TopQuery, TopRow
from backoffice.guard import permitted
from backoffice.services import back_api
from portal import respond
from portal.charts.sparks import spark
from portal.context import zone_of
from portal.listing import period as days
from portal.objects import demand
from portal.session import DeskRequest
from portal.templatetags.desk import plain, words
from portal.trading_totals import NOTHING, Drawn, Sums, by_source, by_type, change, course, in_and_out, sums_of
from portal.worth import EXACT, Worth, worth_of

TEMPLATE = "portal/history/dashboard.html"
USUAL = "last 30 days"
OFFERED = ("today", "last 7 days", "last 30 days", "last 90 days", "this month", "previous month", "this year", "last 12 months")
LONGEST = timedelta(days=3_660)
TOP = 10
# The longest period that is shown by each step.
STEPS: tuple[tuple[timedelta, Step], ...] = ((timedelta(days=2), "Hour"), (timedelta(days=100), "Day"), (timedelta(days=740), "Week"))
MEASURES: dict[Measure, Callable[[TopRow], Decimal | None]] = {
    "Volume": lambda row: row.volume_in_rat,
    "Commission": lambda row: row.commission_in_rat,
    "Markup": lambda row: row.markup_in_rat,
    "Trades": lambda row: Decimal(row.trades),
}
SUBJECTS: dict[Subject, str] = {"Markets": "portal:markets-show", "Clients": "portal:clients-show"}


class Asked(NamedTuple):
    """`words` are empty for a period told by its first and last day."""

    words: str
    first: str
    last: str
    market_type: MarketType | None
    by: Measure
    zone: str

    def query(self, **changed: str) -> str:
        said = {"period": self.words, "from": self.first, "to": self.last, "type": self.market_type or "", "by": self.by} | changed
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def types(self) -> list[MarketType] | None:
        return [self.market_type] if self.market_type else None


class Figure(NamedTuple):
    label: str
    value: str
    detail: str
    tone: str
    spark: SafeString | str


class Line(NamedTuple):
    """`share` is the row's part of the largest, from 0 to 1000."""

    row: TopRow
    href: str
    value: str
    share: int


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    if not permitted(request.actor, "totals.money"):
        demand(request.actor, "totals.series")
    asked, worth = _asked(request), worth_of(request.actor)
    context: dict[str, Any] = {
        "asked": asked,
        "periods": [(one.capitalize(), asked.query(period=one, **{"from": "", "to": ""}), one == asked.words) for one in OFFERED],
        "types": [("All", asked.query(type=""), asked.market_type is None)]
        + [(words(one), asked.query(type=one), one == asked.market_type) for one in get_args(MarketType)],
        "worth": worth,
        "crumbs": [("History", "")],
        "refusal": "",
    }
    try:
        context |= _figures_of(request.actor, asked, _span(asked), worth)
    except Invalid as refusal:
        reasons = [reason for reasons in refusal.fields.values() for reason in reasons]
        return respond.page(request, TEMPLATE, "region", context | {"refusal": refusal.detail, "reasons": reasons}, status=400)
    return respond.page(request, TEMPLATE, "region", context)


@require_safe
def landing(request: DeskRequest) -> HttpResponse:
    return respond.redirect(request, reverse("portal:history-dashboard"))


def _figures_of(actor: Actor, asked: Asked, span: periods.Span, worth: Worth) -> dict[str, Any]:
    step, zone = step_of(span), ZoneInfo(asked.zone)
    found: dict[str, Any] = {"span": span, "step": step, "days": _days(span, zone), "charts": [], "tops": []}
    if permitted(actor, "totals.series"):
        points = _series(actor, asked, span, step)
        before = _series(actor, asked, periods.Span(span.start - (_until_now(span) - span.start), span.start), step)
        charts = [by_type("Volume", points, lambda one: one.volume_in_rat, step, zone), by_source("Revenue", points, step, zone)]
        charts.append(by_type("Commissions", points, lambda one: one.commission_in_rat, step, zone))
        found |= {"charts": charts, "figures": figures(points, sums_of(before), worth), "is_quiet": not sums_of(points).trades}
        found["tops"] = [(subject, _top(actor, asked, span, subject, worth)) for subject in SUBJECTS]
        found["measures"] = [(one, asked.query(by=one), one == asked.by) for one in _measures(actor)]
    if permitted(actor, "totals.money"):
        found["charts"] = [*found["charts"], _money(actor, asked, span, step)]
    return found


def figures(points: Sequence[SeriesPoint], before: Sums, worth: Worth) -> list[Figure]:
    """Each with its course, and what it was over as long a time before."""
    now = sums_of(points)
    shown: list[tuple[str, Decimal | None, Decimal | None, Callable[[SeriesPoint], Decimal]]] = [
        ("Volume", now.volume, before.volume, lambda one: one.volume_in_rat),
        ("Revenue", now.revenue, before.revenue, lambda one: EXACT.add(one.commission_in_rat, one.markup_in_rat or NOTHING)),
        ("Commission", now.commission, before.commission, lambda one: one.commission_in_rat),
        ("Markup", now.markup, before.markup, lambda one: one.markup_in_rat or NOTHING),
    ]
    found = [
        Figure(label, worth.root_text(value), change(value, earlier), _tone(value, earlier), spark(course(points, of)))
        for label, value, earlier, of in shown
        if value is not None
    ]
    trades = spark(course(points, lambda one: Decimal(one.trades)))
    orders = spark(course(points, lambda one: Decimal(one.orders)))
    found.append(Figure("Trades", plain(now.trades), change(now.trades, before.trades), _tone(now.trades, before.trades), trades))
    return [*found, Figure("Orders", plain(now.orders), change(now.orders, before.orders), _tone(now.orders, before.orders), orders)]


def step_of(span: periods.Span) -> Step:
    return next((step for longest, step in STEPS if span.end - span.start <= longest), "Month")


def _tone(now: Decimal | int, before: Decimal | int | None) -> str:
    return "" if not before or now == before else "pos" if now > before else "neg"


def _series(actor: Actor, asked: Asked, span: periods.Span, step: Step) -> list[SeriesPoint]:
    query = SeriesQuery(from_=span.start, to=span.end, zone=asked.zone, step=step, market_types=asked.types)
    return back_api().totals.series(actor, query)


def _money(actor: Actor, asked: Asked, span: periods.Span, step: Step) -> Drawn:
    points = back_api().totals.money(actor, MoneyQuery(from_=span.start, to=span.end, zone=asked.zone, step=step))
    return in_and_out("Money in and out", points, step, ZoneInfo(asked.zone))


def _top(actor: Actor, asked: Asked, span: periods.Span, subject: Subject, worth: Worth) -> list[Line]:
    query = TopQuery(subject=subject, measure=asked.by, from_=span.start, to=span.end, market_types=asked.types, limit=TOP)
    rows, value = back_api().totals.top(actor, query), MEASURES[asked.by]
    most = max((value(row) or NOTHING for row in rows), default=NOTHING) or Decimal(1)
    return [
        Line(
            row,
            reverse(SUBJECTS[subject], args=[row.id]) if actor.may("view-common") else "",
            plain(row.trades) if asked.by == "Trades" else worth.root_text(value(row)),
            int((value(row) or NOTHING) * 1000 / most),
        )
        for row in rows
    ]


def _measures(actor: Actor) -> list[Measure]:
    return [one for one in get_args(Measure) if one != "Markup" or permitted(actor, "totals.revenue")]


def _days(span: periods.Span, zone: ZoneInfo) -> str:
    first, last = (at.astimezone(zone).strftime("%-d %b %Y") for at in (span.start, span.end - timedelta(microseconds=1)))
    return first if first == last else f"{first} – {last}"


def _until_now(span: periods.Span) -> datetime:
    """What has not come yet is not compared."""
    return max(min(span.end, timezone.now()), span.start + timedelta(hours=1))


def _asked(request: DeskRequest) -> Asked:
    """What an address cannot mean counts as not said; words go before days."""
    said = request.GET
    first, last = (said.get(name, "") if said.get(name, "") in days.Moments() else "" for name in ("from", "to"))
    wanted = said.get("period", "")
    relative = wanted if wanted in days.Words() else "" if first and last else USUAL
    if relative:
        first = last = ""
    market_type: MarketType | None = next((one for one in get_args(MarketType) if one == said.get("type")), None)
    by: Measure = next((one for one in _measures(request.actor) if one == said.get("by")), "Volume")
    return Asked(relative, first, last, market_type, by, zone_of(request))


def _span(asked: Asked) -> periods.Span:
    """Refuses: Invalid."""
    found = days.ends_of(days.value_of(asked.words, [asked.first], [asked.last], asked.zone), timezone.now())
    if found.start is None or found.end is None or not found.start < found.end <= found.start + LONGEST:
        raise Invalid("This is no period.", fields={"to": ["The last day must not be before the first, nor ten years behind it."]})
    return periods.Span(found.start, found.end)
