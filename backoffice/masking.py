"""Who clients are, on screens: whoever need not know sees the first letter of a name and of an e-mail address."""

from typing import Any, TypeVar

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditChange
from backoffice.contracts.inbox import InboxItem
from backoffice.contracts.users import User

OPERATION = "view-personal-data"
# Whoever edits clients has to see what they save.
SUFFICIENT = (OPERATION, "manage-accounts")
NAMES, ADDRESSES = ("user_name",), ("user_email",)
HIDDEN = "…"
Answer = TypeVar("Answer")


def shown(actor: Actor, answer: Answer) -> Answer:
    """The same answer, for the eyes of this actor."""
    if actor.door != "portal" or any(actor.may(operation) for operation in SUFFICIENT):
        return answer
    masked: Answer = _masked(answer)
    return masked


def _masked(value: Any) -> Any:
    if isinstance(value, list):
        return [_masked(one) for one in value]
    if isinstance(value, User):
        return msgspec.structs.replace(value, email=address(value.email), name=name(value.name))
    if isinstance(value, AuditChange):
        return _change(value)
    if isinstance(value, InboxItem) and value.kind == "Withdrawal":
        # Called by its client: by their name, or by their address where they have none.
        return msgspec.structs.replace(value, name=address(value.name) if "@" in value.name else name(value.name))
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **found) if (found := _fields(value)) else value
    return value


def _fields(value: msgspec.Struct) -> dict[str, Any]:
    """Those that are otherwise for these eyes."""
    found: dict[str, Any] = {}
    for field in value.__struct_fields__:
        held = getattr(value, field)
        if field in NAMES:
            found[field] = name(held)
        elif field in ADDRESSES:
            found[field] = address(held)
        elif isinstance(held, list | msgspec.Struct) and (masked := _masked(held)) is not held:
            found[field] = masked
    return found


def _change(value: AuditChange) -> AuditChange:
    if value.object_type != "user":
        return value
    return msgspec.structs.replace(value, before=_side(value.before), after=_side(value.after))


def _side(side: dict[str, str | None]) -> dict[str, str | None]:
    hides = {"name": name, "email": address}
    return {field: hides[field](held) if field in hides else held for field, held in side.items()}


def name(text: str | None) -> str | None:
    return text and " ".join(word[0] + HIDDEN for word in text.split())


def address(text: str | None) -> str | None:
    if not text:
        return text
    local, _, domain = text.rpartition("@")
    return f"{local[:1]}{HIDDEN}@{domain}"
