"""What one unit of each asset is worth in the root asset, hour by hour: what the desk knows now, moved as prices move."""

from collections.abc import Mapping
from decimal import Decimal

from backoffice.demo.trading.prices import ONE, Asset
from backoffice.demo.trading.texts import HOUR, decimal

SCALE = 10


class Rates:
    def __init__(self, now: Mapping[str, Decimal], assets: Mapping[str, Asset], root: str) -> None:
        self.root, self.assets = root, assets
        self.now = {asset: int(rate.scaleb(SCALE)) for asset, rate in now.items() if rate.scaleb(SCALE) >= 1}
        self.known: dict[str, tuple[int, int, Decimal]] = {}

    def __contains__(self, asset: str) -> bool:
        return asset in self.now

    def units(self, asset: str, milliseconds: int) -> int:
        """In 10^-SCALE."""
        return self._at(asset, milliseconds)[1]

    def at(self, asset: str, milliseconds: int) -> Decimal:
        return self._at(asset, milliseconds)[2]

    def _at(self, asset: str, milliseconds: int) -> tuple[int, int, Decimal]:
        hour = milliseconds // HOUR
        found = self.known.get(asset)
        if found is None or found[0] != hour:
            units = max(self.now[asset] * self.assets[asset].at(hour) // ONE, 1)
            found = self.known[asset] = (hour, units, decimal(units, SCALE))
        return found
