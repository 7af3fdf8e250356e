"""The columns of a market file: their order, what a cell of each may say, and how it is written into COPY."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple, get_args

from backoffice.contracts.markets import MarketStatus, MarketSubtype, MarketType, SwapType
from backoffice.markets.fields import WIRE
from backoffice.tables.cells import Wrong, amount, code, flag, whole

# Wire name -> our name, in the order of the file's columns.
HEADER: Final[Mapping[str, str]] = {
    "marketId": "market_id",
    **{
        WIRE[name]: name
        for name in (
            "type", "subtype", "base_asset_id", "quote_asset_id", "display_name", "full_name", "status", "market_group_id", "calendar_id",
            "price_scale", "amount_scale", "min_amount", "min_quote_amount", "max_base_amount", "price_deviation", "slippage_rate",
            "lot_size", "min_lot_amount", "max_lot_amount", "lot_step", "tick_size", "max_leverage", "is_const_leverage",
            "swap_type", "swap_long_size", "swap_long_asset_id", "swap_short_size", "swap_short_asset_id",
            "external_ttl", "internal_ttl", "is_synchronized", "trading_session_ids", "market_data_session_ids",
        )
    },
}  # fmt: skip
NAMES: Final = tuple(HEADER.values())
REQUIRED: Final = ("type", "base_asset_id", "quote_asset_id", "display_name", "price_scale")
SESSIONS: Final = ("trading_session_ids", "market_data_session_ids")
NULL: Final = "\\N"  # COPY's word for NULL


class Column(NamedTuple):
    """`kind` is what the column holds; `read` turns a cell's text into a value or raises Wrong; `words` are all it may say, if few."""

    kind: str
    read: Callable[[str], Any]
    words: tuple[str, ...] = ()


def name(text: str) -> str | None:
    return text.strip() or None


def codes(text: str) -> tuple[str, ...]:
    parts = text.split(";")
    if any(not part or re.search(r"[\s,|]", part) for part in parts):
        raise Wrong("must be ids joined by ; without blanks")
    if len(parts) > 100:
        raise Wrong("has more than 100 ids")
    return tuple(sorted(set(parts)))


def one_of(words: tuple[str, ...], also: Mapping[str, str | None]) -> Column:
    known: dict[str, str | None] = {**{word: word for word in words}, **also}

    def read(text: str) -> str | None:
        if text not in known:
            raise Wrong(f"must be one of {', '.join(words)}")
        return known[text]

    return Column("word", read, words)


def _column(field: str) -> Column:
    if field in WORDS:
        return WORDS[field]
    if field in ("display_name", "full_name"):
        return Column("name", name)
    if field in SESSIONS:
        return Column("codes", codes)
    if field.endswith("_id"):
        return Column("code", code)
    if field.startswith("is_"):
        return Column("flag", flag, ("true", "false"))
    if field.endswith(("_scale", "_ttl")) or field in ("lot_size", "max_lot_amount", "max_leverage"):
        return Column("whole", whole)
    return Column("amount", amount)


WORDS: Final = {
    "type": one_of(get_args(MarketType), {"Perpetual": "Perp"}),
    "subtype": one_of(get_args(MarketSubtype), {}),
    "status": one_of(get_args(MarketStatus), {}),
    "swap_type": one_of(get_args(SwapType), {"None": None}),
}
COLUMNS: Final[Mapping[str, Column]] = {field: _column(field) for field in NAMES}


def as_copy(value: Any) -> str:
    """A value as COPY's text format has it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple):
        return escaped("{" + ",".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in value) + "}")
    return escaped(str(value))


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def as_cell(value: Any) -> str:
    """A value as a file has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return ";".join(value) if isinstance(value, tuple | list) else str(value)
