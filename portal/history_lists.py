"""What the lists of History have in common: their pages, filters and columns of clients, accounts and markets, what their search means."""

import re
from collections.abc import Callable
from typing import Any, TypeVar, get_args

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import Side
from backoffice.contracts.filters import Filter as Entry
from backoffice.contracts.markets import MarketType
from backoffice.contracts.order_lists import OrderType, TimeInForce, TradeReason
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.listing import Column, Filter, Listing, Period, Range, Text, answer
from portal.listing.filters import AnyFilter
from portal.session import DeskRequest
from portal.templatetags.desk import worded, words
from portal.worth import worth_of

Row = TypeVar("Row")

CELL = "portal/history/cells.html#"
ULID, ACCOUNT_ID = re.compile(r"[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{26}"), re.compile(r"[0-9a-fA-F]{24}")
SEARCH, BY_EMAIL = "Id, e-mail or market", "Client's e-mail"


def page(declared: Listing[Row]) -> Callable[[DeskRequest], HttpResponse]:
    """The view of a list whose amounts are told in the root asset."""

    @require_safe
    def show(request: DeskRequest) -> HttpResponse:
        return answer(request, declared, worth=worth_of(request.actor))

    return show


def groups(actor: Actor) -> list[tuple[str, str]]:
    return [(one.account_group_id, one.name) for one in back_api().account_groups.find(actor)] if permitted(actor, "account_groups.find") else []


def assets(actor: Actor) -> list[tuple[str, str]]:
    return [(one.id, f"{one.id} · {one.name}") for one in back_api().assets.find(actor)] if permitted(actor, "assets.find") else []


def sessions(actor: Actor) -> list[tuple[str, str]]:
    if not permitted(actor, "liquidity_sessions.find"):
        return []
    return [(one.id, one.name) for one in back_api().liquidity_sessions.find(actor) if one.kind == "Trading"]


def sought(own: str) -> Callable[[str], Entry]:
    """A search by the look of what is written: an id of ours is `own`, 24 hexadecimal digits an account; a market has a slash or a dot."""

    def entry(text: str) -> Entry:
        if ULID.fullmatch(text):
            return Entry(entry_type="Exact", field=own, value=text.upper())
        if ACCOUNT_ID.fullmatch(text):
            return Entry(entry_type="Exact", field="accountId", value=text.lower())
        if "/" in text:
            return Entry(entry_type="Like", field="marketDisplayName", value=text)
        if re.match(r"(spot|cfd|perp)\.", text):
            return Entry(entry_type="Exact", field="marketId", value=text)
        return by_email(text)

    return entry


def by_email(text: str) -> Entry:
    return Entry(entry_type="Like", field="userEmail", value=text)


WHOSE: tuple[AnyFilter, ...] = (
    Text(key="email", label="Client's e-mail", field="userEmail"),
    Text(key="client", label="Client id", field="userId", is_whole=True),
    Text(key="account", label="Account id", field="accountId", is_whole=True),
    Text(key="account_name", label="Account's name", field="accountName"),
    Filter(key="group", label="Account group", choices=groups, field="accountGroupId"),
)
MARKET: tuple[AnyFilter, ...] = (
    Text(key="market_name", label="Market", field="marketDisplayName", hint="As EUR/USD"),
    Text(key="market", label="Market id", field="marketId", is_whole=True, hint="As cfd.eur_usd"),
    Filter(key="market_type", label="Market type", choices=worded(MarketType), field="marketType"),
)
SIDE = Filter(key="side", label="Side", choices=worded(Side), field="side")
TYPE = Filter(key="type", label="Type", choices=worded(OrderType), field="orderType")
IN_FORCE = Filter(key="in_force", label="Time in force", choices=[(one, one.upper()) for one in get_args(TimeInForce)], field="timeInForce")
TERMS = (SIDE, TYPE, IN_FORCE)
REASON = Filter(key="reason", label="Reason", choices=worded(TradeReason), field="reason")
ORDER = Text(key="order", label="Order id", field="orderId", is_whole=True)
POSITION = Text(key="position", label="Position id", field="positionId", is_whole=True)
CREATED = Period(key="created", label="Created", field="createdAt")
ASSET = Filter(key="asset", label="Asset", choices=assets, field="assetId")
AMOUNT = Range(key="amount", label="Amount", field="baseAmount")
IN_ROOT = Range(key="commission", label="Commission in root asset", field="commissionInRAT")

CLIENT_COLUMN = Column(key="client", label="Client", plain=lambda row: row.user_name or row.user_email, cell=CELL + "client")
ACCOUNT_COLUMN = Column(key="account", label="Account", attribute="account_name", cell=CELL + "account", is_shown=False)
MARKET_COLUMN = Column(key="market", label="Market", attribute="market_display_name", cell=CELL + "market")
WHERE_AND_WHOSE = (MARKET_COLUMN, CLIENT_COLUMN, ACCOUNT_COLUMN)
SIDE_COLUMN = Column(key="side", label="Side", cell=CELL + "side")
TYPE_COLUMN = Column(key="type", label="Type", attribute="order_type")
IN_FORCE_COLUMN = Column(key="in_force", label="Time in force", plain=lambda row: (row.time_in_force or "").upper(), is_shown=False)
TERMS_COLUMNS = (SIDE_COLUMN, TYPE_COLUMN, IN_FORCE_COLUMN)
CREATED_COLUMN = Column(key="created_at", label="Created", sort="createdAt", cell=CELL + "time")
ASSET_COLUMN = Column(key="asset_id", label="Asset", sort="assetId", cell=CELL + "asset")
QUOTE_ASSET_COLUMN = Column(key="quote_asset_id", label="Quote asset", is_shown=False)
HIDDEN: tuple[Column, ...] = (
    Column(key="user_email", label="E-mail", is_shown=False),
    Column(key="user_id", label="Client id", cell=CELL + "id", is_shown=False),
    Column(key="account_id", label="Account id", cell=CELL + "id", is_shown=False),
    Column(key="market_id", label="Market id", cell=CELL + "id", is_shown=False),
)


def worth_column(key: str, label: str, attribute: str, *, sort: str = "", cell: str = "in_root", is_shown: bool = True) -> Column:
    """An amount in the root asset, that adds up; the cell `signed` colours what came and what went."""
    return Column(key=key, label=label, attribute=attribute, sort=sort, cell=CELL + cell, is_numeric=True, is_shown=is_shown, is_summed=True)


def reason_column(*, is_shown: bool = False) -> Column:
    return Column(key="reason", label="Reason", plain=lambda row: words(row.reason), is_shown=is_shown)


def order_href(row: Any) -> str:
    return reverse("portal:orders-show", args=[row.order_id]) if row.order_id else ""


def trades_of(position_id: str) -> str:
    return f"{reverse('portal:trades-list')}?{urlencode({'position': position_id})}"
