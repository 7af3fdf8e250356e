"""Contract values as JSON, numbers printed plain: a Decimal of 0.00000001 is never "1E-8"."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec

from backoffice.contracts.value import Value

Item = TypeVar("Item")

_texts = msgspec.json.Encoder()
_numbers = msgspec.json.Encoder(decimal_format="number")

# What a Decimal is in an InNumbers answer; the mark is for the schema, which keeps no other type than its own for a Decimal.
NUMBER_MARK = "x-number"
Number = Annotated[Decimal, msgspec.Meta(extra_json_schema={NUMBER_MARK: True})]


class InNumbers(Value, frozen=True, kw_only=True):
    """An answer of the history API: its decimals are JSON numbers, every digit of them."""


def encode(value: Any) -> bytes:
    in_numbers = isinstance(value[0] if isinstance(value, list) and value else value, InNumbers)
    encoder = _numbers if in_numbers else _texts
    body = encoder.encode(value)
    # Decimal prints exponents only beyond six zeros, so the second pass is rare; a name that holds "E-" merely takes it too.
    if b"E-" in body or b"E+" in body:
        body = encoder.encode(_plain(msgspec.to_builtins(value, builtin_types=(Decimal,)), _as_number if in_numbers else _as_text))
    return body


def decode_list(json: bytes | str, kind: type[Item]) -> list[Item]:
    """Refuses: msgspec.DecodeError."""
    return msgspec.json.decode(json, type=list[kind])  # type: ignore[valid-type]  # mypy knows no types that are made while running


def _as_text(number: Decimal) -> str:
    return format(number, "f")


def _as_number(number: Decimal) -> msgspec.Raw:
    return msgspec.Raw(format(number, "f").encode())


def _plain(value: Any, printed: Callable[[Decimal], Any]) -> Any:
    if isinstance(value, Decimal):
        return printed(value)
    if isinstance(value, dict):
        return {key: _plain(inner, printed) for key, inner in value.items()}
    return [_plain(inner, printed) for inner in value] if isinstance(value, list) else value
