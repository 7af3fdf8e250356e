"""What a policy can hold: every verb that changes something, but a short list with reasons."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from backoffice.contracts import operations
from backoffice.permissions import RULES, Reads

# A verb whose effect another one, named here, was approved for, of the same first argument.
CONTINUES: Mapping[str, str] = {"commission_changes.apply_due": "commission_changes.schedule"}
# A policy on the second holds the first as well, which does the same to several at once or in part.
LIKE: Mapping[str, str] = {"transfers.decide": "transfers.confirm", "markets.patch": "markets.update", "accounts.patch": "accounts.update"}
NEVER_HELD: Mapping[str, str] = {
    "approvals.approve": "deciding cannot itself wait for a decision",
    "approvals.deny": "deciding cannot itself wait for a decision",
    "approvals.break_glass": "it is there for when nobody else is",
    "market_files.upload": "a file is only looked at; apply, which can be held, changes markets",
    "market_files.run": "it goes on with what upload, apply, undo or export began; those that change markets can be held",
    "rule_files.upload": "it makes a draft at most; the change set's apply and schedule can be held",
    "reports.run": "it goes on with what create, again or a template began",
    "reports.download": "it changes nothing: it is written down who took the file",
    "notifications.mark_read": "it changes one's own marks",
    "notifications.mark_all_read": "it changes one's own marks",
    "notifications.set_preferences": "it changes what one is told oneself",
    "notifications.send_digest": "it tells what was told already",
    "installation.disarm": "it stops what acts by itself, which must not wait",
    "books.audit": "it only looks, and a violation must not wait",
}


def is_holdable(action: str) -> bool:
    rule = RULES[action]
    return not isinstance(rule, Reads) and rule.operation not in (operations.OWN, operations.WORKER) and action not in NEVER_HELD


@cache
def holdable() -> Mapping[str, list[str]]:
    """By operation."""
    found: dict[str, list[str]] = {}
    for action, rule in RULES.items():
        if is_holdable(action):
            found.setdefault(rule.operation, []).append(action)
    return dict(sorted(found.items()))


def goes_on_with(action: str, arguments: Mapping[str, Any]) -> str | None:
    """The id that a later call, which needs no approval of its own then, will name."""
    return next(iter(arguments.values())) if action in CONTINUES.values() else None
