"""What a person, a role or a client must look like, and what nobody may hand out."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotPermitted
from backoffice.operators.models import Operator

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
LONGEST_PASSWORD = 128
Faults = dict[str, list[str]]


def username_faults(username: str) -> list[str]:
    if not USERNAME.fullmatch(username):
        return ["must be 1 to 64 lower-case Latin letters, digits and . _ @ -, beginning with a letter or digit"]
    return [f"{username} is taken"] if Operator.objects.filter(username=username).exists() else []


def text_faults(text: str, *, longest: int) -> list[str]:
    is_good = text.strip() and text == text.strip() and len(text) <= longest and text.isprintable()
    return [] if is_good else [f"must be 1 to {longest} printable characters without outer blanks"]


def email_faults(email: str) -> list[str]:
    try:
        validate_email(email)
    except ValidationError:
        return ["must be an e-mail address"]
    return [] if len(email) <= 254 and email.isprintable() else ["must be an e-mail address of up to 254 characters"]


def is_possible_password(password: str) -> bool:
    """Nothing that takes long to hash, or that no form can send."""
    return len(password) <= LONGEST_PASSWORD and not re.search(r"[\0\ud800-\udfff]", password)


def password_faults(password: str, operator: Operator) -> list[str]:
    if not is_possible_password(password):
        return [f"must be text of up to {LONGEST_PASSWORD} characters"]
    try:
        validate_password(password, operator)
    except ValidationError as error:
        return list(error.messages)
    return []


def operation_faults(names: Iterable[str]) -> list[str]:
    return [_unknown(name) for name in names if name not in operations.ALL]


def _unknown(name: str) -> str:
    near = get_close_matches(name, operations.ALL, n=1)
    return f"there is no operation {name[:60]}" + (f"; did you mean {near[0]}?" if near else "")


def refuse(detail: str, faults: Faults) -> None:
    """Refuses: Invalid, when any field has a fault."""
    found = {field: reasons for field, reasons in faults.items() if reasons}
    if found:
        raise Invalid(detail, fields=found)


def refuse_beyond(actor: Actor, granted: Iterable[str]) -> None:
    """Nobody hands out what they do not hold. Refuses: NotPermitted, naming the first such operation."""
    beyond = sorted(set(granted) - actor.operations)
    if beyond:
        raise NotPermitted(beyond[0])
