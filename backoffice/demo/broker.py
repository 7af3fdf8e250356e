"""The demo's facts as contract values, and more markets made from them when a larger desk is wanted."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import TypeVar

import msgspec

from backoffice.contracts.accounts import NewAccount, NewAccountGroup
from backoffice.contracts.assets import NewAsset
from backoffice.contracts.calendars import NewCalendar
from backoffice.contracts.categories import CategoryDraft
from backoffice.contracts.liquidity import NewLiquiditySession
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.rates import NewPrice
from backoffice.contracts.users import NewUser

FACTS = Path(__file__).parent / "facts"
T = TypeVar("T")
Row = dict[str, str]
ROOT_ASSET, PRICED_BY = "usd", "demo"
# What a made-up market of each type takes from the first real one of that type.
OWN = ("marketId", "baseAssetId", "quoteAssetId", "displayName", "fullName")


def assets(source: str) -> list[NewAsset]:
    rows = [row for row in _rows("assets.csv") if row["source"] == source]
    return [msgspec.convert({name: row[name] for name in ("id", "name", "scale", "type")}, NewAsset, strict=False) for row in rows]


def calendars() -> list[NewCalendar]:
    return values("calendars.json", list[NewCalendar])


def groups() -> list[NewMarketGroup]:
    return values("groups.json", list[NewMarketGroup])


def liquidity_sessions() -> list[NewLiquiditySession]:
    return values("liquidity_sessions.json", list[NewLiquiditySession])


def prices() -> list[NewPrice]:
    return [msgspec.convert(row | {"source": PRICED_BY}, NewPrice, strict=False) for row in _rows("prices.csv")]


def levels() -> dict[str, Decimal]:
    """About what one unit of an asset that no price leads to costs, in the root asset."""
    return {row["assetId"]: Decimal(row["level"]) for row in _rows("levels.csv")}


def account_groups() -> list[NewAccountGroup]:
    return values("account_groups.json", list[NewAccountGroup])


def users() -> list[NewUser]:
    return [msgspec.convert(row, NewUser) for row in _rows("users.csv")]


def accounts() -> list[tuple[str, NewAccount]]:
    """User id and account."""
    return [(row.pop("userId"), msgspec.convert(row, NewAccount)) for row in _rows("accounts.csv")]


def categories() -> list[CategoryDraft]:
    return values("categories.json", list[CategoryDraft])


def within(category: CategoryDraft, markets: set[str]) -> CategoryDraft:
    """The category without markets that were not loaded."""
    return msgspec.structs.replace(
        category,
        markets=[market for market in category.markets if market in markets],
        categories=[within(child, markets) for child in category.categories],
    )


def market_file(count: int) -> bytes:
    """A market file in our own layout with `count` markets: the real ones first, then made-up pairs of the same assets."""
    real = list(_rows("markets.csv"))
    made = _more(real) if count > len(real) else iter(())
    rows = [*real[:count], *(row for row, _ in zip(made, range(count - len(real)), strict=False))]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(real[0]))
    writer.writeheader()
    writer.writerows({**row, "marketId": ""} for row in rows)
    return text.getvalue().encode()


def well_known() -> list[str]:
    """Ids of the real markets, those first that everybody knows."""
    return [row["marketId"] for row in _rows("markets.csv")]


def _more(real: list[Row]) -> Iterator[Row]:
    taken = {row["marketId"] for row in real}
    crm = [asset.id for asset in assets("Crm")]
    every = [*crm, *(asset.id for asset in assets("Internal"))]
    # A pattern with the same scale for every price: made-up pairs have no real one.
    patterns = {kind: next(row for row in real if row["type"] == kind and row["status"] == "Open") for kind in ("Cfd", "Perp", "Spot")}
    for kind, bases in (("Cfd", every), ("Perp", every), ("Spot", crm)):
        for base, quote in product(bases, crm):
            market_id = f"{kind.lower()}.{base}_{quote}"
            if base != quote and market_id not in taken:
                own = dict(zip(OWN, (market_id, base, quote, f"{base}/{quote}.{kind}".upper(), ""), strict=True))
                yield patterns[kind] | {"swapType": "", "swapLongSize": "", "swapShortSize": "", "subtype": ""} | own


def _rows(name: str) -> Iterator[Row]:
    with (FACTS / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def values(name: str, type: type[T]) -> T:
    return msgspec.json.decode((FACTS / name).read_bytes(), type=type)
