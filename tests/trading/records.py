"""A short history of trading, told by hand: every kind of record once or twice, and the money that each of them moved."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from backoffice.core.copying import NULL
from backoffice.ledger.bulk import BALANCE
from backoffice.services import BackApi
from backoffice.trading import writing
from backoffice.trading.writing import Batch, PastDeposit
from tests.api.callers import OWNER
from tests.domain.conftest import cfd

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
QUOTES = {"spot.btc_eur": "eur", "cfd.xau_usd": "usd", "cfd.eur_jpy": "jpy", "perp.btc_usd": "usd"}
# What the records' fields are unless a test says otherwise, by the writer's column.
ORDER: dict[str, Any] = {
    "side": "Buy", "order_type": "Market", "time_in_force": "Ioc", "status": "Completed", "source": "Manual", "limit_price": None, "leverage": None,
    "hedge": "100", "reason": "Trader", "reject_details": None, "cancellation_date": None, "position_id": None, "rule_id": "rule",
}  # fmt: skip
FILL: dict[str, Any] = {
    "lots": None, "rate_to_root": Decimal("1.25"), "markup_in_rat": 0, "maker_price": None, "external_order_id": None, "lp_execution_id": None,
    "position_id": None, "realized_pnl_in_rat": None, "reason": "Trader", "rule_id": "rule", "commission": 0,
}  # fmt: skip


class Teller:
    """Gathers a batch as whoever tells of trading would: it keeps what accounts have, and numbers their entries."""

    def __init__(self, account: str, user: str) -> None:
        self.batch, self.account, self.user, self.at, self.count = Batch(), account, user, START, 0
        self.total, self.locked, self.seq = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal), defaultdict[str, int](int)

    def write(self) -> None:
        self.batch.balances = [
            _line(dict(zip(BALANCE, (self.account, asset, self.total[asset], self.locked[asset], self.seq[asset], self.at), strict=True)), BALANCE)
            for asset in self.total
        ]
        writing.write(OWNER, self.batch)
        self.batch = Batch()

    def later(self, **how_much: float) -> datetime:
        self.at += timedelta(**how_much)
        return self.at

    def id(self) -> str:
        self.count += 1
        return f"01RECORD{self.count:018}"

    def deposit(self, asset: str, amount: str) -> str:
        transfer, journal = self.id(), self.id()
        self.journal(journal, "Deposit", transfer, ("external", asset, Decimal(amount)))
        self.batch.deposits.append(PastDeposit(transfer, journal, f"past-{transfer}", self.account, asset, Decimal(amount), None, self.at))
        return transfer

    def journal(self, journal: str, kind: str, subject: str, *moves: tuple[str, str, Decimal]) -> None:
        """Each move: the house's account, the asset, and what the client gets."""
        moves = tuple(move for move in moves if move[2])
        if moves:
            self.batch.journals.append(f"{journal}\t{kind}\t{subject}\t{self.at.isoformat()}\n")
        for number, (house, asset, amount) in enumerate(moves):
            self.total[asset] += amount
            self.seq[asset] += 1
            own = (journal, 2 * number + 1, self.account, asset, amount, self.seq[asset], self.total[asset], self.at)
            other = (journal, 2 * number + 2, f"{house}:{asset}", asset, -amount, None, None, self.at)
            self.batch.entries += ["\t".join(map(_text, line)) + "\n" for line in (own, other)]

    def hold(self, order: str, asset: str, amount: str) -> None:
        self.locked[asset] += Decimal(amount)
        self.total[asset] += 0
        self.batch.holds.append("\t".join((order, self.account, asset, amount, self.at.isoformat())) + "\n")

    def order(self, market: str, amount: str, *fills: dict[str, Any], **more: Any) -> str:
        """With its fills, each a second after the one before; `lots` of a fill are a hundredth of its amount unless the market is spot."""
        is_spot = market.startswith("spot")
        row = (
            ORDER
            | {"id": self.id(), "account_id": self.account, "user_id": self.user, "market_id": market, "requested_amount": Decimal(amount)}
            | more
        )
        row |= {"commission_asset_id": QUOTES[market] if is_spot else "usd", "created_at": self.at}
        told = [self._fill(row, seq, fill) for seq, fill in enumerate(fills, start=1)]
        done = sum((one["base_amount"] for one in told), Decimal(0))
        row |= {"filled_amount": done, "avg_price": _average(told, "price"), "updated_at": self.at}
        row |= {name: sum(one[name] for one in told) for name in ("commission", "commission_in_rat")}
        if not told:
            row["rule_id"] = None
        self.batch.orders.append(_line(row, writing.ORDER))
        return str(row["id"])

    def _fill(self, of: dict[str, Any], seq: int, fill: dict[str, Any]) -> dict[str, Any]:
        market, is_spot = of["market_id"], of["market_id"].startswith("spot")
        row = FILL | {name: of[name] for name in ("account_id", "user_id", "market_id", "side", "commission_asset_id", "position_id")} | fill
        row |= {"id": self.id(), "order_id": of["id"], "seq": seq, "at": self.later(seconds=1), "quote_asset_id": QUOTES[market]}
        row["market_type"] = market.split(".")[0].title()
        if not is_spot:
            row["lots"] = row["base_amount"] / 100
        row["commission_in_rat"] = row["commission"] * (row["rate_to_root"] if is_spot else 1)
        if row["maker_price"] is not None:
            row["markup_in_rat"] = abs(row["price"] - row["maker_price"]) * row["base_amount"] * row["rate_to_root"]
        self.batch.executions.append(_line(row, writing.EXECUTION))
        self.journal(row["id"], "Trade", row["id"], *_moves(row, is_spot=is_spot))
        return row

    def external(self, order: str, market: str, amount: str, **more: Any) -> str:
        row = {
            "order_id": order, "account_id": self.account, "user_id": self.user, "market_id": market, "created_at": self.at, "updated_at": self.at,
            "status": "Fill", "side": "Buy", "order_type": "Market", "time_in_force": "Ioc", "requested_amount": amount, "filled_amount": amount,
            "limit_price": None, "avg_price": None, "commission_asset_id": QUOTES[market], "commission": 0, "commission_in_rat": 0,
            "session_id": "lp-trading", "lp_order_id": f"LP-{self.count}",
        } | more  # fmt: skip
        row.setdefault("id", self.id())
        self.batch.external_orders.append(_line(row, writing.EXTERNAL_ORDER))
        return str(row["id"])

    def add(self, records: str, columns: tuple[str, ...], **row: Any) -> str:
        """A position, closing, swap, funding payment or unsolicited trade."""
        whole = {"account_id": self.account, "user_id": self.user, "at": self.at} | row
        if "id" in columns:
            whole.setdefault("id", self.id())
        getattr(self.batch, records).append(_line(whole, columns))
        return str(whole.get("id"))


class Told(NamedTuple):
    """The ids of what was told. `partly` and `resting` are open, `kept` is a position that is open, `gone` one that is closed."""

    account: str
    deposited: str
    bought: str
    sold: str
    external: str
    partly: str
    resting: str
    rejected: str
    opened: str
    closed: str
    kept: str
    gone: str
    short: str
    swap: str
    funding: str
    unsolicited: str


def tell(api: BackApi, account: str, user: str = "anna") -> Told:
    """On the desk of the commissions' tests, which gets a perpetual market for it."""
    api.markets.create(OWNER, cfd("btc", "usd", type="Perp", display_name="BTC-PERP"))
    teller = Teller(account, user)
    deposited = teller.deposit("eur", "200000")
    teller.deposit("usd", "10000")
    teller.later(hours=1)
    spot = _spot(teller)
    positions = _positions(teller)
    teller.write()
    return Told(account, deposited, *spot, *positions)


def _spot(teller: Teller) -> tuple[str, ...]:
    market, sent = "spot.btc_eur", teller.id()
    bought = teller.order(
        market, "1.5", fill("1", "60000", maker_price="59990", external_order_id=sent, commission="60"), fill("0.5", "60010.01", commission="30.01")
    )
    teller.external(bought, market, "1", id=sent, avg_price="59990", commission="60", commission_in_rat="75")
    sold = teller.order(market, "0.3", fill("0.3", "61000.01", commission="18.3"), side="Sell")
    resting = {"order_type": "Limit", "time_in_force": "Gtc"}
    partly = teller.order(market, "0.1", fill("0.04", "50000.55"), **resting, status="Working", limit_price="50000.55")
    teller.hold(partly, "eur", "3000.04")
    offered = teller.order(market, "0.2", side="Sell", **resting, status="Pending", limit_price="70000")
    teller.hold(offered, "btc", "0.2")
    rejected = teller.order(market, "3", status="Rejected", reject_details="Not enough money.")
    teller.add("unsolicited", writing.UNSOLICITED, market_id=market, side="Buy", order_type=None, time_in_force=None, base_amount="1", price="59991",
        order_id=None, external_order_id=None, lp_order_id="LP-LATE", lp_execution_id="LATE-1", session_id="lp-trading",
        account_id=None, user_id=None)  # fmt: skip
    return bought, sold, sent, partly, offered, rejected


def _positions(teller: Teller) -> tuple[str, ...]:
    kept, gone, short = teller.id(), teller.id(), teller.id()
    since = teller.at
    # A hundred ounces, of which forty are closed again.
    opened = teller.order("cfd.xau_usd", "100", fill("100", "2000", commission="2", rate_to_root="1"), position_id=kept, leverage=20)
    teller.later(hours=2)
    closed = teller.order("cfd.xau_usd", "40", fill("40", "2010.05", rate_to_root="1", realized_pnl_in_rat="402"), side="Sell", position_id=kept)
    _position(teller, kept, "cfd.xau_usd", since, lots="0.6", base_amount="60", open_price="2000", realized_pnl_in_rat="402")
    _closing(teller, closed, kept, "cfd.xau_usd", since, side="Sell", lots="0.4", base_amount="40", open_price="2000", close_price="2010.05",
        rate_to_root="1", position_price_in_rat="80000", realized_pnl_in_rat="402")  # fmt: skip
    # A hundred euros, closed at a loss after a night.
    teller.order("cfd.eur_jpy", "100", fill("100", "160.5", rate_to_root="0.00666"), position_id=gone, leverage=10)
    teller.later(hours=20)
    swap = teller.add("swaps", writing.SWAP, position_id=gone, market_id="cfd.eur_jpy", nights=1, swap_type="Points", size="0.5", amount="-0.33",
        asset_id="usd", amount_in_rat="-0.33")  # fmt: skip
    teller.journal(swap, "Swap", swap, ("trading", "usd", Decimal("-0.33")))
    over = teller.order(
        "cfd.eur_jpy", "100", fill("100", "159.25", rate_to_root="0.00666", realized_pnl_in_rat="-0.84"), side="Sell", position_id=gone
    )
    _closing(teller, over, gone, "cfd.eur_jpy", since, side="Sell", lots="1", base_amount="100", open_price="160.5", close_price="159.25",
        rate_to_root="0.00666", position_price_in_rat="106.893", realized_pnl_in_rat="-0.84")  # fmt: skip
    _position(teller, gone, "cfd.eur_jpy", since, lots="0", base_amount="0", open_price="160.5", realized_pnl_in_rat="-0.84", swaps_in_rat="-0.33",
        closed_at=teller.at, margin_in_rat="0")  # fmt: skip
    teller.order("perp.btc_usd", "2", fill("2", "64000", rate_to_root="1", commission="12.8"), side="Sell", position_id=short, leverage=5)
    funding = teller.add("funding", writing.FUNDING, position_id=short, market_id="perp.btc_usd", rate="0.0001", mark_price="64100", rate_to_root="1",
        amount_in_rat="12.82")  # fmt: skip
    teller.journal(funding, "Funding", funding, ("trading", "usd", Decimal("12.82")))
    _position(
        teller,
        short,
        "perp.btc_usd",
        since,
        side="Sell",
        market_type="Perp",
        lots="0.02",
        base_amount="2",
        open_price="64000",
        funding_in_rat="12.82",
    )
    late = teller.add("unsolicited", writing.UNSOLICITED, market_id="cfd.xau_usd", side="Buy", order_type="Market", time_in_force="Ioc",
        base_amount="1", price="2001", order_id=opened, external_order_id=None, lp_order_id="LP-7", lp_execution_id="LATE-2",
        session_id="lp-trading")  # fmt: skip
    return opened, closed, kept, gone, short, swap, funding, late


def _position(teller: Teller, position: str, market: str, since: datetime, **more: Any) -> None:
    usual = {"closed_at": None, "market_type": "Cfd", "side": "Buy", "leverage": 20, "margin_in_rat": "100", "realized_pnl_in_rat": 0}
    usual |= {"swaps_in_rat": 0, "funding_in_rat": 0}
    teller.add("positions", writing.POSITION, **(usual | {"id": position, "market_id": market, "opened_at": since} | more))


def _closing(teller: Teller, order: str, position: str, market: str, since: datetime, **more: Any) -> None:
    usual = {"closed_at": teller.at, "market_type": "Cfd", "order_type": "Market", "time_in_force": "Ioc", "reason": "Trader"}
    teller.add("closings", writing.CLOSING, **(usual | {"order_id": order, "position_id": position, "market_id": market, "opened_at": since} | more))


def fill(amount: str, price: str, **more: Any) -> dict[str, Any]:
    numbers = {name: None if value is None else Decimal(value) if name != "external_order_id" else value for name, value in more.items()}
    return {"base_amount": Decimal(amount), "price": Decimal(price), **numbers}


def _moves(row: dict[str, Any], *, is_spot: bool) -> list[tuple[str, str, Decimal]]:
    fee = ("fees", row["commission_asset_id"], -Decimal(row["commission"]))
    if not is_spot:
        return [("trading", "usd", row["realized_pnl_in_rat"] or Decimal(0)), fee]
    base, cent, sign = row["market_id"].split(".")[1].split("_")[0], Decimal("0.01"), 1 if row["side"] == "Buy" else -1
    worth = (row["base_amount"] * row["price"]).quantize(cent, "ROUND_CEILING" if sign > 0 else "ROUND_FLOOR")
    return [("trading", base, sign * row["base_amount"]), ("trading", row["quote_asset_id"], -sign * worth), fee]


def _average(rows: list[dict[str, Any]], price: str) -> Decimal | None:
    amount = sum((row["base_amount"] for row in rows), Decimal(0))
    if not amount:
        return None
    return (sum((row["base_amount"] * row[price] for row in rows), Decimal(0)) / amount).quantize(Decimal("1e-18"))


def _line(row: dict[str, Any], columns: tuple[str, ...]) -> str:
    return "\t".join(_text(row[name]) for name in columns) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return NULL if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
