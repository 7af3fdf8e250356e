"""Market rows as contract values."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from backoffice.contracts.liquidity import SessionRef
from backoffice.contracts.markets import ListedMarket, Market, MarketView
from backoffice.markets import models
from backoffice.markets.fields import COLUMNS, MarketFields, swap_of

COPIED = tuple(
    name
    for name in MarketView.__struct_fields__
    if name not in ("swap_settings", "calendar_name", "market_group_name", "trading_sessions", "market_data_sessions")
)


def whole(rows: QuerySet[models.Market]) -> QuerySet[models.Market]:
    """With everything a view shows, in two queries however many rows."""
    return rows.select_related("calendar", "market_group").prefetch_related("sessions")


def as_market(row: models.Market) -> Market:
    return Market(**_shown(row), max_leverage=row.max_leverage)


def as_listed(row: models.Market) -> ListedMarket:
    return ListedMarket(**_shown(row), max_leverage=None if row.max_leverage is None else str(row.max_leverage))


def as_fields(row: models.Market) -> MarketFields:
    """Needs `sessions` prefetched when there are many."""
    plain = {name: getattr(row, name) for name in COLUMNS}
    sessions = list(row.sessions.all())
    return MarketFields(
        **plain,
        trading_session_ids=tuple(sorted(s.id for s in sessions if s.kind == "Trading")),
        market_data_session_ids=tuple(sorted(s.id for s in sessions if s.kind == "MarketData")),
    )


def _shown(row: models.Market) -> dict[str, Any]:
    sessions = sorted(row.sessions.all(), key=lambda session: session.id)
    return {name: getattr(row, name) for name in COPIED} | {
        "swap_settings": swap_of(row),
        "calendar_name": row.calendar.name if row.calendar else None,
        "market_group_name": row.market_group.name if row.market_group else None,
        "trading_sessions": _refs(s for s in sessions if s.kind == "Trading"),
        "market_data_sessions": _refs(s for s in sessions if s.kind == "MarketData"),
    }


def _refs(sessions: Iterable[models.LiquiditySession]) -> list[SessionRef]:
    return [SessionRef(id=s.id, name=s.name, status=s.status, liquidity_provider_id=s.liquidity_provider_id) for s in sessions]  # type: ignore[arg-type]
