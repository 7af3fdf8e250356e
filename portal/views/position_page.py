"""One position: how it was opened, what was closed of it, what it paid and got while it was open."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backoffice.contracts.commissions import Side
from backoffice.contracts.errors import NotFound
from backoffice.contracts.filters import Filter, PageQuery, Sort
from backoffice.contracts.order_lists import ListedOrder
from backoffice.contracts.position_lists import ClosedPositionRow, OfPosition, PositionRow
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.charts.prices import Line, Marked
from portal.history_lists import trades_of
from portal.objects import Tab, act
from portal.price_around import Around, around
from portal.session import DeskRequest
from portal.trading_totals import added
from portal.worth import EXACT, worth_of

# Of each kind of record that belongs to a position; sums are left out when there are more.
MOST = 500


@require_safe
def show(request: DeskRequest, position_id: str) -> HttpResponse:
    """Refuses: NotPermitted, NotFound."""
    actor, lists, since = request.actor, back_api().position_lists, desk().audit.latest(request.actor)
    opened = next(iter(lists.positions_page(actor, _of(position_id, "openedAt")).items), None)
    closings = lists.closed_positions_page(actor, _of(position_id, "closedAt"))
    whose: OfPosition | None = opened or next(iter(closings.items), None)
    if whose is None:
        raise NotFound(f"There is no position {position_id}.")
    swaps, funding = (find(actor, _of(position_id, "createdAt")) for find in (lists.position_swaps_page, lists.funding_payments_page))
    orders = back_api().order_lists.orders_page(actor, _of(position_id, "createdAt")).items if permitted(actor, "orders.page") else []
    side = _side(opened, closings.items)
    paid = [(closings.next, (one.realized_pnl_in_rat for one in closings.items)), (swaps.next, (one.amount_in_rat for one in swaps.items))]
    realized, swapped, funded = map(_sum, [*paid, (funding.next, (one.amount_in_rat for one in funding.items))])
    context = {
        "opened": opened,
        "whose": whose,
        "side": side,
        "open_price": opened.open_price if opened else closings.items[-1].open_price,
        "opened_at": opened.opened_at if opened else closings.items[0].opened_at,
        "closings": closings.items,
        "swaps": swaps.items,
        "funding": funding.items,
        "orders": orders,
        "realized": realized,
        "swapped": swapped,
        "funded": funded,
        "net": None if realized is None or swapped is None or funded is None else EXACT.add(EXACT.add(realized, swapped), funded),
        "around": _around(request, opened, closings.items, orders, side),
        "worth": worth_of(actor),
        "tabs": [Tab("Overview", href_of(position_id), True)],
        "acts": [act(actor, "trade_lists.trades_page", "Trades", "arrow-left-right", trades_of(position_id))],
        "live": {"type": "position", "id": position_id, "since": since},
        "crumbs": [("Positions", reverse("portal:positions-list")), (position_id, "")],
    }
    return respond.page(request, "portal/positions/show.html", "", context)


def href_of(position_id: str) -> str:
    return reverse("portal:positions-show", args=[position_id])


def _of(position_id: str, order: str) -> PageQuery:
    """Oldest first."""
    named = Filter(entry_type="Exact", field="positionId", value=position_id)
    return PageQuery(filters=[named], sort=Sort(field=order, direction="Asc"), limit=MOST, is_counted=False)


def _side(opened: PositionRow | None, closings: Sequence[ClosedPositionRow]) -> Side:
    """What closes a position is of the other side."""
    if opened:
        return opened.side
    return "Sell" if closings[0].side == "Buy" else "Buy"


def _sum(told: tuple[str | None, Iterable[Decimal]]) -> Decimal | None:
    """None when there are more than are told."""
    more, amounts = told
    return None if more else added(amounts)


def _around(
    request: DeskRequest, opened: PositionRow | None, closings: Sequence[ClosedPositionRow], orders: Sequence[ListedOrder], side: Side
) -> Around | None:
    whose = opened or closings[0]
    marks = [Marked(one.updated_at, one.side, one.avg_execution_price) for one in orders if one.avg_execution_price is not None]
    if not orders:
        marks = [Marked(whose.opened_at, side, whose.open_price), *(Marked(one.closed_at, one.side, one.close_price) for one in closings)]
    end = timezone.now() if opened else closings[-1].closed_at
    return around(request.actor, whose.market_id, whose.opened_at, end, marks=marks, lines=[Line(whose.open_price)])
