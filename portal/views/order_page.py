"""One order: where it stands, what happened to it, what filled it and at whose price, what it cost, the money it moved."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.ledger import JournalDetail
from backoffice.contracts.order_page import ChargedRule, OrderPage
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.charts.prices import Line, Marked
from portal.objects import Tab
from portal.order_story import ENDED, events_of
from portal.price_around import Around, around
from portal.session import DeskRequest
from portal.views.commission_explain import explain_act
from portal.worth import EXACT, worth_of


class Moved(NamedTuple):
    account_id: str
    asset_id: str
    amount: Decimal


@require_safe
def show(request: DeskRequest, order_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    page = back_api().orders.page(request.actor, order_id)
    order = page.order
    journals = back_api().orders.journals(request.actor, order_id) if permitted(request.actor, "orders.journals") else None
    context = {
        "page": page,
        "order": order,
        "base": base_of(order.market_id, order.quote_asset_id),
        "is_open": order.order_status not in ENDED,
        "events": events_of(page),
        "sums": _sums(page),
        "rule": _rule_words(page.rule),
        "rule_href": _rule_href(request.actor, page.rule),
        "around": _around(request.actor, page),
        "journals": journals,
        "moved": _moved(journals or []),
        "worth": worth_of(request.actor),
        "tabs": [Tab("Overview", href_of(order_id), True)],
        "acts": [_explain(request.actor, page)],
        "live": {"type": "order", "id": order_id, "since": since},
        "crumbs": [("Orders", reverse("portal:orders-list")), (order_id, "")],
    }
    return respond.page(request, "portal/orders/show.html", "", context)


@require_safe
def of_execution(request: DeskRequest, execution_id: str) -> HttpResponse:
    return respond.redirect(request, href_of(back_api().orders.of_execution(request.actor, execution_id)))


def href_of(order_id: str) -> str:
    return reverse("portal:orders-show", args=[order_id])


def base_of(market_id: str, quote_asset_id: str) -> str:
    """The base asset: markets are called type.base_quote."""
    return market_id.partition(".")[2].removesuffix(f"_{quote_asset_id}")


def _sums(page: OrderPage) -> dict[str, Any]:
    """None where the executions told are not all of them."""
    whole = page.executions_count == len(page.executions)
    realized = [one.realized_pnl_in_rat for one in page.executions if one.realized_pnl_in_rat is not None]
    volume = sum((one.volume_in_rat for one in page.executions), Decimal(0)) if whole else None
    return {
        "volume": volume,
        "markup": sum((one.markup_in_rat for one in page.executions), Decimal(0)) if whole else None,
        "realized": sum(realized, Decimal(0)) if whole and realized else None,
        "rate": _percent(page.order.commission_in_rat, volume) if volume else "",
        "filled": _percent(page.order.filled_amount, page.order.base_amount, places=0),
        "lots": sum((one.lots for one in page.executions if one.lots is not None), Decimal(0)) if whole else None,
    }


def _percent(part: Decimal, whole: Decimal, *, places: int = 3) -> str:
    return f"{EXACT.multiply(EXACT.divide(part, whole), Decimal(100)):.{places}f} %"


def _rule_words(rule: ChargedRule | None) -> str:
    """A rule has no name of its own: it is known by what it is for."""
    if rule is None or rule.commission_profile_id is None:
        return ""
    return "every other market" if rule.is_default else rule.market_id or f"markets of the group {rule.market_group_id}"


def _rule_href(actor: Actor, rule: ChargedRule | None) -> str:
    if rule is None or rule.commission_profile_id is None or not permitted(actor, "commission_rules.get"):
        return ""
    return reverse("portal:commissions-rule", args=[rule.commission_profile_id, rule.commission_profile_rule_id])


def _explain(actor: Actor, page: OrderPage) -> Any:
    order = page.order
    price = order.avg_execution_price or order.limit_price
    known = {"account": order.account_id, "market": order.market_id, "side": order.side, "unit": "amount"}
    known |= {"size": f"{order.filled_amount or order.base_amount:f}", "price": f"{price:f}" if price else ""}
    return explain_act(actor, **known)


def _moved(journals: Sequence[JournalDetail]) -> list[Moved]:
    """What all journals came to, the client's account first."""
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in (entry for journal in journals for entry in journal.entries):
        key = (entry.account_id, entry.asset_id)
        sums[key] = EXACT.add(sums.get(key, Decimal(0)), entry.amount)
    return [Moved(*key, amount) for key, amount in sorted(sums.items(), key=lambda item: (":" in item[0][0], item[0]))]


def _around(actor: Actor, page: OrderPage) -> Around | None:
    order = page.order
    end = order.updated_at if order.order_status in ENDED else timezone.now()
    marks = [Marked(one.at, order.side, one.price) for one in page.executions]
    lines = [Line(order.limit_price)] if order.limit_price is not None else []
    return around(actor, order.market_id, order.created_at, end, marks=marks, lines=lines)
