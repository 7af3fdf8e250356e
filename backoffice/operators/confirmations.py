"""The gate before what is dangerous: whoever asks for it in a browser has proved a moment ago to be there.

A session that was left open, or stolen, is not enough for these. Programs have no session to leave open, so they are not asked.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from backoffice.calls import Call
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import ConfirmationNeeded

DANGEROUS = frozenset(
    {
        "roles.create",
        "roles.update",
        "roles.delete",
        "operators.create",
        "operators.update",
        "operators.set_password",
        "operators.reset_factors",
        "api_clients.create",
        "api_clients.update",
        "api_clients.rotate",
        "api_clients.change_over",
        "callbacks.make_secret",
        "callbacks.allow_hosts",
        "callbacks.replay_failed",
        "approvals.approve",
        "approvals.break_glass",
        "approval_policies.create",
        "approval_policies.update",
        "approval_policies.delete",
        "factors.begin_authenticator",
        "factors.remove_authenticator",
        "factors.begin_passkey",
        "factors.remove_passkey",
        "factors.make_recovery_codes",
    }
)
# Dangerous from CONFIRM_TRANSFERS_ABOVE on.
MONEY = frozenset({"transfers.deposit", "transfers.confirm", "transfers.decide"})


def check(actor: Actor, call: Call) -> None:
    """Refuses: ConfirmationNeeded."""
    if actor.kind != "operator" or actor.door != "portal" or (call.action not in DANGEROUS and call.action not in MONEY):
        return
    if _is_fresh(actor) or (call.action in MONEY and _is_small(call)):
        return
    raise ConfirmationNeeded("This is dangerous. Prove that it is you, and it goes on.")


def _is_fresh(actor: Actor) -> bool:
    limit = timedelta(seconds=settings.CONFIRMED_SECONDS)
    return actor.confirmed_at is not None and timezone.now() - actor.confirmed_at <= limit


def _is_small(call: Call) -> bool:
    """What nobody can value may be large."""
    worth = call.facts.amount_in_root
    return worth is not None and worth <= settings.CONFIRM_TRANSFERS_ABOVE
