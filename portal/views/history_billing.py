"""Billing: how many accounts were active over a period, and what they traded, month by month beside it."""

from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts import periods
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter as Entry
from backoffice.contracts.totals import Billing, PeriodQuery
from backoffice.services import back_api
from portal import respond
from portal.context import zone_of
from portal.listing import Period, State
from portal.session import DeskRequest
from portal.worth import worth_of

TRADED = Period(key="period", label="Period", field="createdAt")
USUAL = "this month"
OFFERED = ("this month", "previous month", "this quarter", "previous quarter", "this year", "previous year", "last 30 days")
MONTHS = 6


class Month(NamedTuple):
    start: date
    billing: Billing


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    zone = zone_of(request)
    state = State.of(request.GET, TRADED.allowed(()), zone=zone)
    value = TRADED.value(state) or {"relative": USUAL, "zone": zone}
    chosen = TRADED.chosen(state, ())
    context: dict[str, Any] = {
        "offers": [(words.capitalize(), urlencode({"period": words}), words == value.get("relative")) for words in OFFERED],
        "words": chosen.words if chosen else USUAL.capitalize(),
        "first": next(iter(state.many(TRADED.start_key)), ""),
        "last": next(iter(state.many(TRADED.end_key)), ""),
        "zone": zone,
        "worth": worth_of(request.actor),
        "crumbs": [("Billing", "")],
    }
    try:
        context |= {"billing": _billing(request.actor, value), "months": _months(request.actor, zone)}
    except Invalid as refusal:
        return respond.page(request, "portal/history/billing.html", "", {**context, "refusal": refusal.detail}, status=400)
    return respond.page(request, "portal/history/billing.html", "", context)


def _months(actor: Actor, zone: str) -> list[Month]:
    """The last whole months and the one that runs, newest first."""
    found: list[Month] = []
    at = timezone.now()
    for _ in range(MONTHS):
        span = periods.span("this month", zone, at)
        ends = {"from": span.start.isoformat(), "to": span.end.isoformat()}
        found.append(Month(span.start.astimezone(ZoneInfo(zone)).date(), _billing(actor, ends)))
        at = periods.span("previous month", zone, at).start
    return found


def _billing(actor: Actor, value: dict[str, str]) -> Billing:
    return back_api().totals.billing(actor, PeriodQuery(filters=[Entry(entry_type="Range", field="createdAt", value=value)]))
