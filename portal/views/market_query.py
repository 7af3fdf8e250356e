"""The filters of the market list, and what the URL asks of the service."""

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.liquidity import SessionStatus
from backoffice.contracts.markets import MarketQuery, MarketStatus, MarketSubtype, MarketType
from backoffice.services import back_api
from portal.listing import Filter, State
from portal.templatetags.desk import worded

YES_NO = (("true", "Yes"), ("false", "No"))


def _groups(actor: Actor) -> list[tuple[str, str]]:
    return [(one.market_group_id, one.name) for one in back_api().market_groups.find(actor)]


def _calendars(actor: Actor) -> list[tuple[str, str]]:
    return [(one.calendar_id, one.name) for one in back_api().calendars.find(actor)]


def _assets(actor: Actor) -> list[tuple[str, str]]:
    return [(one.id, f"{one.id} · {one.name}") for one in back_api().assets.find(actor)]


def _sessions(kind: str, actor: Actor) -> list[tuple[str, str]]:
    return [(one.name, one.name) for one in back_api().liquidity_sessions.find(actor) if one.kind == kind]


def _trading(actor: Actor) -> list[tuple[str, str]]:
    return _sessions("Trading", actor)


def _market_data(actor: Actor) -> list[tuple[str, str]]:
    return _sessions("MarketData", actor)


FILTERS = (
    Filter(key="status", label="Status", choices=worded(MarketStatus)),
    Filter(key="type", label="Type", choices=worded(MarketType)),
    Filter(key="subtype", label="Subtype", choices=worded(MarketSubtype)),
    Filter(key="group", label="Group", choices=_groups),
    Filter(key="calendar", label="Calendar", choices=_calendars),
    Filter(key="has_calendar", label="Has a calendar", choices=YES_NO, is_single=True),
    Filter(key="base", label="Base asset", choices=_assets),
    Filter(key="quote", label="Quote asset", choices=_assets),
    Filter(key="trading", label="Trading session", choices=_trading),
    Filter(key="trading_status", label="Trading connection", choices=worded(SessionStatus), is_single=True),
    Filter(key="market_data", label="Market data session", choices=_market_data),
    Filter(key="market_data_status", label="Market data connection", choices=worded(SessionStatus), is_single=True),
)


def query_of(state: State, *, limit: int | None = None) -> MarketQuery:
    """Values are choices of the filters already, so they convert to the contract's words."""
    has_calendar = state.one("has_calendar")
    wanted = {
        "statuses": state.some("status"),
        "types": state.some("type"),
        "subtypes": state.some("subtype"),
        "marketGroupIds": state.some("group"),
        "calendarIds": state.some("calendar"),
        "hasCalendar": has_calendar == "true" if has_calendar else None,
        "baseAssetIds": state.some("base"),
        "quoteAssetIds": state.some("quote"),
        "tradingSessionNames": state.some("trading"),
        "tradingSessionStatus": state.one("trading_status") or None,
        "marketDataSessionNames": state.some("market_data"),
        "marketDataSessionStatus": state.one("market_data_status") or None,
        "search": state.search or None,
        "sort": {"field": state.sort, "direction": "Desc" if state.is_descending else "Asc"} if state.sort else None,
        "after": state.after,
        "limit": limit or state.size,
    }
    return msgspec.convert(wanted, MarketQuery)
