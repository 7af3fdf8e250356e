"""A desk that the demo can trade on: markets of every type in and out of hours, liquidity sessions, fees of every kind."""

from datetime import time
from decimal import Decimal

from backoffice.contracts import timetable
from backoffice.contracts.calendars import CalendarChange, DayOfWeek, NewCalendar, TimeInterval, TradingSession
from backoffice.contracts.commissions import NewCommissionProfile
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.markets import PositionSwap, SwapSettings, SwapType
from backoffice.demo import trades
from backoffice.services import BackApi
from tests.api.callers import OWNER
from tests.commissions.conftest import add_rule, assign, fee
from tests.domain.conftest import cfd, spot

WEEK: tuple[DayOfWeek, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
OFFICE = (time(8), time(20, 30))


def load(count: int) -> None:
    trades.load(OWNER, count, progress=lambda *_: None)


def week(start: time, end: time, *days: DayOfWeek) -> list[TradingSession]:
    return [TradingSession(day_of_week=day, time_intervals=[TimeInterval(start=start, end=end)]) for day in days or WEEK]


def furnish(api: BackApi) -> None:
    """Floors, fees per lot and per volume, one profile for boris alone."""
    api.calendars.update(
        OWNER, "berlin", CalendarChange(name="Berlin", time_zone_id="Europe/Berlin", trading_sessions=week(*OFFICE), session_overrides=[])
    )
    always = week(time(0), time(23, 59, 59), *timetable.DAYS)
    api.calendars.create(OWNER, NewCalendar(calendar_id="always", name="Always", time_zone_id="UTC", trading_sessions=always))
    for name in ("north", "south"):
        draft = NewLiquiditySession(id=f"{name}-tr", kind="Trading", name=name.title(), status="Connected", liquidity_provider_id=name)
        api.liquidity_sessions.create(OWNER, draft)
    round_the_clock = {"calendar_id": "always", "trading_session_ids": ["north-tr", "south-tr"], "market_group_id": None}
    own = {"lot_size": 1, "lot_step": Decimal("0.001"), "min_lot_amount": Decimal("0.001")}
    api.markets.create(OWNER, cfd("btc", "usd", type="Perp", display_name="BTC/USD/perp", **own, **round_the_clock))
    api.markets.create(OWNER, cfd("eur", "usd", swap_settings=swaps("Points", "4.5", "-1.5"), trading_session_ids=["north-tr"]))
    api.markets.create(OWNER, cfd("btc", "usd", swap_settings=swaps("Percent", "3.65", "2"), calendar_id="always", lot_size=1))
    api.markets.create(OWNER, cfd("btc", "eur", swap_settings=swaps("Fix", "2.5", "-1", "eur"), calendar_id="always", lot_size=1))
    api.markets.create(OWNER, spot("eur", "usd", display_name="EUR/USD/spot", amount_scale=4, min_amount=Decimal("1"), **round_the_clock))
    add_rule("metals", fee(lot="3.5"))
    add_rule("spot.btc_eur", fee("0.2", least="1.5"))
    add_rule("cfd.eur_jpy", fee(cfd="0.013", least="0.4"), priority=1)
    api.commission_profiles.create(OWNER, NewCommissionProfile(commission_profile_id="vip", name="VIP"))
    add_rule("metals", fee(lot="2", asset="eur"), profile="vip")
    assign("vip", account_group_id="vip")


def swaps(kind: SwapType, long: str, short: str, asset: str | None = None) -> SwapSettings:
    sides = [PositionSwap(swap_size=Decimal(size), asset_id=asset) for size in (long, short)]
    return SwapSettings(type=kind, long_position_settings=sides[0], short_position_settings=sides[1])
