"""What a faulty cell was probably meant to say, whatever its table."""

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from backoffice.core.sheets import NUMBER
from backoffice.tables.cells import WHOLE

# Looking for the nearest of many names costs time; a hostile file may not buy more than this of it.
LOOKUPS = 500
CANDIDATES = 5_000

TRUE, FALSE = ("true", "yes", "y", "1", "on"), ("false", "no", "n", "0", "off")


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


def flag(text: str) -> str | None:
    word = text.strip().lower()
    return "true" if word in TRUE else "false" if word in FALSE else None


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
