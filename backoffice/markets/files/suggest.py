"""What a faulty cell was probably meant to say. A suggestion is offered, never taken unasked; where two readings are as likely there is none."""

import re
from collections.abc import Callable, Collection
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from backoffice.markets import rules
from backoffice.markets.files.columns import COLUMNS, NUMBER, WHOLE

# Looking for the nearest of many names costs time; a hostile file may not buy more than this of it.
LOOKUPS = 500
CANDIDATES = 5_000

TRUE, FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")
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


class Nearest:
    """Nearest known names, with a budget for each file."""

    def __init__(self) -> None:
        self.left = LOOKUPS

    def of(self, text: str, known: Collection[str]) -> str | None:
        wanted = text.strip()
        if lowered := next((word for word in (wanted, wanted.lower()) if word in known), None):
            return lowered
        if self.left <= 0 or len(known) > CANDIDATES or not wanted or len(wanted) > 100:
            return None
        self.left -= 1
        by_fold = {word.lower(): word for word in known}
        found = get_close_matches(wanted.lower(), by_fold, n=1, cutoff=0.6)
        return by_fold[found[0]] if found else None


def for_cell(field: str, text: str, nearest: Nearest) -> str | None:
    """For a cell that could not be read."""
    column = COLUMNS[field]
    if column.kind == "flag":
        word = text.strip().lower()
        return "true" if word in TRUE else "false" if word in FALSE else None
    if column.words:
        meant = MEANT.get(text.strip().lower())
        return meant if meant in column.words else nearest.of(text, column.words)
    if column.kind in ("amount", "whole"):
        return number(text, is_whole=column.kind == "whole")
    if column.kind == "codes":
        return ";".join(part for part in re.split(r"[;,|\s]+", text) if part) or None
    return text.strip()


def number(text: str, *, is_whole: bool) -> str | None:
    cleaned = re.sub(r"[\s\u00a0_']", "", text)
    if not cleaned:
        return ""
    if re.fullmatch(r"-?\d{1,3}(,\d{3}){2,}(\.\d+)?|-?\d{1,3},\d{3}\.\d+", cleaned, re.ASCII):
        cleaned = cleaned.replace(",", "")
    elif re.fullmatch(r"-?\d+,(\d{1,2}|\d{4,})", cleaned, re.ASCII):
        cleaned = cleaned.replace(",", ".")
    if len(cleaned) > 60 or not cleaned.isascii():
        return None
    try:
        value = Decimal(cleaned)
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return None
    if is_whole and value != value.to_integral_value():
        return None
    plain = format(value.quantize(Decimal(1)) if is_whole else value, "f").removeprefix("+")
    return plain if (WHOLE if is_whole else NUMBER).fullmatch(plain) else None


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
