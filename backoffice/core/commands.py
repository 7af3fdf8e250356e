"""What the command line says of a refusal, and with which status it ends."""

from django.core.management.base import CommandError

from backoffice.contracts.errors import Held, Refused

# The call is taken and waits for the approval of somebody else: neither done nor wrong.
WAITS = 3


def refused(refusal: Refused) -> CommandError:
    if isinstance(refusal, Held):
        return CommandError(f"this waits for others to approve of it: approval {refusal.approval_id}", returncode=WAITS)
    reasons = "; ".join(f"{field}: {reason}" for field, found in refusal.fields.items() for reason in found)
    return CommandError(f"{refusal.detail} {reasons}".strip())
