"""A small desk and the people who work at it."""

from datetime import time
from decimal import Decimal

import pytest

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar, TimeInterval, TradingSession
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.markets import NewMarket
from backoffice.services import BackApi, back_api


def person(name: str, *held: str) -> Actor:
    return Actor(kind="operator", id=name, name=name, door="portal", operations=frozenset(held), trace_id=f"trace-{name}")


DEALER = person("dealer", *operations.ALL)
STRANGER = person("stranger")


@pytest.fixture
def api(db: None) -> BackApi:
    """Four assets (xau internal), one group, one calendar, a trading and a market data session."""
    api = back_api()
    crm = [("usd", "US Dollar", 2, "Fiat"), ("eur", "Euro", 2, "Fiat"), ("btc", "Bitcoin", 8, "Crypto")]
    api.assets.sync(DEALER, [NewAsset(id=id, name=name, scale=scale, type=type) for id, name, scale, type in crm])
    api.assets.create(DEALER, NewAsset(id="xau", name="Gold", scale=2, type="Metals"))
    api.market_groups.create(DEALER, NewMarketGroup(market_group_id="majors", name="Majors"))
    nine_to_five = [TimeInterval(start=time(9), end=time(17))]
    week = [TradingSession(day_of_week=day, time_intervals=nine_to_five) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")]
    api.calendars.create(DEALER, NewCalendar(calendar_id="berlin", name="Berlin", time_zone_id="Europe/Berlin", trading_sessions=week))
    for kind in ("Trading", "MarketData"):
        api.liquidity_sessions.create(DEALER, NewLiquiditySession(id=f"lp-{kind.lower()}", kind=kind, name=f"LP {kind}", liquidity_provider_id="lp"))
    return api


def cfd(base: str = "xau", quote: str = "usd", **settings: object) -> NewMarket:
    whole: dict[str, object] = {
        "type": "Cfd",
        "base_asset_id": base,
        "quote_asset_id": quote,
        "display_name": f"{base}/{quote}".upper(),
        "status": "Open",
        "calendar_id": "berlin",
        "price_scale": 2,
        "lot_size": 100,
        "min_lot_amount": Decimal("0.01"),
        "max_lot_amount": 50,
        "lot_step": Decimal("0.01"),
        "tick_size": Decimal("0.01"),
        "max_leverage": 20,
    }
    return NewMarket(**{**whole, **settings})  # type: ignore[arg-type]


def spot(base: str = "btc", quote: str = "usd", **settings: object) -> NewMarket:
    whole: dict[str, object] = {
        "type": "Spot",
        "base_asset_id": base,
        "quote_asset_id": quote,
        "display_name": f"{base}/{quote}".upper(),
        "status": "Open",
        "calendar_id": "berlin",
        "price_scale": 2,
        "amount_scale": 6,
        "min_amount": Decimal("0.001"),
    }
    return NewMarket(**{**whole, **settings})  # type: ignore[arg-type]
