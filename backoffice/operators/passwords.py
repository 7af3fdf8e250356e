"""What a password must be, all of it known here: length, not common, not made of words that anybody would try at a desk like this."""

import re
from collections.abc import Iterable
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError

from backoffice.operators import rules
from backoffice.operators.models import Operator

# Who may change what others may do.
ADMINISTERING = frozenset({"manage-operators", "manage-roles", "manage-api-clients", "manage-approval-policies"})
LEAST_OF_ADMINISTRATORS = 15
CONTEXT = re.compile(r"meridian|back[\s_-]?office|broker(age)?|trading|operator|administrator|admin|password|passphrase|welcome|letmein|qwerty|\d+")
# What must be left when these words are taken away.
LEAST_OF_ITS_OWN = 6


def faults(password: str, operator: Operator, held: Iterable[str]) -> list[str]:
    """`held` are the operations that it opens."""
    if not rules.is_possible_password(password):
        return [f"must be text of up to {rules.LONGEST_PASSWORD} characters"]
    try:
        validate_password(password, operator)
    except ValidationError as error:
        return list(error.messages)
    if len(password) < LEAST_OF_ADMINISTRATORS and not ADMINISTERING.isdisjoint(held):
        return [f"must be at least {LEAST_OF_ADMINISTRATORS} characters for whoever may change what others may do"]
    if len(CONTEXT.sub("", password.lower())) < LEAST_OF_ITS_OWN:
        return ["is mostly words that anybody would try here"]
    if re.sub(r"[^a-z]", "", password.lower()) in _common():
        return ["is a common one with a few signs around it"]
    return []


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)
