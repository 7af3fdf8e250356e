"""Totals in plain Python over the records themselves: what every answer must come to, to the last digit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Context, Decimal, localcontext
from typing import Any, NamedTuple

from backoffice.contracts.filters import Filter

MARKETS = {
    "spot.btc_usd": ("BTC/USD/SPOT", "Spot", None, "btc", "usd"),
    "spot.btc_eur": ("BTC/EUR/SPOT", "Spot", None, "btc", "eur"),
    "spot.btc_link": ("BTC/LINK/SPOT", "Spot", None, "btc", "link"),
    "cfd.xau_usd": ("XAU/USD", "Cfd", "metals", "xau", "usd"),
    "cfd.eur_jpy": ("EUR/JPY", "Cfd", "fx", "eur", "jpy"),
}
ASSETS = {"usd": "USD", "eur": "EUR", "jpy": "JPY", "btc": "BTC", "link": "LINK", "xau": "Gold"}
ACCOUNTS = {"anna": ("anna", "retail"), "savings": ("anna", "retail"), "boris": ("boris", "vip")}


class Trade(NamedTuple):
    at: datetime
    account: str
    market: str
    side: str
    base: Decimal
    price: Decimal
    rate: Decimal
    fee_asset: str
    fee: Decimal
    fee_in_rat: Decimal
    markup: Decimal

    @property
    def quote(self) -> Decimal:
        return self.base * self.price

    @property
    def worth(self) -> Decimal:
        return self.base * self.price * self.rate


class Placed(NamedTuple):
    """An order."""

    at: datetime
    account: str
    market: str
    side: str


Record = Trade | Placed
# Whatever is added up or multiplied here, no digit is lost.
EXACT = Context(prec=200)


def facts(record: Record) -> dict[str, Any]:
    user, group = ACCOUNTS[record.account]
    display, kind, market_group, _, _ = MARKETS[record.market]
    return {
        "createdAt": record.at,
        "userId": user,
        "userEmail": f"{user}@example.com",
        "status": "Active",
        "accountId": record.account,
        "accountName": record.account,
        "accountGroupId": group,
        "marketId": record.market,
        "displayName": display,
        "marketType": kind,
        "marketGroupId": market_group,
        "side": record.side,
    }


def holds(entry: Filter, known: dict[str, Any]) -> bool:
    """`known` lacks what another level decides."""
    if entry.field not in known:
        return True
    actual, value = known[entry.field], entry.value
    if actual is None:
        return False
    if isinstance(actual, datetime):
        if entry.entry_type == "Exact":
            return actual == datetime.fromisoformat(value)
        ends = {name: datetime.fromisoformat(end) for name, end in value.items() if end is not None}
        return ("from" not in ends or actual >= ends["from"]) and ("to" not in ends or actual < ends["to"])
    if entry.entry_type == "Range":
        return ("from" not in value or actual >= Decimal(value["from"])) and ("to" not in value or actual < Decimal(value["to"]))
    if entry.entry_type == "Like":
        return str(value).upper() in actual.upper()
    return actual in value if isinstance(value, list) else bool(actual == value)


def counted(records: Iterable[Record], filters: Sequence[Filter]) -> list[Record]:
    return [record for record in records if all(holds(entry, facts(record)) for entry in filters)]


def trades(records: Iterable[Record], filters: Sequence[Filter]) -> list[Trade]:
    return [record for record in counted(records, filters) if isinstance(record, Trade)]


def paid(records: Iterable[Record], filters: Sequence[Filter], of: str) -> dict[tuple[str, ...], dict[str, Any]]:
    """`of`: userId or accountId."""
    found: dict[tuple[str, ...], dict[str, Any]] = defaultdict(lambda: {"totalCommissionInRAT": Decimal(), "totalTradedVolumeInRAT": Decimal()})
    with localcontext(EXACT):
        for trade in trades(records, filters):
            row = found[(facts(trade)[of],)]
            row["totalCommissionInRAT"] += trade.fee_in_rat
            row["totalTradedVolumeInRAT"] += trade.worth
    return shown(found, filters)


def in_assets(trade: Trade) -> list[tuple[str, Decimal, Decimal, Decimal, Decimal]]:
    zero, (_, _, _, base, quote) = Decimal(), MARKETS[trade.market]
    charged = [(trade.fee_asset, zero, zero, trade.fee, trade.fee_in_rat)] if trade.fee else []
    return [(base, trade.base, trade.worth, zero, zero), (quote, trade.quote, trade.worth, zero, zero), *charged]


OF_ASSET = ("totalAssetAmount", "totalAssetAmountInRAT", "totalAssetCommission", "totalAssetCommissionInRAT")


def by_asset(records: Iterable[Record], filters: Sequence[Filter], of: str | None) -> dict[tuple[str, ...], dict[str, Any]]:
    """`of`: userId or accountId, None for assets alone."""
    found: dict[tuple[str, ...], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(OF_ASSET, Decimal()))
    with localcontext(EXACT):
        for trade in trades(records, filters):
            for asset, *amounts in in_assets(trade):
                if all(holds(entry, {"assetId": asset, "assetName": ASSETS[asset]}) for entry in filters):
                    row = found[(asset,) if of is None else (facts(trade)[of], asset)]
                    for name, amount in zip(OF_ASSET, amounts, strict=True):
                        row[name] += amount
    return shown(found, filters)


OF_MARKET: dict[str, Callable[[Trade], Any]] = {
    "tradesCount": lambda _: 1,
    "tradedVolume": lambda trade: trade.base,
    "tradedVolumeInRat": lambda trade: trade.worth,
    "markupProfitInRat": lambda trade: trade.markup,
    "commissionProfitInRat": lambda trade: trade.fee_in_rat,
}


def revenue(records: Iterable[Record], filters: Sequence[Filter]) -> dict[tuple[str, ...], dict[str, Any]]:
    found: dict[tuple[str, ...], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(OF_MARKET, Decimal()))
    with localcontext(EXACT):
        for trade in trades(records, filters):
            for name, value in OF_MARKET.items():
                found[(trade.market,)][name] += value(trade)
    return shown(found, filters)


def shown(found: dict[tuple[str, ...], dict[str, Any]], filters: Sequence[Filter]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {key: row for key, row in found.items() if all(holds(entry, row) for entry in filters)}


def active(records: Iterable[Record], filters: Sequence[Filter]) -> int:
    return len({record.account for record in counted(records, filters)})


def volume(records: Iterable[Record], filters: Sequence[Filter], kinds: Sequence[str]) -> Decimal:
    with localcontext(EXACT):
        return sum((trade.worth for trade in trades(records, filters) if MARKETS[trade.market][1] in kinds), Decimal())
