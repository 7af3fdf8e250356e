"""The desk's Installations."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict
from backoffice.core import arming, audit


def is_armed(actor: Actor) -> bool:  # noqa: ARG001  verbs are told who asks
    return arming.was_armed()


def arm(actor: Actor) -> None:
    if arming.is_armed():
        raise Conflict("This installation is armed already.")
    arming.arm()
    audit.changed(actor, "installation", "1", {"isArmed": "false"}, {"isArmed": "true"})


def disarm(actor: Actor) -> None:
    if not arming.is_armed():
        raise Conflict("This installation is disarmed already.")
    arming.disarm()
    audit.changed(actor, "installation", "1", {"isArmed": "true"}, {"isArmed": "false"})
