"""Calls that wait, as rows: what they were given and what they answered is sealed for those it is meant for."""

from typing import Any

from django.conf import settings

from backoffice.approvals import acts
from backoffice.approvals.models import Approval
from backoffice.calls import Call
from backoffice.contracts import wire
from backoffice.contracts.actor import Actor
from backoffice.core import sealing
from backoffice.operators import identity

SETTING = "CALLBACK_KEYS"


def maker_key(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def seal(approval_id: str, text: bytes) -> tuple[str, bytes]:
    return sealing.seal(settings.CALLBACK_KEYS, text, f"approval {approval_id}", setting=SETTING)


def opened(row: Approval, key_id: str, sealed: Any) -> bytes:
    """Refuses: sealing.Locked."""
    return sealing.opened(settings.CALLBACK_KEYS, key_id, bytes(sealed), f"approval {row.pk}")


def call_of(row: Approval) -> Call:
    """Refuses: sealing.Locked; KeyError and msgspec.ValidationError, where a new version of the desk knows no such call any more."""
    act = acts.known(row.action)
    if act is None:
        raise KeyError(row.action)
    return Call(row.action, act.rule, acts.read(act, opened(row, row.key_id, row.sealed)))


def maker_of(row: Approval) -> Actor | None:
    """With the rights they have now; None when they may no longer act."""
    kind, _, id = row.maker.partition(":")
    return identity.actor_now(kind, id, trace_id=row.trace_id)


def answered(value: Any) -> bytes | None:
    return None if value is None else wire.encode(value)
