"""Market rows as contract values."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from backoffice.contracts.liquidity import SessionRef
from backoffice.contracts.markets import ListedMarket, Market, MarketView
from backoffice.markets import models
from backoffice.markets.fields import COLUMNS, MarketFields, swap_of

NAMED = {"calendar_name": F("calendar__name"), "market_group_name": F("market_group__name")}
MADE = ("swap_settings", "trading_sessions", "market_data_sessions", *NAMED)
COPIED = tuple(name for name in MarketView.__struct_fields__ if name not in MADE)
SWAP = ("swap_type", "swap_long_size", "swap_long_asset_id", "swap_short_size", "swap_short_asset_id")
REFS = SessionRef.__struct_fields__

Row = dict[str, Any]


def whole(rows: QuerySet[models.Market]) -> QuerySet[models.Market, Row]:
    """With everything a view shows, in one query and without model instances: a page is read a thousand times for each change."""
    sessions = models.MarketSession.objects.filter(market=OuterRef("pk")).order_by("session_id")
    as_json = JSONObject(kind="session__kind", **{name: f"session__{name}" for name in REFS})
    linked = ArraySubquery(sessions.values_list(as_json))
    found: QuerySet[models.Market, Row] = rows.values(*COPIED, *SWAP, "version", "max_leverage", **NAMED, linked=linked)
    return found


def as_market(row: Row) -> Market:
    return Market(**_shown(row), max_leverage=row["max_leverage"])


def as_listed(row: Row) -> ListedMarket:
    return ListedMarket(**_shown(row), max_leverage=None if row["max_leverage"] is None else str(row["max_leverage"]))


def as_fields(row: models.Market) -> MarketFields:
    """Needs `sessions` prefetched when there are many."""
    plain = {name: getattr(row, name) for name in COLUMNS}
    sessions = list(row.sessions.all())
    return MarketFields(
        **plain,
        trading_session_ids=tuple(sorted(s.id for s in sessions if s.kind == "Trading")),
        market_data_session_ids=tuple(sorted(s.id for s in sessions if s.kind == "MarketData")),
    )


def _shown(row: Row) -> Row:
    shown = {name: row[name] for name in (*COPIED, *NAMED)}
    shown["swap_settings"] = None if row["swap_type"] is None else swap_of(*(row[name] for name in SWAP))
    shown["trading_sessions"] = _refs(row["linked"], "Trading")
    shown["market_data_sessions"] = _refs(row["linked"], "MarketData")
    return shown


def _refs(sessions: Iterable[dict[str, Any]], kind: str) -> list[SessionRef]:
    return [SessionRef(**{name: session[name] for name in REFS}) for session in sessions if session["kind"] == kind]
