"""Clients and their accounts, many at once and as of days gone by: a desk that moves in brings them along."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models.functions import Length

from backoffice.accounts.models import Account, User
from backoffice.contracts.accounts import AccountType
from backoffice.contracts.actor import Actor
from backoffice.core import audit

MANY = 1_000


class PastUser(NamedTuple):
    user_id: str
    email: str
    name: str
    at: datetime


class PastAccount(NamedTuple):
    account_id: str
    user_id: str
    account_name: str
    account_group_id: str
    account_type: AccountType
    at: datetime


def write(actor: Actor, users: Sequence[PastUser], accounts: Sequence[PastAccount]) -> None:
    """Together or not at all, under one record of the audit trail. None of them may be there yet."""
    with transaction.atomic():
        actor = audit.open_record(actor, "accounts.move_in")
        User.objects.bulk_create(
            (User(id=one.user_id, email=one.email, name=one.name, created_at=one.at, updated_at=one.at) for one in users), batch_size=MANY
        )
        audit.changed_all(actor, "user", [(one.user_id, {}, {"email": one.email, "name": one.name, "status": "Active"}) for one in users])
        rows = (
            Account(
                id=one.account_id,
                user_id=one.user_id,
                name=one.account_name,
                type=one.account_type,
                group_id=one.account_group_id,
                created_at=one.at,
                updated_at=one.at,
            )
            for one in accounts
        )
        Account.objects.bulk_create(rows, batch_size=MANY)
        audit.changed_all(actor, "account", [(one.account_id, {}, _state(one)) for one in accounts])


def last_user(prefix: str, length: int) -> str | None:
    """The last id that begins so and is so long."""
    ids = User.objects.annotate(length=Length("id")).filter(pk__startswith=prefix, length=length)
    return ids.order_by("-pk").values_list("pk", flat=True).first()


def date_back(user_ids: Sequence[str], account_ids: Sequence[str], at: datetime) -> None:
    """They have been clients since then: an account is no younger than what happened on it."""
    with transaction.atomic():
        User.objects.filter(pk__in=user_ids, created_at__gt=at).update(created_at=at)
        Account.objects.filter(pk__in=account_ids, created_at__gt=at).update(created_at=at)


def _state(one: PastAccount) -> audit.State:
    return {
        "userId": one.user_id,
        "accountType": one.account_type,
        "accountName": one.account_name,
        "accountGroupId": one.account_group_id,
        "status": "Active",
    }
