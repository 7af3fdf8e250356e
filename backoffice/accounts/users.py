"""The hosted Users."""

import uuid
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower, Now

from backoffice.accounts import models, rules
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.contracts.users import NewUser, User, UserChange, UserQuery, UserSort
from backoffice.contracts.value import Versioned
from backoffice.core import audit, keyset, versions

MOST = 1000
# No key is NULL, so that a keyset comparison never meets one.
SORTS: dict[str, Any] = {
    "UserId": F("id"),
    "Email": Lower("email"),
    "Name": Coalesce("name", Value("")),
    "CreatedAt": F("created_at"),
    "UpdatedAt": F("updated_at"),
}
TIMES = ("CreatedAt", "UpdatedAt")


def find(actor: Actor, query: UserQuery) -> Page[User]:  # noqa: ARG001  verbs are told who asks
    if wrong := keyset.limit_fault(query.limit, MOST):
        raise Invalid("The query is not valid.", fields=wrong)
    sort = query.sort or UserSort()
    matching = _matching(query)
    found = list(_ordered(matching, sort, query.after)[: query.limit + 1])
    shown = found[: query.limit]
    total, is_exceeded = keyset.counted(matching.order_by()[: COUNT_CAP + 1].count())
    return Page(
        items=[_user(row) for row in shown],
        next=_cursor(sort, shown[-1]) if len(found) > len(shown) else None,
        total=total,
        is_exceeded=is_exceeded,
    )


def get(actor: Actor, user_id: str) -> Versioned[User]:  # noqa: ARG001  verbs are told who asks
    row = _counted(models.User.objects.filter(pk=user_id)).first()
    if row is None:
        raise NotFound(f"There is no user {user_id}.")
    return Versioned(value=_user(row), version=row.version)


def by_ids(actor: Actor, user_ids: list[str]) -> list[User]:  # noqa: ARG001  verbs are told who asks
    return [_user(row) for row in _counted(models.User.objects.filter(pk__in=user_ids))]


def create(actor: Actor, draft: NewUser) -> User:
    found = rules.user_faults(draft.email, draft.name)
    if draft.user_id is not None and not rules.USER_ID.fullmatch(draft.user_id):
        found["userId"] = ["must be 1 to 64 letters, digits, - _ or . and begin with a letter or digit"]
    elif draft.user_id is not None and models.User.objects.filter(pk=draft.user_id).exists():
        found["userId"] = [f"{draft.user_id} exists already"]
    _refuse(found or _email_taken(draft.email))
    row = models.User(id=draft.user_id or str(uuid.uuid4()), email=draft.email, name=draft.name, status=draft.status)
    row.save(force_insert=True)
    audit.changed(actor, "user", row.id, {}, _state(row.email, row.name, row.status))
    return get(actor, row.id).value


def update(actor: Actor, user_id: str, change: UserChange, *, version: int | None = None) -> None:
    row = versions.lock(models.User.objects.all(), user_id, version=version, name="user")
    _refuse(rules.user_faults(change.email, change.name) or _email_taken(change.email, but=user_id))
    before, after = _state(row.email, row.name, row.status), _state(change.email, change.name, change.status)
    if before != after:
        models.User.objects.filter(pk=row.pk).update(
            email=change.email, name=change.name, status=change.status, version=row.version + 1, updated_at=Now()
        )
        audit.changed(actor, "user", row.id, before, after)


def _matching(query: UserQuery) -> QuerySet[models.User]:
    wanted = Q()
    if query.statuses:
        wanted &= Q(status__in=query.statuses)
    accounts = models.Account.objects.filter(user=OuterRef("pk"))
    if query.account_group_ids:
        wanted &= Q(Exists(accounts.filter(group_id__in=query.account_group_ids)))
    parts = {
        "email__icontains": query.email,
        "name__icontains": query.name,
        "created_at__gte": query.created_from,
        "created_at__lt": query.created_to,
    }
    wanted &= Q(**{name: value for name, value in parts.items() if value})
    if query.search:
        # The owner is looked up first: a subquery among these would keep the indexes of the others from being used.
        owner = models.Account.objects.filter(pk=query.search).values_list("user", flat=True).first()
        wanted &= Q(id__icontains=query.search) | Q(email__icontains=query.search) | Q(name__icontains=query.search) | Q(pk=owner)
    return models.User.objects.filter(wanted)


def _ordered(matching: QuerySet[models.User], sort: UserSort, after: str | None) -> QuerySet[models.User]:
    keyed = matching.annotate(sort_key=SORTS[sort.field])
    if after is not None:
        field, key, user_id = keyset.read(after, 3)
        if field != sort.field:
            raise keyset.foreign()
        value: Any = keyset.instant(key) if sort.field in TIMES else key
        beyond = "gt" if sort.direction == "Asc" else "lt"
        keyed = keyed.filter(Q((f"sort_key__{beyond}", value)) | Q(("sort_key", value), (f"id__{beyond}", user_id)))
    return _counted(keyed.order_by("sort_key", "id") if sort.direction == "Asc" else keyed.order_by("-sort_key", "-id"))


def _counted(users: QuerySet[models.User]) -> QuerySet[models.User]:
    """With the number of accounts, counted for the rows of the page alone."""
    own = models.Account.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(n=Count("pk")).values("n")
    return users.annotate(account_count=Coalesce(Subquery(own, output_field=IntegerField()), 0))


def _cursor(sort: UserSort, row: models.User) -> str:
    key: Any = row.sort_key  # type: ignore[attr-defined]  # annotated by _ordered
    return keyset.cursor(sort.field, key.isoformat() if sort.field in TIMES else key, row.id)


def _email_taken(email: str, *, but: str | None = None) -> rules.Faults:
    taken = models.User.objects.annotate(folded=Lower("email")).filter(folded=Lower(Value(email))).exclude(pk=but).exists()
    return {"email": [f"{email} is another user's"]} if taken else {}


def _refuse(found: rules.Faults) -> None:
    if found:
        raise Invalid("The user is not valid.", fields=found)


def _state(email: str, name: str | None, status: str) -> dict[str, str | None]:
    return {"email": email, "name": name, "status": status}


def _user(row: models.User) -> User:
    return User(
        user_id=row.id,
        email=row.email,
        name=row.name,
        status=row.status,
        account_count=row.account_count,  # type: ignore[attr-defined]  # annotated by _counted
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
