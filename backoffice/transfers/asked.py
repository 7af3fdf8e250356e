"""What a caller asks for, as it is compared and kept: plain ids, canonical amounts, a fingerprint, an address for the callback."""

import hashlib
import re
import secrets
from decimal import Decimal
from typing import NamedTuple

from backoffice.callbacks import urls
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.transfers import NewTransfer, TransferType

PLAIN = re.compile(r"[\x20-\x7e]{1,255}")
DIGITS_BEFORE, DIGITS_AFTER = 20, 18


class CallbackTarget(NamedTuple):
    """`webhook_id` is made for every call: the event may go to an address that an earlier call gave."""

    webhook_id: str
    url: str | None
    host: str | None
    client_id: str | None


def faults(wanted: NewTransfer) -> dict[str, list[str]]:
    """What is wrong with a request by itself; by wire name."""
    found: dict[str, list[str]] = {}
    if not PLAIN.fullmatch(wanted.deduplication_id):
        found["deduplicationId"] = ["Expected 1 to 255 printable ASCII characters."]
    if reason := amount_fault(wanted.amount):
        found["amount"] = [reason]
    return found


def amount_fault(amount: Decimal) -> str:
    if not amount.is_finite() or amount <= 0:
        return "Expected a number above zero."
    _, digits, exponent = amount.normalize().as_tuple()
    if not isinstance(exponent, int) or -exponent > DIGITS_AFTER or len(digits) + exponent > DIGITS_BEFORE:
        return f"Expected up to {DIGITS_BEFORE} digits before the point and {DIGITS_AFTER} after it."
    return ""


def canonical(amount: Decimal) -> Decimal:
    """1.0, 1.00 and 1 are one amount, and it is kept and told as 1."""
    return Decimal(format(amount.normalize(), "f"))


def fingerprint(type: TransferType, wanted: NewTransfer) -> bytes:
    """Equal for equal requests and no others: each part stands behind its length."""
    parts = (type, wanted.account_id, wanted.asset_id, str(canonical(wanted.amount)), wanted.callback_url)
    told = hashlib.sha256()
    for part in parts:
        told.update(b"-" if part is None else f"{len(part.encode())}:{part}".encode())
    return told.digest()


def target(actor: Actor, callback_url: str | None) -> CallbackTarget:
    """Where this call's event goes. Refuses: Invalid, with one code whatever is wrong with the address."""
    webhook_id = f"evt_{secrets.token_hex(16)}"
    if callback_url is None:
        return CallbackTarget(webhook_id, None, None, None)
    if actor.kind != "client":
        raise refused("Only API clients are called back: they have a secret to sign with.")
    try:
        parsed = urls.parse(callback_url)
    except urls.BadUrl as reason:
        raise refused(str(reason)) from None
    return CallbackTarget(webhook_id, parsed.url, parsed.authority, actor.id)


def refused(reason: str) -> Invalid:
    return Invalid("The callback address is refused.", code="callback_refused", fields={"callbackUrl": [reason]})
