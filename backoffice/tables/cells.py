"""What a cell may say, whatever its table: numbers in plain digits, flags, ids, and texts that no spreadsheet takes for a formula."""

import re
from decimal import Decimal

from backoffice.core.sheets import FORMULA, NUMBER

WHOLE = re.compile(r"-?[0-9]{1,18}")


class Wrong(Exception):
    """A cell that says nothing we could store."""


def normal(value: Decimal) -> Decimal:
    """Without trailing zeros: equal numbers are stored alike."""
    if value == value.to_integral_value() and value.is_finite() and abs(value.adjusted()) < 28:
        return value.quantize(Decimal(1))
    return value.normalize()


def amount(text: str) -> Decimal:
    if not NUMBER.fullmatch(text):
        raise Wrong("is not a number in plain digits")
    return normal(Decimal(text)) + 0  # -0 becomes 0


def whole(text: str) -> int:
    if WHOLE.fullmatch(text):
        return int(text)
    raise Wrong("is too large" if NUMBER.fullmatch(text) and "." not in text else "is not a whole number in plain digits")


def flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise Wrong("must be true or false")
    return text == "true"


def code(text: str) -> str:
    if text != text.strip():
        raise Wrong("begins or ends with a blank")
    if len(text) > 64:
        raise Wrong("is longer than 64 characters")
    return text


def plain(text: str) -> str:
    """sheets.neutral, taken back."""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text
