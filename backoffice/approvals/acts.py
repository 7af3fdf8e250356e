"""What the guard wraps, by name: so that a call which waits can be tried, kept as text, and carried out later."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
from django.conf import settings

from backoffice.calls import Call
from backoffice.contracts.actor import Actor
from backoffice.permissions import Rule


class Waits(NamedTuple):
    """How a call waits whose answer has a shape for that: money that is asked for stands on record at once and moves later.

    `ask` takes the actor, the approval's id and the call's arguments and answers as the call does, with the id of what waits; None where nothing
    does, since it was asked before. `grant` and `drop` take that id and say why not, "" when it is done.
    """

    ask: Callable[..., tuple[Any, str | None]]
    grant: Callable[[Actor, str], str]
    drop: Callable[[Actor, str], str]


class Act(NamedTuple):
    """`act` is the bare one, `guarded` is what doors call; `hints` are the types of its arguments by name."""

    rule: Rule
    act: Callable[..., Any]
    guarded: Callable[..., Any]
    hints: Mapping[str, Any]
    waits: Waits | None


_known: dict[str, Act] = {}


def know(action: str, act: Act) -> None:
    _known[action] = act


def known(action: str) -> Act | None:
    return _known.get(action)


def written(arguments: Mapping[str, Any]) -> bytes:
    """The same arguments are the same bytes."""
    return msgspec.json.encode(arguments, order="deterministic")


def read(act: Act, text: bytes) -> dict[str, Any]:
    return {name: msgspec.convert(value, act.hints[name]) for name, value in msgspec.json.decode(text).items()}


def asked_hash(call: Call) -> str:
    return keyed_hash([call.action.encode(), written(call.arguments)])


def keyed_hash(parts: list[bytes]) -> str:
    """SHA-256 under the desk's key, each part behind its length: arguments may hold a password, which nobody shall find by trying."""
    told = hmac.new(settings.SECRET_KEY.encode(), b"approvals", hashlib.sha256)
    for part in parts:
        told.update(f"{len(part)}:".encode() + part)
    return told.hexdigest()
