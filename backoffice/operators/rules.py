"""What a person, a role or a client must look like, and what nobody may hand out."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection

from backoffice.contracts import operations
from backoffice.contracts.actor import NO_LIMITS, Actor, Scope
from backoffice.contracts.errors import Invalid, NotPermitted, OutOfScope
from backoffice.operators import rights
from backoffice.operators.models import Operator

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
LONGEST_PASSWORD = 128
LARGEST_LIMIT = 10**15
KNOWN = {
    "marketGroups": "SELECT id FROM unnest(%s::text[]) asked (id) WHERE id NOT IN (SELECT id FROM markets_marketgroup) ORDER BY id",
    "accountGroups": "SELECT id FROM unnest(%s::text[]) asked (id) WHERE id NOT IN (SELECT id FROM accounts_accountgroup) ORDER BY id",
}
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


def scope_faults(scope: Scope) -> Faults:
    """By the names of their fields."""
    most = [] if scope.most is None or (scope.most.is_finite() and 0 < scope.most < LARGEST_LIMIT) else ["must be a number above zero"]
    named = {"marketGroups": scope.market_groups, "accountGroups": scope.account_groups}
    return {"most": most} | {name: _unknown_groups(KNOWN[name], ids) for name, ids in named.items() if ids is not None}


def scope_state(scope: Scope) -> dict[str, str | None]:
    """As the trail keeps it: nothing of what is not limited."""
    groups = {"marketGroups": scope.market_groups, "accountGroups": scope.account_groups}
    named = {name: None if ids is None else ", ".join(sorted(ids)) for name, ids in groups.items()}
    return named | {"most": None if scope.most is None else format(scope.most, "f")}


def _unknown_groups(sql: str, ids: frozenset[str]) -> list[str]:
    if not ids:
        return ["must name at least one group, or none at all for no limit"]
    with connection.cursor() as cursor:
        cursor.execute(sql, [sorted(ids)])
        return [f"there is no group {id[:64]}" for (id,) in cursor.fetchall()]


def refuse_beyond(actor: Actor, granted: Iterable[str], scope: Scope = NO_LIMITS) -> None:
    """Nobody hands out what they do not hold, nor for more than they hold it for. Refuses: NotPermitted, naming the first such operation."""
    beyond = rights.beyond(actor, granted, scope)
    if beyond is None:
        return
    if actor.may(beyond):
        raise OutOfScope(beyond, f"You hold {beyond} within limits; whatever you hand out must stay within them.")
    raise NotPermitted(beyond)


def refuse_wider(actor: Actor, granted: Iterable[str], scope: Scope, *, than: Iterable[str], within: Scope) -> None:
    """Of a change: what is new in it, all of it when it reaches farther than before. Refuses: NotPermitted."""
    known = set(than) if rights.is_within(scope, within) else set[str]()
    refuse_beyond(actor, set(granted) - known, scope)
