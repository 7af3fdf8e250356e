"""Records of trading for history's lists: few of each value, so that rows tie and filters hit, and no rule of a market behind them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

from django.db import models

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.markets import NewMarket
from backoffice.services import back_api
from backoffice.trading.models import Closing, Execution, ExternalOrder, Funding, Order, Position, Swap, UnsolicitedTrade
from tests.domain.conftest import cfd
from tests.money.bank import OWNER, open_account, open_bank

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPOT, CFD = "spot.btc_usd", "cfd.xau_usd"
QUOTE = "usd"
AMOUNTS = [Decimal(text) for text in ("1", "1.50", "0.000000000000000001", "99999999999999999999.5", "7")]
PRICES = [Decimal(text) for text in ("0.00000001", "64000.5", "3")]
NUMBERS = count(1)


def open_desk() -> dict[str, str]:
    """Whose each account is: Anna's two accounts and Ben's one, with two markets and a liquidity session."""
    open_bank()
    api = back_api()
    api.account_groups.create(OWNER, NewAccountGroup(account_group_id="vip", name="VIP"))
    spot: dict[str, Any] = {"type": "Spot", "base_asset_id": "btc", "quote_asset_id": "usd", "display_name": "BTC/USD", "status": "Disabled"}
    api.markets.create(OWNER, NewMarket(**spot, price_scale=2, amount_scale=8))
    api.markets.create(OWNER, cfd("xau", "usd", display_name="GOLD_1", status="Disabled", calendar_id=None))
    api.liquidity_sessions.create(OWNER, NewLiquiditySession(id="lp", kind="Trading", name="LP orders", liquidity_provider_id="lp"))
    return {open_account("anna"): "anna", open_account("anna", name="Spare_1"): "anna", open_account("ben", name="Main"): "ben"}


def ulid() -> str:
    return f"01K2PMT0VM{next(NUMBERS):016d}"


class Maker:
    """Makes rows at random, each legal for itself."""

    def __init__(self, users: dict[str, str], markets: list[str], seed: int) -> None:
        self.random, self.users, self.markets = Random(seed), users, markets

    def one(self, *options: Any) -> Any:
        return self.random.choice(options)

    def at(self) -> datetime:
        return START + timedelta(microseconds=self.one(0, 1, 500_000), hours=self.one(-1, 0))

    def whose(self) -> dict[str, Any]:
        account = self.random.choice(list(self.users))
        return {"account_id": account, "user_id": self.users[account]}

    def kind(self) -> dict[str, Any]:
        return {"side": self.one("Buy", "Sell"), "order_type": self.one("Market", "Limit"), "time_in_force": self.one("Gtc", "Ioc")}

    def filled(self) -> dict[str, Any]:
        amount = self.random.choice(AMOUNTS)
        share = self.one(0, 1)
        done = {"filled_amount": amount * share, "avg_price": self.random.choice(PRICES) if share else None}
        return {"requested_amount": amount, "limit_price": self.one(None, *PRICES), **done}

    def fee(self) -> dict[str, Any]:
        fee = self.one(Decimal(0), Decimal("0.25"), Decimal("1.10"))
        return {"commission_asset_id": self.one("usd", "btc"), "commission": fee, "commission_in_rat": fee * 2}

    def order(self, **more: Any) -> Order:
        at, filled = self.at(), self.filled()
        status = self.one("Completed", "Cancelled", "Expired") if filled["filled_amount"] else self.one("Started", "Pending", "Working", "Rejected")
        row = (
            self.whose()
            | self.kind()
            | filled
            | self.fee()
            | {"status": status, "market_id": self.one(*self.markets), "created_at": at, "updated_at": at}
        )
        row |= {"source": self.one("Manual", "Api"), "reason": self.one("Trader", "StopOut"), "hedge": self.one(0, Decimal("12.5"), 100)}
        return Order(id=ulid(), **row | more)

    def external(self, order: Order) -> ExternalOrder:
        filled, at = self.filled(), self.at()
        status = self.one("Fill", "Cancelled") if filled["filled_amount"] else self.one("New", "TimeOut")
        row = {"account_id": order.account_id, "user_id": order.user_id, "market_id": order.market_id, "created_at": at, "updated_at": at}
        return ExternalOrder(
            id=ulid(), order=order, status=status, session_id="lp", lp_order_id=self.one("LP-1", "LP-2"), **row | self.kind() | filled | self.fee()
        )

    def execution(self, order: Order, seq: int, external: ExternalOrder | None) -> Execution:
        is_spot = order.market_id == SPOT
        row = {"account_id": order.account_id, "user_id": order.user_id, "market_id": order.market_id, "side": order.side}
        row |= self.fee() | {"market_type": "Spot" if is_spot else "Cfd", "lots": None if is_spot else self.random.choice(AMOUNTS)}
        row |= {"base_amount": self.random.choice(AMOUNTS), "price": self.random.choice(PRICES), "rate_to_root": self.one(Decimal(1), Decimal("0.5"))}
        row |= {
            "external_order_id": external and external.id,
            "lp_execution_id": external and self.one("E-1", "E-2"),
            "maker_price": self.one(None, *PRICES),
        }
        return Execution(id=ulid(), order=order, seq=seq, at=self.at(), quote_asset_id=QUOTE, rule_id="rule", markup_in_rat=self.one(0, 1), **row)

    def unsolicited(self) -> UnsolicitedTrade:
        row = self.one(self.whose(), {}) | self.one(self.kind(), {"side": "Buy"}) | {"market_id": self.one(*self.markets), "session_id": "lp"}
        row |= {"base_amount": self.random.choice(AMOUNTS), "price": self.random.choice(PRICES), "lp_order_id": self.one("LP-1", "LP-2")}
        row |= {"order_id": self.one(None, "01ORDER"), "external_order_id": self.one(None, "01EXTERNAL"), "lp_execution_id": self.one("E-1", "E-2")}
        return UnsolicitedTrade(id=ulid(), at=self.at(), **row)

    def position(self) -> Position:
        closed = self.one(None, START + timedelta(hours=5))
        size = {"lots": Decimal(0), "base_amount": Decimal(0)} if closed else {name: self.random.choice(AMOUNTS) for name in ("lots", "base_amount")}
        row = (
            self.whose()
            | size
            | {"market_id": CFD, "market_type": "Cfd", "side": self.one("Buy", "Sell"), "opened_at": self.at(), "closed_at": closed}
        )
        sums = {name: self.one(0, Decimal("-1.5"), 2) for name in ("realized_pnl_in_rat", "swaps_in_rat", "funding_in_rat")}
        return Position(id=ulid(), open_price=self.random.choice(PRICES), leverage=self.one(1, 20), margin_in_rat=self.one(0, 5), **row | sums)

    def of(self, position: Position) -> dict[str, Any]:
        return {"position_id": position.id, "account_id": position.account_id, "user_id": position.user_id, "market_id": position.market_id}

    def closing(self, position: Position) -> Closing:
        row = (
            self.of(position)
            | self.kind()
            | {"market_type": "Cfd", "closed_at": START + timedelta(hours=self.one(1, 2)), "opened_at": position.opened_at}
        )
        row |= {"lots": self.random.choice(AMOUNTS), "base_amount": self.random.choice(AMOUNTS), "realized_pnl_in_rat": self.one(Decimal("-1.5"), 2)}
        prices = {name: self.random.choice(PRICES) for name in ("open_price", "close_price", "rate_to_root", "position_price_in_rat")}
        return Closing(order_id=ulid(), reason=self.one("Trader", "StopOut"), **row | prices)

    def swap(self, position: Position) -> Swap:
        row = self.of(position) | {
            "at": self.at(),
            "nights": self.one(1, 3),
            "swap_type": self.one("Fix", "Points"),
            "asset_id": self.one("usd", "btc"),
        }
        return Swap(
            id=ulid(), size=self.one(Decimal("0.5"), -2), amount=self.one(Decimal("-1.25"), 3), amount_in_rat=self.one(Decimal("-1.25"), 3), **row
        )

    def funding(self, position: Position) -> Funding:
        row = self.of(position) | {"at": self.at(), "rate": self.one(Decimal("0.0001"), Decimal("-0.1")), "mark_price": self.random.choice(PRICES)}
        return Funding(id=ulid(), rate_to_root=1, amount_in_rat=self.one(Decimal("-1.25"), 3), **row)


def fill(users: dict[str, str], seed: int, markets: list[str] | None = None, orders: int = 12) -> None:
    """Some of every kind of record."""
    maker = Maker(users, markets or [SPOT, CFD], seed)
    placed = [maker.order() for _ in range(orders)]
    sent = [maker.external(maker.random.choice(placed)) for _ in range(orders)]
    brought = {row.order_id: row for row in sent}
    fills = [maker.execution(order, seq, brought.get(order.id)) for order in placed for seq in range(1, maker.one(1, 2, 3))]
    held = [maker.position() for _ in range(orders)]
    closed = [maker.closing(maker.random.choice(held)) for _ in range(orders)]
    swaps, paid = [maker.swap(maker.random.choice(held)) for _ in range(orders)], [maker.funding(maker.random.choice(held)) for _ in range(orders)]
    for rows in (placed, sent, fills, [maker.unsolicited() for _ in range(orders)], held, closed, swaps, paid):
        write(rows)


def write(rows: list[Any]) -> None:
    model: type[models.Model] = type(rows[0])
    model._default_manager.bulk_create(rows)
