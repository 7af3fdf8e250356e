"""The hosted Accounts. One closes only when it is empty, and nothing is paid into it afterwards."""

import secrets
from collections.abc import Iterable

from django.db.models.functions import Now

from backoffice.accounts import models, rules
from backoffice.accounts.patching import group_faults, patch, preview, state
from backoffice.contracts.accounts import Account, AccountBalance, AccountChange, AccountCreated, AccountDetails, NewAccount
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.ledger.models import Balance

__all__ = ["by_id", "by_ids", "create", "details", "find", "get", "of_users", "patch", "preview", "update"]
Balances = dict[str, list[AccountBalance]]


def find(actor: Actor, user_id: str) -> list[Account]:  # noqa: ARG001  verbs are told who asks
    rows = _of_user(user_id)
    balances = _balances(row.id for row in rows)
    return [_account(row, balances) for row in rows]


def details(actor: Actor, user_id: str) -> list[AccountDetails]:  # noqa: ARG001  verbs are told who asks
    rows = _of_user(user_id)
    balances = _balances(row.id for row in rows)
    return [_details(row, balances) for row in rows]


def of_users(actor: Actor, user_ids: list[str]) -> list[AccountDetails]:  # noqa: ARG001  verbs are told who asks
    rows = list(models.Account.objects.select_related("group").filter(user__in=user_ids).order_by("created_at", "id"))
    balances = _balances(row.id for row in rows)
    return [_details(row, balances) for row in rows]


def by_ids(actor: Actor, account_ids: list[str]) -> list[AccountDetails]:  # noqa: ARG001  verbs are told who asks
    rows = list(models.Account.objects.select_related("group").filter(pk__in=account_ids))
    balances = _balances(row.id for row in rows)
    return [_details(row, balances) for row in rows]


def get(actor: Actor, user_id: str, account_id: str) -> Versioned[Account]:  # noqa: ARG001  verbs are told who asks
    row = models.Account.objects.filter(pk=account_id, user=user_id).first()
    if row is None:
        raise _none(account_id)
    return Versioned(value=_account(row, _balances([row.id])), version=row.version)


def by_id(actor: Actor, account_id: str) -> Versioned[AccountDetails]:  # noqa: ARG001  verbs are told who asks
    row = models.Account.objects.select_related("group").filter(pk=account_id).first()
    if row is None:
        raise _none(account_id)
    return Versioned(value=_details(row, _balances([row.id])), version=row.version)


def create(actor: Actor, user_id: str, draft: NewAccount) -> AccountCreated:
    _demand_user(user_id)
    _refuse(rules.account_faults(draft.account_name) | group_faults(draft.account_group_id))
    row = models.Account(id=secrets.token_hex(12), user_id=user_id, name=draft.account_name, type=draft.account_type, group_id=draft.account_group_id)
    row.save(force_insert=True)
    made = {"userId": user_id, "accountType": row.type}
    audit.changed(actor, "account", row.id, {}, made | state(row.name, row.group_id, row.status))
    return AccountCreated(account_id=row.id)


def update(actor: Actor, user_id: str, account_id: str, change: AccountChange, *, version: int | None = None) -> None:
    row = versions.lock(models.Account.objects.filter(user=user_id), account_id, version=version, name="account")
    _refuse(rules.account_faults(change.account_name) | group_faults(change.account_group_id))
    if change.status == "Closed" != row.status:
        _refuse_money(row)
    before = state(row.name, row.group_id, row.status)
    after = state(change.account_name, change.account_group_id, change.status)
    if before != after:
        models.Account.objects.filter(pk=row.pk).update(
            name=change.account_name, group_id=change.account_group_id, status=change.status, version=row.version + 1, updated_at=Now()
        )
        audit.changed(actor, "account", row.id, before, after)


def _refuse_money(row: models.Account) -> None:
    """The account is locked, and its balances are from here on: a deposit that waits for one of them finds the account closed,
    and a first deposit in an asset waits for the account's row itself, by the foreign key of its new balance."""
    held = Balance.objects.select_for_update(no_key=True).filter(account_id=row.id).order_by("asset_id")
    full = [balance.asset_id for balance in held if balance.total]
    if full:
        raise Invalid(f"The account still holds {', '.join(full)}.", code="account_not_empty", fields={"status": [f"holds {', '.join(full)}"]})


def _of_user(user_id: str) -> list[models.Account]:
    rows = list(models.Account.objects.select_related("group").filter(user=user_id).order_by("created_at", "id"))
    if not rows:
        _demand_user(user_id)
    return rows


def _demand_user(user_id: str) -> None:
    if not models.User.objects.filter(pk=user_id).exists():
        raise NotFound(f"There is no user {user_id}.")


def _balances(account_ids: Iterable[str]) -> Balances:
    found: Balances = {}
    for row in Balance.objects.filter(account_id__in=list(account_ids)).order_by("asset_id"):
        found.setdefault(row.account_id, []).append(AccountBalance(asset_id=row.asset_id, locked=row.locked, total=row.total))
    return found


def _refuse(found: rules.Faults) -> None:
    if found:
        raise Invalid("The account is not valid.", fields=found)


def _none(account_id: str) -> NotFound:
    return NotFound(f"There is no account {account_id}.")


def _account(row: models.Account, balances: Balances) -> Account:
    return Account(account_id=row.id, account_name=row.name, account_type=row.type, balances=balances.get(row.id, []))


def _details(row: models.Account, balances: Balances) -> AccountDetails:
    return AccountDetails(
        account_id=row.id,
        user_id=row.user_id,
        account_name=row.name,
        account_type=row.type,
        account_group_id=row.group_id,
        account_group_name=row.group.name,
        status=row.status,
        created_at=row.created_at,
        updated_at=row.updated_at,
        balances=balances.get(row.id, []),
    )
