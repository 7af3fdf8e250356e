"""One change for many accounts: seen first, then made for all of them or for none."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from backoffice.accounts import models, rules
from backoffice.contracts.accounts import AccountOutcome, AccountPatch, AccountPreview, AccountSeen
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.contracts.markets import FieldChange
from backoffice.core import audit
from backoffice.ledger.models import Balance

MOST = 5_000
State = dict[str, str | None]


def preview(actor: Actor, account_ids: list[str], change: AccountPatch) -> list[AccountPreview]:  # noqa: ARG001  verbs are told who asks
    wanted = _wanted(account_ids, change)
    found = {row.id: row for row in models.Account.objects.filter(pk__in=account_ids)}
    _demand(account_ids, found)
    faults = _faults(found.values(), wanted, Balance.objects.all())
    return [_preview(found[account_id], wanted, faults) for account_id in dict.fromkeys(account_ids)]


def patch(actor: Actor, accounts: list[AccountSeen], change: AccountPatch) -> list[AccountOutcome]:
    seen = {one.account_id: one.version for one in accounts}
    wanted = _wanted(seen, change)
    # One fixed order of locks, accounts before balances, so that two bulk changes cannot wait for each other.
    found = list(models.Account.objects.filter(pk__in=seen).order_by("id").select_for_update())
    _demand(seen, {row.id for row in found})
    for row in found:
        if row.version != seen[row.id]:
            raise Stale(version=row.version)
    _refuse(found, _faults(found, wanted, Balance.objects.select_for_update(no_key=True)))
    return _change(actor, found, wanted)


def group_faults(account_group_id: str) -> rules.Faults:
    known = models.AccountGroup.objects.filter(pk=account_group_id).exists()
    return {} if known else {"accountGroupId": [f"there is no account group {account_group_id}"]}


def state(name: str, group_id: str, status: str) -> State:
    return {"accountName": name, "accountGroupId": group_id, "status": status}


def _wanted(account_ids: Collection[str], change: AccountPatch) -> State:
    """What is set on every one, by wire name. Refuses what none of them could take."""
    if not 1 <= len(account_ids) <= MOST:
        raise Invalid(f"Choose from 1 to {MOST} accounts.", fields={"accountIds": [f"must name from 1 to {MOST} accounts"]})
    wanted: State = {}
    if change.account_group_id is not msgspec.UNSET:
        if faults := group_faults(change.account_group_id):
            raise Invalid("The change is not valid.", fields=faults)
        wanted["accountGroupId"] = change.account_group_id
    if change.status is not msgspec.UNSET:
        wanted["status"] = change.status
    return wanted


def _demand(account_ids: Iterable[str], found: Collection[str]) -> None:
    if missing := sorted(set(account_ids) - set(found)):
        raise NotFound(f"There is no account {missing[0]}.")


def _faults(found: Iterable[models.Account], wanted: State, balances: QuerySet[Balance]) -> dict[str, rules.Faults]:
    """By account: the assets that keep it from closing."""
    closing = [row.id for row in found if wanted.get("status") == "Closed" != row.status]
    held: dict[str, list[str]] = {}
    for balance in balances.filter(account_id__in=closing).order_by("account_id", "asset_id") if closing else ():
        if balance.total:
            held.setdefault(balance.account_id, []).append(balance.asset_id)
    return {account_id: {"status": [f"holds {', '.join(assets)}"]} for account_id, assets in held.items()}


def _refuse(found: Sequence[models.Account], faults: Mapping[str, rules.Faults]) -> None:
    if not faults:
        return
    reasons = "; ".join(f"{row.name} {', '.join(faults[row.id]['status'])}" for row in found if row.id in faults)
    fields = {f"{account_id}.{name}": why for account_id, each in faults.items() for name, why in each.items()}
    raise Invalid(f"No account is changed: {reasons}.", code="account_not_empty", fields=fields)


def _change(actor: Actor, found: Sequence[models.Account], wanted: State) -> list[AccountOutcome]:
    changes = [(row.id, before, before | wanted) for row in found if (before := _state(row)) != before | wanted]
    changed = {account_id for account_id, _, _ in changes}
    columns = {{"accountGroupId": "group_id", "status": "status"}[name]: value for name, value in wanted.items()}
    if changed:
        models.Account.objects.filter(pk__in=changed).update(version=F("version") + 1, updated_at=Now(), **columns)
        audit.changed_all(actor, "account", changes)
    return [AccountOutcome(account_id=row.id, account_name=row.name, is_changed=row.id in changed) for row in found]


def _preview(row: models.Account, wanted: State, faults: Mapping[str, rules.Faults]) -> AccountPreview:
    before = _state(row)
    changes = [FieldChange(field=name, before=before[name], after=value) for name, value in wanted.items() if before[name] != value]
    return AccountPreview(account_id=row.id, account_name=row.name, version=row.version, changes=changes, errors=faults.get(row.id, {}))


def _state(row: models.Account) -> State:
    return state(row.name, row.group_id, row.status)
