"""The root asset that every total is shown in, the prices of pairs, and the rate of each asset that follows from them."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value


class RootAsset(Value, frozen=True, kw_only=True):
    asset_id: str


class Price(Value, frozen=True, kw_only=True):
    """One unit of the base asset costs `price` of the quote asset; `source` says who told it when."""

    base_asset_id: str
    quote_asset_id: str
    price: Decimal
    source: str
    at: datetime


class NewPrice(Value, frozen=True, kw_only=True):
    """`source`: up to 50 printable characters; `at`: now when absent, never later than now."""

    base_asset_id: str
    quote_asset_id: str
    price: Decimal
    source: str
    at: datetime | None = None


class Rate(Value, frozen=True, kw_only=True):
    """One unit of the asset is worth `rate` of the root asset; all are None when no path of prices leads there.

    `path` has the prices used, as `btc_usdt x usdt_usd`, an inverse one as `1/usd_eur`; `at` is the time of the oldest of them.
    """

    asset_id: str
    rate: Decimal | None
    path: str | None
    source: str | None
    at: datetime | None


class Rates(Protocol):
    def root(self, actor: Actor) -> RootAsset | None:
        """None while none is chosen."""

    def set_root(self, actor: Actor, asset_id: str) -> None:
        """Choose it once; naming it again changes nothing. Refuses: NotFound, Invalid (`root_asset_fixed`)."""

    def replace_root(self, actor: Actor, asset_id: str) -> None:
        """Choose another one, on an installation where no transfer has a rate yet. Refuses: NotFound."""

    def find(self, actor: Actor) -> list[Rate]:
        """Every asset, by id."""

    def prices(self, actor: Actor) -> list[Price]:
        """Every price, by base and quote."""

    def set_prices(self, actor: Actor, prices: list[NewPrice]) -> None:
        """Put these prices in place of earlier ones of the same pairs, all or none.

        Refuses: Invalid (unknown or equal assets, a price that is no positive amount, a pair given twice, a time to come).
        """
