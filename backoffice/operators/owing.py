"""Who must show a second factor, and who has not yet."""

from collections.abc import Set

from django.conf import settings

# What moves money or changes who may.
SENSITIVE = frozenset(
    {
        "manage-transfers",
        "manage-accounts",
        "manage-operators",
        "manage-roles",
        "manage-api-clients",
        "manage-approval-policies",
        "break-glass",
    }
)
FACTORS = frozenset({"code", "recovery", "passkey", "vouched"})


def is_required(held: Set[str]) -> bool:
    return settings.SECOND_FACTOR == "required" and not SENSITIVE.isdisjoint(held)


def is_owed(held: Set[str], proof: str) -> bool:
    """By a sign-in that showed no factor. Whoever has one cannot sign in without it, so who owes it has none."""
    return proof not in FACTORS and is_required(held)
