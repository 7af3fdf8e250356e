"""Fee settings in words: 0.1 % of the volume, 2 usd a lot, at least 1 usd an order."""

from decimal import Decimal
from typing import NamedTuple

from backoffice.contracts.commissions import CfdFee, FeeSettings
from portal.templatetags.desk import plain

FREE = "free"


class FeeWords(NamedTuple):
    """What spot markets pay, what CFD and perpetual ones pay, and the least that an order pays ("" for nothing)."""

    spot: str
    cfd: str
    least: str

    def __str__(self) -> str:
        both = f"{self.spot} on every market" if self.spot == self.cfd else f"spot {self.spot}, CFD and perpetual {self.cfd}"
        return f"{both}, {self.least}" if self.least else both


def fee_words(fee: FeeSettings, root: str) -> FeeWords:
    """`root` is the root asset, "" while there is none."""
    least = f"at least {plain(fee.min_fee_rat)} {root or 'root asset'} an order" if fee.min_fee_rat else ""
    return FeeWords(_percent(fee.spot.size), _cfd(fee.cfd, root), least)


def _cfd(fee: CfdFee, root: str) -> str:
    if fee.type == "PerVolume" or not fee.size:
        return _percent(fee.size)
    return f"{plain(fee.size)} {fee.asset_id or root or 'root asset'} a lot"


def _percent(size: Decimal) -> str:
    return f"{plain(size)} % of the volume" if size else FREE
