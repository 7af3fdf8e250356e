"""Contract values as JSON, numbers printed plain: a Decimal of 0.00000001 is never "1E-8"."""

from decimal import Decimal
from typing import Any

import msgspec

_encoder = msgspec.json.Encoder()


def encode(value: Any) -> bytes:
    body = _encoder.encode(value)
    # Decimal prints exponents only beyond six zeros, so the second pass is rare; a name that holds "E-" merely takes it too.
    if b"E-" in body or b"E+" in body:
        body = _encoder.encode(_plain(msgspec.to_builtins(value, builtin_types=(Decimal,))))
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
