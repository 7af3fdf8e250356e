"""The hosted AccountGroups."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backoffice.accounts.models import Account
from backoffice.accounts.models import AccountGroup as Row
from backoffice.contracts.accounts import AccountGroup, AccountGroupChange, NewAccountGroup
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import InUse, Invalid, NotFound
from backoffice.contracts.value import Versioned
from backoffice.core import audit, slugs, versions

NAMED = 10


def find(actor: Actor) -> list[AccountGroup]:  # noqa: ARG001  verbs are told who asks
    return [_group(row) for row in _counted().order_by("name")]


def get(actor: Actor, account_group_id: str) -> Versioned[AccountGroup]:  # noqa: ARG001  verbs are told who asks
    row = _counted().filter(pk=account_group_id).first()
    if row is None:
        raise NotFound(f"There is no account group {account_group_id}.")
    return Versioned(value=_group(row), version=row.version)


def create(actor: Actor, draft: NewAccountGroup) -> AccountGroup:
    _refuse(slugs.name_fault(Row, draft.name))
    row = Row(id=slugs.new_id(Row, draft.account_group_id, draft.name, field="accountGroupId"), name=draft.name)
    row.save(force_insert=True)
    audit.changed(actor, "account_group", row.id, {}, {"name": row.name})
    return AccountGroup(account_group_id=row.id, name=row.name, account_count=0)


def update(actor: Actor, account_group_id: str, change: AccountGroupChange, *, version: int | None = None) -> None:
    row = versions.lock(Row.objects.all(), account_group_id, version=version, name="account group")
    _refuse(slugs.name_fault(Row, change.name, but=row.pk))
    if change.name != row.name:
        Row.objects.filter(pk=row.pk).update(name=change.name, version=row.version + 1)
        audit.changed(actor, "account_group", row.id, {"name": row.name}, {"name": change.name})


def delete(actor: Actor, account_group_id: str, *, version: int | None = None) -> None:
    row = versions.lock(Row.objects.all(), account_group_id, version=version, name="account group")
    accounts = list(Account.objects.filter(group=row).order_by("id").values_list("id", flat=True)[: NAMED + 1])
    if accounts:
        more = " and others" if len(accounts) > NAMED else ""
        raise InUse(f"The account group {row.name} is used by {', '.join(accounts[:NAMED])}{more}.")
    row.delete()
    audit.changed(actor, "account_group", account_group_id, {"name": row.name}, {})


def _counted() -> QuerySet[Row]:
    """Counted one by one: within limits these tables are queries, which PostgreSQL does not group by a key alone."""
    own = Account.objects.filter(group=OuterRef("pk")).order_by().values("group").annotate(n=Count("pk")).values("n")
    return Row.objects.annotate(account_count=Coalesce(Subquery(own, output_field=IntegerField()), 0))


def _group(row: Row) -> AccountGroup:
    return AccountGroup(account_group_id=row.id, name=row.name, account_count=row.account_count)  # type: ignore[attr-defined]  # annotated by _counted


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Invalid("The account group is not valid.", fields={"name": reasons})
