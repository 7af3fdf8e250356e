"""What a faulty cell was probably meant to say. A suggestion is offered, never taken unasked; where two readings are as likely there is none."""

import re
from collections.abc import Callable, Collection

from backoffice.markets import rules
from backoffice.markets.files.columns import COLUMNS
from backoffice.tables.suggest import Nearest, flag, number

MEANT = {
    "fx": "Fx",
    "forex": "Fx",
    "currency": "Fx",
    "perpetual": "Perp",
    "perpetual swap": "Perp",
    "point": "Points",
    "stock": "Stocks",
    "index": "Indices",
}


def for_cell(field: str, text: str, nearest: Nearest) -> str | None:
    """For a cell that could not be read."""
    column = COLUMNS[field]
    if column.kind == "flag":
        return flag(text)
    if column.words:
        meant = MEANT.get(text.strip().lower())
        return meant if meant in column.words else nearest.of(text, column.words)
    if column.kind in ("amount", "whole"):
        return number(text, is_whole=column.kind == "whole")
    if column.kind == "codes":
        return ";".join(part for part in re.split(r"[;,|\s]+", text) if part) or None
    return text.strip()


def for_rule(field: str, text: str, reason: str, references: rules.References, nearest: Nearest) -> str | None:
    """For a cell that can be read and breaks a rule."""
    if field in KNOWN:
        known = KNOWN[field](references)
        if field.endswith("_ids"):
            parts = [part if part in known else nearest.of(part, known) for part in text.split(";")]
            return None if None in parts else ";".join(dict.fromkeys(str(part) for part in parts))
        if "there is no" in reason:
            return nearest.of(text, known)
    if reason.startswith("is only for ") or reason.endswith("needs a swap type"):
        return ""
    if field in rules.WHOLE and reason.startswith("must be a whole number"):
        least, most = rules.WHOLE[field]
        return str(min(max(int(text), least), most))
    if field in ("display_name", "full_name"):
        return cleaned_name(text, field)
    return None


KNOWN: dict[str, Callable[[rules.References], Collection[str]]] = {
    "base_asset_id": lambda known: known.assets,
    "quote_asset_id": lambda known: known.assets,
    "swap_long_asset_id": lambda known: known.assets,
    "swap_short_asset_id": lambda known: known.assets,
    "market_group_id": lambda known: known.market_groups,
    "calendar_id": lambda known: known.calendars,
    "trading_session_ids": lambda known: known.trading_sessions,
    "market_data_session_ids": lambda known: known.market_data_sessions,
}


def cleaned_name(text: str, field: str) -> str | None:
    """The name without what our names do not allow, cut to 50 characters."""
    words = re.sub(r"\s+&\s+", " and ", text)
    allowed = re.sub(r"[^A-Za-z0-9.,/_ -]", "", words)
    joined = re.sub(r"\s+", " " if field == "full_name" else "-", allowed.strip())[:50].strip(" -")
    pattern = rules.FULL_NAME if field == "full_name" else rules.DISPLAY_NAME
    return joined if pattern.fullmatch(joined) else None
