"""Cursors of keyset pages: what the last item shown was sorted by, in a text that only we need to read."""

import base64
import binascii
from datetime import datetime

import msgspec

from backoffice.contracts.errors import Invalid
from backoffice.contracts.paging import COUNT_CAP

LONGEST = 2_000


def cursor(*parts: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode()


def read(after: str, parts: int) -> list[str]:
    """Refuses: Invalid."""
    try:
        found = msgspec.json.decode(base64.urlsafe_b64decode(after.encode()), type=list[str])
    except (binascii.Error, msgspec.DecodeError, UnicodeError):
        raise foreign() from None
    # NUL and half a surrogate pair are no part of any key, and the database would stumble over them.
    if len(found) != parts or len(after) > LONGEST or any("\0" in part for part in found):
        raise foreign()
    return found


def instant(text: str) -> datetime:
    """A time out of a cursor. Refuses: Invalid."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise foreign() from None


def foreign() -> Invalid:
    return Invalid("This is no cursor of ours.", fields={"after": ["is not a cursor of this list"]})


def limit_fault(limit: int, most: int) -> dict[str, list[str]]:
    return {} if 1 <= limit <= most else {"limit": [f"must be from 1 to {most}"]}


def offset_fault(offset: int, most: int, *, after: str | None) -> dict[str, list[str]]:
    if not 0 <= offset <= most:
        return {"offset": [f"must be from 0 to {most}"]}
    return {"offset": ["cannot be given together with a cursor"]} if offset and after is not None else {}


def counted(total: int) -> tuple[int, bool]:
    """A count that stopped behind the cap, as a page tells it."""
    return min(total, COUNT_CAP), total > COUNT_CAP
