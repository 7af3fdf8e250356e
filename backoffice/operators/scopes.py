"""Whether a call that changes something stays within the limits of whoever makes it. What is read is narrowed instead, by core.reach."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import connection

from backoffice import facts
from backoffice.calls import Call
from backoffice.contracts.actor import NO_LIMITS, Actor, Scope
from backoffice.contracts.errors import NotFound, OutOfScope
from backoffice.core import reach
from backoffice.permissions import Reads

# Kinds of objects that belong to groups, with the words of who tells that one is not there.
WORDS = {
    "account": "account",
    "user": "user",
    "market": "market",
    "transfer": "transfer",
    "account_group": "account group",
    "market_group": "market group",
}
FIND = """
    SELECT 'account', id FROM accounts_account WHERE id = ANY(%s) UNION ALL SELECT 'user', id FROM accounts_user WHERE id = ANY(%s)
    UNION ALL SELECT 'market', market_id FROM markets_market WHERE market_id = ANY(%s)
    UNION ALL SELECT 'transfer', id FROM transfers_transfer WHERE id = ANY(%s)
    UNION ALL SELECT 'account_group', id FROM accounts_accountgroup WHERE id = ANY(%s)
    UNION ALL SELECT 'market_group', id FROM markets_marketgroup WHERE id = ANY(%s)
"""
OTHERS = "SELECT DISTINCT group_id FROM accounts_account WHERE user_id = ANY(%s)"
# A report shows what its owner may see at that moment, so making one is within everybody's limits; an approval asks for the limits of the
# call that waits.
FREE = ("reports.", "report_templates.", "report_mail.", "approvals.")
# What they make belongs to no group yet.
OF_THE_WHOLE = frozenset({"users.create", "market_groups.create", "account_groups.create"})
WHOLE = "This is about the whole desk, and your roles let you do it within groups only."
BEYOND = "A part of this lies outside the groups that your roles let you do it in."

Named = Mapping[str, set[str]]


def check(actor: Actor, call: Call) -> None:
    """Refuses: NotFound (what is out of reach looks absent), OutOfScope."""
    scopes = actor.scopes.get(call.rule.operation) if actor.scopes else None
    if not scopes or isinstance(call.rule, Reads) or call.action.startswith(FREE):
        return
    named = _named(call)
    if limits := reach.limits_of(actor, call.rule.operation):
        _refuse_unseen(call, named, limits)
    fitting = [scope for scope in scopes if _is_in_groups(scope, named)]
    if not fitting:
        raise OutOfScope(call.rule.operation, BEYOND)
    _refuse_amount(call, fitting)


def unseen(call: Call, limits: Sequence[Scope]) -> tuple[str, str] | None:
    """The first of what the call names that is not there, or not for whoever has these limits: its kind and id."""
    return _unseen(_named(call), limits)


def words(scope: Scope) -> str:
    groups = (("market groups", scope.market_groups), ("account groups", scope.account_groups))
    found = [f"{what} {', '.join(sorted(ids))}" for what, ids in groups if ids is not None]
    return ", ".join(found if scope.most is None else [*found, f"up to {_plain(scope.most)} of the root asset at once"])


def _named(call: Call) -> Named:
    return {kind: ids for kind, ids in facts.named_in(call.arguments).items() if kind in WORDS}


def _refuse_unseen(call: Call, named: Named, limits: Sequence[Scope]) -> None:
    if call.action in OF_THE_WHOLE or not any(named.values()):
        raise OutOfScope(call.rule.operation, WHOLE)
    if missing := _unseen(named, limits):
        kind, id = missing
        raise NotFound(f"There is no {WORDS[kind]} {id}.")


def _is_in_groups(scope: Scope, named: Named) -> bool:
    if scope.market_groups is None and scope.account_groups is None:
        return True
    return _unseen(named, [scope]) is None and _has_no_other_accounts(scope, named)


def _unseen(named: Named, limits: Sequence[Scope]) -> tuple[str, str] | None:
    with reach.limited(limits or [NO_LIMITS]), connection.cursor() as cursor:
        cursor.execute(FIND, [sorted(named[kind]) for kind in WORDS])
        seen = set(cursor.fetchall())
    return next(((kind, id) for kind in WORDS for id in sorted(named[kind]) if (kind, id) not in seen), None)


def _has_no_other_accounts(scope: Scope, named: Named) -> bool:
    """What is done to a client is done to all accounts of theirs, unless the call names which."""
    if scope.account_groups is None or not named["user"] or named["account"]:
        return True
    with connection.cursor() as cursor:
        cursor.execute(OTHERS, [sorted(named["user"])])
        return {group for (group,) in cursor.fetchall()} <= scope.account_groups


def _refuse_amount(call: Call, scopes: Sequence[Scope]) -> None:
    limits = [scope.most for scope in scopes if scope.most is not None]
    if len(limits) < len(scopes) or not call.facts.has_amount:
        return
    most, amount = max(limits), call.facts.amount_in_root
    if amount is None:
        raise OutOfScope(call.rule.operation, f"Your roles let you move up to {_plain(most)} of the root asset at once, and this has no rate to it.")
    if amount > most:
        said = f"Your roles let you move up to {_plain(most)} of the root asset at once; this is {_plain(amount)}."
        raise OutOfScope(call.rule.operation, said)


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
