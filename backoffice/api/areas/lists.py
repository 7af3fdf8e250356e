"""What of every list is the same: rows come as JSON and are handed on, the cursor of the next page is told in a header or beside them."""

from typing import Any

import msgspec

from backoffice.contracts.paging import Page, Rows, Slice


def following(found: Rows[Any] | Slice[Any] | Page[Any]) -> dict[str, str]:
    """The contract leaves no room in the body for the cursor."""
    return {"X-Next": found.next} if found.next else {}


def limited(found: Rows[Any]) -> bytes:
    exceeded = b"true" if found.next else b"false"
    return b'{"data":' + found.json + b',"limit":{"isExceeded":' + exceeded + b"}}"


def counted(found: Rows[Any]) -> bytes:
    return b'{"total":' + str(found.total).encode() + b',"data":' + found.json + b"}"


def items(found: Rows[Any]) -> bytes:
    return b'{"items":' + found.json + b',"next":' + msgspec.json.encode(found.next) + b"}"
