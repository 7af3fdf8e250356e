"""Every operation passes here: who may, what is recorded. A verb without an entry stops the start."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar, cast

from django.db import IntegrityError, OperationalError, transaction

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted, Unavailable
from backoffice.core import audit


class Reads(NamedTuple):
    operation: str


class Writes(NamedTuple):
    """One transaction around permission, approval, audit record and act."""

    operation: str


class Works(NamedTuple):
    """It commits in stages of its own, as a worker's step does, and opens its audit record where it takes effect."""

    operation: str


Rule = Reads | Writes | Works
# Rules that only the database can hold, since those who could break them know nothing of one another.
MEANINGS = {
    "asset_with_money_keeps_its_scale": "The scale of an asset stays once somebody has had some of it.",
    "market_group_has_commission_rules": "Commission rules name this market group; let them name something else first.",
    "account_group_has_commission_assignment": "A commission assignment names this account group; let it name something else first.",
}
Capability = TypeVar("Capability")

VIEW, MARKETS, ASSETS, TREE, OWN = "view-common", "manage-markets", "manage-assets", "manage-markets-categories", operations.OWN
ACCOUNTS, VIEW_FEES, FEES = "manage-accounts", "view-commission-rules", "manage-commission-rules"

RULES: Mapping[str, Rule] = {
    "assets.find": Reads(VIEW),
    "assets.get": Reads(VIEW),
    "assets.create": Writes(ASSETS),
    "assets.update": Writes(ASSETS),
    "assets.sync": Writes(ASSETS),
    "market_groups.find": Reads(VIEW),
    "market_groups.get": Reads(VIEW),
    "market_groups.create": Writes(MARKETS),
    "market_groups.update": Writes(MARKETS),
    "market_groups.delete": Writes(MARKETS),
    "calendars.find": Reads(VIEW),
    "calendars.get": Reads(VIEW),
    "calendars.status": Reads(VIEW),
    "calendars.create": Writes(MARKETS),
    "calendars.update": Writes(MARKETS),
    "calendars.delete": Writes(MARKETS),
    "liquidity_sessions.find": Reads(VIEW),
    "liquidity_sessions.get": Reads(VIEW),
    "liquidity_sessions.create": Writes(MARKETS),
    "liquidity_sessions.update": Writes(MARKETS),
    "liquidity_sessions.delete": Writes(MARKETS),
    "categories.get": Reads(VIEW),
    "categories.replace": Writes(TREE),
    "markets.names": Reads(VIEW),
    "markets.find": Reads(VIEW),
    "markets.get": Reads(VIEW),
    "markets.create": Writes(MARKETS),
    "markets.update": Writes(MARKETS),
    "markets.preview": Reads(MARKETS),
    "markets.patch": Writes(MARKETS),
    "market_files.upload": Writes(MARKETS),
    "market_files.result": Reads(MARKETS),
    "market_files.get": Reads(MARKETS),
    "market_files.find": Reads(MARKETS),
    "market_files.rows": Reads(MARKETS),
    "market_files.errors": Reads(MARKETS),
    "market_files.errors_file": Reads(MARKETS),
    "market_files.apply": Writes(MARKETS),
    "market_files.repair": Writes(MARKETS),
    "market_files.discard": Writes(MARKETS),
    "market_files.undo": Writes(MARKETS),
    "market_files.export": Writes(MARKETS),
    "market_files.download": Reads(MARKETS),
    "market_files.sample": Reads(MARKETS),
    "market_files.try_mapping": Reads(MARKETS),
    "market_files.remap": Writes(MARKETS),
    "market_files.presets": Reads(MARKETS),
    "market_files.save_preset": Writes(MARKETS),
    "market_files.delete_preset": Writes(MARKETS),
    "market_files.run": Works(MARKETS),
    "market_files.due": Reads(operations.WORKER),
    "market_files.abandon": Works(operations.WORKER),
    "market_files.clean": Works(operations.WORKER),
    "transfers.deposit": Works("manage-transfers"),
    "transfers.withdraw": Works("manage-transfers"),
    "transfers.confirm": Works("manage-transfers"),
    "transfers.cancel": Works("manage-transfers"),
    "transfers.decide": Works("manage-transfers"),
    "transfers.get": Reads("view-transfers"),
    "transfers.detail": Reads("view-transfers"),
    "transfers.of_account": Reads("view-transfers"),
    "ledger.balances": Reads("view-balances"),
    "ledger.balance_at": Reads("view-balances"),
    "ledger.entries": Reads("view-balances"),
    "ledger.holds": Reads("view-balances"),
    "ledger.statement": Reads("view-balances"),
    "ledger.journal": Reads("view-balances"),
    "books.audit": Works("audit-books"),
    "books.passes": Reads("view-balances"),
    "books.latest": Reads("view-balances"),
    "books.reopen": Writes("audit-books"),
    "books.run_due": Works(operations.WORKER),
    "notifications.find": Reads(VIEW),
    "rates.root": Reads(VIEW),
    "rates.set_root": Writes(ASSETS),
    "rates.replace_root": Writes(ASSETS),
    "rates.find": Reads(VIEW),
    "rates.prices": Reads(VIEW),
    "rates.set_prices": Writes(ASSETS),
    "users.find": Reads(VIEW),
    "users.get": Reads(VIEW),
    "users.by_ids": Reads(VIEW),
    "users.create": Writes(ACCOUNTS),
    "users.update": Writes(ACCOUNTS),
    "accounts.find": Reads(VIEW),
    "accounts.details": Reads(VIEW),
    "accounts.of_users": Reads(VIEW),
    "accounts.get": Reads(VIEW),
    "accounts.by_id": Reads(VIEW),
    "accounts.by_ids": Reads(VIEW),
    "accounts.create": Writes(ACCOUNTS),
    "accounts.update": Writes(ACCOUNTS),
    "account_groups.find": Reads(VIEW),
    "account_groups.get": Reads(VIEW),
    "account_groups.create": Writes(ACCOUNTS),
    "account_groups.update": Writes(ACCOUNTS),
    "account_groups.delete": Writes(ACCOUNTS),
    "commission_profiles.find": Reads(VIEW_FEES),
    "commission_profiles.get": Reads(VIEW_FEES),
    "commission_profiles.create": Writes(FEES),
    "commission_profiles.update": Writes(FEES),
    "commission_profiles.delete": Writes(FEES),
    "commission_profiles.coverage": Reads(VIEW_FEES),
    "commission_rules.find": Reads(VIEW_FEES),
    "commission_rules.get": Reads(VIEW_FEES),
    "commission_rules.create": Writes(FEES),
    "commission_rules.update": Writes(FEES),
    "commission_rules.delete": Writes(FEES),
    "commission_rules.validate_update": Reads(FEES),
    "commission_rules.validate_delete": Reads(FEES),
    "commission_rules.set_priorities": Writes(FEES),
    "commission_assignments.find": Reads(VIEW_FEES),
    "commission_assignments.get": Reads(VIEW_FEES),
    "commission_assignments.create": Writes(FEES),
    "commission_assignments.update": Writes(FEES),
    "commission_assignments.delete": Writes(FEES),
    "commission_assignments.set_priorities": Writes(FEES),
    "commission_quotes.quote": Reads(VIEW_FEES),
    "commission_changes.find": Reads(VIEW_FEES),
    "commission_changes.get": Reads(VIEW_FEES),
    "commission_changes.draft": Writes(FEES),
    "commission_changes.edit": Writes(FEES),
    "commission_changes.discard": Writes(FEES),
    "commission_changes.estimate": Writes(FEES),
    "commission_changes.impact": Reads(VIEW_FEES),
    "commission_changes.cancel_estimate": Writes(FEES),
    "commission_changes.apply": Writes(FEES),
    "commission_changes.schedule": Writes(FEES),
    "commission_changes.unschedule": Writes(FEES),
    "commission_changes.undo": Writes(FEES),
    "commission_changes.due": Reads(operations.WORKER),
    "commission_changes.apply_due": Works(FEES),
    "commission_changes.fail": Works(operations.WORKER),
    "commission_changes.run": Works(operations.WORKER),
    "rule_files.upload": Writes(FEES),
    "rule_files.get": Reads(FEES),
    "rule_files.errors": Reads(FEES),
    "rule_files.errors_file": Reads(FEES),
    "rule_files.download": Reads(VIEW_FEES),
    "history.user_balance_total": Reads("view-balances"),
    "history.user_balances": Reads("view-balances"),
    "history.account_balances": Reads("view-balances"),
    "history.active_accounts": Reads("view-active-accounts"),
    "history.transfers": Reads("view-transfers"),
    "history.transfer_page": Reads("view-transfers"),
    "charts.candles": Reads(VIEW),
    "charts.marks": Reads("view-trades"),
    "charts.file": Reads("manage-charts"),
    "callbacks.find": Reads("view-transfers"),
    "callbacks.get": Reads("view-transfers"),
    "callbacks.of_subject": Reads("view-transfers"),
    "callbacks.replay": Writes("manage-transfers"),
    "callbacks.replay_failed": Writes("manage-transfers"),
    "callbacks.hosts": Reads("view-transfers"),
    "callbacks.resume_host": Writes("manage-transfers"),
    "callbacks.settings": Reads("manage-api-clients"),
    "callbacks.allow_hosts": Writes("manage-api-clients"),
    "callbacks.make_secret": Writes("manage-api-clients"),
    "callbacks.end_previous_secret": Writes("manage-api-clients"),
    "callbacks.deliver": Works(operations.WORKER),
    "callbacks.clean": Works(operations.WORKER),
    "operators.find": Reads("manage-operators"),
    "operators.get": Reads("manage-operators"),
    "operators.create": Writes("manage-operators"),
    "operators.update": Writes("manage-operators"),
    "operators.set_password": Writes("manage-operators"),
    "operators.sign_ins": Reads("manage-operators"),
    "operators.end_sign_in": Writes("manage-operators"),
    "roles.find": Reads("manage-operators"),
    "roles.get": Reads("manage-operators"),
    "roles.create": Writes("manage-roles"),
    "roles.update": Writes("manage-roles"),
    "roles.delete": Writes("manage-roles"),
    "api_clients.find": Reads("manage-api-clients"),
    "api_clients.get": Reads("manage-api-clients"),
    "api_clients.create": Writes("manage-api-clients"),
    "api_clients.update": Writes("manage-api-clients"),
    "api_clients.rotate": Writes("manage-api-clients"),
    "api_clients.revoke_tokens": Writes("manage-api-clients"),
    "own.change_password": Works(OWN),
    "own.sign_ins": Reads(OWN),
    "own.end_sign_in": Writes(OWN),
    "own.views": Reads(OWN),
    "own.save_view": Writes(OWN),
    "own.delete_view": Writes(OWN),
    "own.roles": Reads(OWN),
    "audit.find": Reads("view-audit"),
    "audit.timeline": Reads(OWN),
    "audit.latest": Reads(OWN),
    "audit.touched": Reads(OWN),
}


def permitted(actor: Actor, action: str) -> bool:
    """May this actor do that? What a door asks before it shows a button."""
    return actor.may(RULES[action].operation)


def guarded(name: str, implementation: Capability, protocol: object) -> Capability:
    """The same capability, with permission, approval and audit around each of its verbs."""
    verbs = [verb for verb, value in vars(protocol).items() if inspect.isfunction(value) and not verb.startswith("_")]
    return cast(Capability, SimpleNamespace(**{verb: _guard(f"{name}.{verb}", getattr(implementation, verb)) for verb in verbs}))


def _guard(action: str, act: Callable[..., Any]) -> Callable[..., Any]:
    rule = RULES[action]  # KeyError here, at the start, is the default deny

    @wraps(act)
    def guarded_act(actor: Actor, *args: Any, **kwargs: Any) -> Any:
        if not actor.may(rule.operation):
            raise NotPermitted(rule.operation)
        with _store_refusals():
            if not isinstance(rule, Writes):
                return act(actor, *args, **kwargs)
            # An approval policy will hold the call here, before its transaction opens.
            with transaction.atomic():
                return act(audit.open_record(actor, action), *args, **kwargs)

    return guarded_act


@contextmanager
def _store_refusals() -> Iterator[None]:
    """What the database refuses, in our words: a race lost to a constraint, a lock or a connection not to be had in time."""
    try:
        yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint in MEANINGS:
            raise Invalid(MEANINGS[constraint], code=constraint) from error
        raise Conflict(f"Somebody changed the same at this moment ({constraint}); read it again and repeat.") from error
    except OperationalError as error:
        raise Unavailable("The database is busy or away; repeating this later is safe.") from error
