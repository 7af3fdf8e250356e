"""Markets: the list, one market and what happened to it, export of a view."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import ListedMarket
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import FileFormat
from backoffice.services import back_api, desk
from portal import listing, respond
from portal.asked import number_of
from portal.forms.market import LABELS
from portal.listing import Action, Bulk, Column, Empty, Listing, State
from portal.session import DeskRequest
from portal.views.market_page import facts_of, frame
from portal.views.market_query import FILTERS, query_of

CREATE = Action(label="New market", icon="plus", url_name="portal:markets-create", operation="manage-markets", is_primary=True)
SHOWN = 50
CELL = "portal/markets/cells.html#"


def _find(actor: Actor, state: State) -> Page[ListedMarket]:
    return back_api().markets.find(actor, query_of(state))


def _names(attribute: str) -> Callable[[ListedMarket], list[str]]:
    return lambda market: [one.name for one in getattr(market, attribute)]


MARKETS: Listing[ListedMarket] = Listing(
    section="markets",
    title="Markets",
    noun="market",
    nouns="markets",
    object_type="market",
    search="Find by id or name",
    default_sort="MarketId",
    find=_find,
    key=lambda market: market.market_id,
    href=lambda market: reverse("portal:markets-show", args=[market.market_id]),
    actions=(CREATE,),
    bulk=(Bulk(label="Edit", icon="pencil", url_name="portal:markets-bulk", operation="manage-markets"),),
    export_url="portal:markets-export",
    empty=Empty(icon="chart-candlestick", text="Create one by hand, or import a list of instruments from a file.", action=CREATE),
    filters=FILTERS,
    columns=(
        Column(key="display_name", label="Market", sort="DisplayName", cell=CELL + "name"),
        Column(key="market_id", label="Id", sort="MarketId", cell=CELL + "id"),
        Column(key="full_name", label="Full name", sort="FullName", cell=CELL + "full", is_shown=False),
        Column(key="status", label="Status", sort="Status", cell=CELL + "status"),
        Column(key="type", label="Type", sort="Type", cell=CELL + "type"),
        Column(key="subtype", label="Subtype", sort="Subtype", cell=CELL + "subtype"),
        Column(key="market_group_name", label="Group"),
        Column(key="calendar_name", label="Calendar", cell=CELL + "calendar"),
        Column(key="price_scale", label="Price scale", is_numeric=True),
        Column(key="amount_scale", label="Amount scale", is_numeric=True, is_shown=False),
        Column(key="min_amount", label="Min amount", is_numeric=True, is_shown=False),
        Column(key="min_quote_amount", label="Min quote", is_numeric=True, is_shown=False),
        Column(key="max_base_amount", label="Max base", is_numeric=True, is_shown=False),
        Column(key="lot_size", label="Lot size", is_numeric=True, is_shown=False),
        Column(key="min_lot_amount", label="Min lots", is_numeric=True, is_shown=False),
        Column(key="max_lot_amount", label="Max lots", is_numeric=True, is_shown=False),
        Column(key="lot_step", label="Lot step", is_numeric=True, is_shown=False),
        Column(key="tick_size", label="Tick size", is_numeric=True, is_shown=False),
        Column(key="max_leverage", label="Leverage", is_numeric=True, cell=CELL + "leverage"),
        Column(key="price_deviation", label="Deviation", is_numeric=True, is_shown=False),
        Column(key="slippage_rate", label="Slippage", is_numeric=True, is_shown=False),
        Column(key="trading_sessions", plain=_names("trading_sessions"), label="Trading sessions", cell=CELL + "trading", is_shown=False),
        Column(key="market_data_sessions", plain=_names("market_data_sessions"), label="Market data sessions", cell=CELL + "quotes", is_shown=False),
        Column(key="external_ttl", label="External TTL", is_numeric=True, is_shown=False),
        Column(key="internal_ttl", label="Internal TTL", is_numeric=True, is_shown=False),
        Column(key="is_synchronized", label="Synchronized", is_shown=False),
        Column(key="updated_at", label="Updated", sort="UpdatedAt", cell=CELL + "updated"),
        Column(key="created_at", label="Created", sort="CreatedAt", cell=CELL + "created", is_shown=False),
    ),
)


@require_safe
def list_markets(request: DeskRequest) -> HttpResponse:
    return listing.answer(request, MARKETS)


@require_POST
def export(request: DeskRequest) -> HttpResponse:
    """Exactly the view's markets, all pages of it, in the layout that imports back."""
    query = QueryDict(request.POST.get("query", "")[:4_000])
    state = listing.state_of(request, query, MARKETS)
    file_format: FileFormat = "Xlsx" if request.POST.get("format") == "Xlsx" else "Csv"
    started = back_api().market_files.export(request.actor, format=file_format, query=query_of(state))
    return respond.redirect(request, reverse("portal:files-show", args=[started.id]), toast="The export has started.", kind="info")


@require_safe
def show(request: DeskRequest, market_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    market = back_api().markets.get(request.actor, market_id).value
    context = {**frame(request.actor, market, "Overview", since), "facts": facts_of(request.actor, market)}
    if market.calendar_id:
        calendars = back_api().calendars
        context["hours"] = hours = calendars.status(request.actor, market.calendar_id, at=timezone.now())
        context["there"] = datetime.fromisoformat(hours.local_time)
        context["zone"] = calendars.get(request.actor, market.calendar_id).value.time_zone_id
    return respond.page(request, "portal/markets/show.html", "", context)


@require_safe
def timeline(request: DeskRequest, market_id: str) -> HttpResponse:
    market = back_api().markets.get(request.actor, market_id).value
    records = desk().audit.timeline(request.actor, "market", market_id, before=number_of(request.GET.get("before", "")))
    context = {**frame(request.actor, market, "Timeline", desk().audit.latest(request.actor)), "records": records, "labels": LABELS}
    context["more"] = f"?before={records[-1].id}" if len(records) == SHOWN else ""
    return respond.page(request, "portal/markets/timeline.html", "records", context)
