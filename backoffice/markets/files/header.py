"""The first line of a file in our own layout."""

from collections.abc import Collection

from backoffice.markets.files.columns import HEADER
from backoffice.tables.header import NOTE, Layout, recognised

IDENTITY = ("type", "base_asset_id", "quote_asset_id")


def ours(line: int, cells: list[str]) -> Layout:
    """Refuses: BadHeader."""
    return recognised(line, cells, HEADER, _missing)


def is_ours(cells: list[str]) -> bool:
    names = [cell.strip() for cell in cells if cell.strip() and not cell.startswith(NOTE)]
    return bool(names) and all(name in HEADER for name in names)


def _missing(known: Collection[str]) -> tuple[str, str] | None:
    if "market_id" in known or all(field in known for field in IDENTITY):
        return None
    return "marketId", "is missing: a file has marketId, or type, baseAssetId and quoteAssetId"
