"""The impact of a change set: what the orders of a period paid against what they would pay, market by market and client by client."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, get_args

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from backoffice.charts.bars import differences
from backoffice.contracts.commission_changes import ImpactKind, ImpactQuery, ImpactRow, ImpactSummary, Period
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.services import back_api
from portal import respond
from portal.asked import number_of
from portal.forms.form import Field, Form
from portal.session import DeskRequest
from portal.views.commission_changes import found_change

TEMPLATE = "portal/commissions/impact.html"
RUNNING, SHOWN, CHARTED = ("Queued", "Running"), 50, 12
PRESETS = (7, 30, 90)
MOST_DAYS, MOST_PERCENT = 3_660, 999
FIELDS = (
    Field(name="from", label="From", kind="date", is_required=True),
    Field(name="to", label="To, included", kind="date", is_required=True),
)
HREFS: dict[ImpactKind, str] = {"Market": "portal:markets-show", "Client": "portal:clients-show"}


class Line(NamedTuple):
    """`percent` is "" where nothing was paid before, or where nothing changes."""

    row: ImpactRow
    href: str
    difference: Decimal
    percent: str


class Side(NamedTuple):
    """The rows of one kind, those that change most first, with a chart of the first of them."""

    kind: ImpactKind
    heading: str
    lines: list[Line]
    chart: SafeString | str
    next: str


@require_safe
def show(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return _page(request, change_set_id)


@require_POST
def estimate(request: DeskRequest, change_set_id: str) -> HttpResponse:
    form = Form.of_post(FIELDS, request.POST)
    try:
        period = _days_back(request.POST["days"]) if "days" in request.POST else _period(form)
        back_api().commission_changes.estimate(request.actor, change_set_id, period)
    except Invalid as refusal:
        return _page(request, change_set_id, form=form.refused(refusal), status=400)
    except Conflict as refusal:
        return _page(request, change_set_id, form=form.refused(Invalid(refusal.detail)), status=409)
    return respond.redirect(request, reverse("portal:commissions-change-impact", args=[change_set_id]))


@require_POST
def cancel(request: DeskRequest, change_set_id: str) -> HttpResponse:
    back_api().commission_changes.cancel_estimate(request.actor, change_set_id)
    return respond.redirect(request, reverse("portal:commissions-change-impact", args=[change_set_id]), toast="Stopped.", kind="info")


@require_safe
def progress(request: DeskRequest, change_set_id: str) -> HttpResponse:
    """Asked every second while it is computed; once it rests, the page loads again with what came of it."""
    change = back_api().commission_changes.get(request.actor, change_set_id).value.change_set
    context = {"change": change, "summary": change.impact}
    if change.impact is not None and change.impact.status in RUNNING:
        return render(request, f"{TEMPLATE}#progress", context)
    response = respond.last_poll(request, f"{TEMPLATE}#progress", context)
    response["HX-Refresh"] = "true"
    return response


def _page(request: DeskRequest, change_set_id: str, *, form: Form | None = None, status: int = 200) -> HttpResponse:
    found, context = found_change(request, change_set_id, "Impact")
    summary: ImpactSummary | None = found.value.change_set.impact
    is_done = summary is not None and summary.status == "Done"
    context |= {
        "summary": summary,
        "is_running": summary is not None and summary.status in RUNNING,
        "form": form or _form_of(summary),
        "presets": PRESETS,
        "sides": _sides(request, change_set_id) if is_done else [],
        "difference": _difference(summary) if summary and is_done else None,
        "percent": _percent(summary.old_in_rat, summary.new_in_rat) if summary and is_done else "",
        "last_day": summary.period.to - timedelta(microseconds=1) if summary else None,
    }
    return respond.page(request, TEMPLATE, "", context, status=status)


def _sides(request: DeskRequest, change_set_id: str) -> list[Side]:
    asked: ImpactKind | None = next((kind for kind in get_args(ImpactKind) if kind == request.GET.get("kind")), None)
    return [_side(request, change_set_id, kind, request.GET.get("after") if kind == asked else None) for kind in get_args(ImpactKind)]


def _side(request: DeskRequest, change_set_id: str, kind: ImpactKind, after: str | None) -> Side:
    found = back_api().commission_changes.impact(request.actor, change_set_id, ImpactQuery(kind=kind, after=after or None, limit=SHOWN))
    lines = [_line(kind, row) for row in found.rows]
    bars = [(line.row.label, line.difference) for line in lines[:CHARTED] if line.difference]
    following = f"?kind={kind}&after={found.next}" if found.next else ""
    return Side(kind, f"By {kind.lower()}", lines, differences(bars) if bars else "", following)


def _line(kind: ImpactKind, row: ImpactRow) -> Line:
    href = reverse(HREFS[kind], args=[row.key])
    return Line(row, href, row.new_in_rat - row.old_in_rat, _percent(row.old_in_rat, row.new_in_rat))


def _difference(summary: ImpactSummary) -> Decimal | None:
    return None if summary.old_in_rat is None or summary.new_in_rat is None else summary.new_in_rat - summary.old_in_rat


def _percent(old: Decimal | None, new: Decimal | None) -> str:
    if not old or new is None or new == old:
        return ""
    share = (new - old) * 100 / old
    return f"over +{MOST_PERCENT} %" if share > MOST_PERCENT else f"{share:+.1f} %"


def _form_of(summary: ImpactSummary | None) -> Form:
    last = summary.period.to - timedelta(microseconds=1) if summary else timezone.now()
    first = summary.period.from_ if summary else last - timedelta(days=29)
    return Form(fields=FIELDS, values={"from": first.date().isoformat(), "to": last.date().isoformat()})


def _days_back(text: str) -> Period:
    """Up to this moment, from the beginning of a day."""
    now = timezone.now()
    days = min(max(number_of(text) or 1, 1), MOST_DAYS)
    return Period(from_=_midnight((now - timedelta(days=days - 1)).date()), to=now)


def _period(form: Form) -> Period:
    """Whole days in UTC. Refuses: Invalid."""
    form.typed()
    first, last = (_day(form, name) for name in ("from", "to"))
    if last < first:
        raise Invalid("Some fields need another look.", fields={"to": ["must not be before the first day"]})
    return Period(from_=_midnight(first), to=_midnight(last + timedelta(days=1)))


def _day(form: Form, name: str) -> date:
    try:
        found = date.fromisoformat(form.values[name])
    except ValueError as error:
        raise Invalid("Some fields need another look.", fields={name: ["is no date"]}) from error
    if not date(2000, 1, 1) <= found <= date(9000, 1, 1):
        raise Invalid("Some fields need another look.", fields={name: ["is too far away"]})
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
