"""Notifications as they are looked at: the list, what of it is unread, and the head of everything for live pages."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from django.db import connection
from django.db.models import Case, Value, When

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.notifications import AdminNotification, Severity, Unread
from backoffice.contracts.told import Data, NotificationType
from backoffice.core import keyset
from backoffice.notifications import arrivals, models, seen, words

MOST = 1_000
LARGEST = 2**63 - 1
# Ids of records are drawn before their transactions end: how many there are among the latest tells of one that comes late.
HEAD = """
    SELECT EXISTS (SELECT FROM notifications_adminnotification WHERE number IS NULL),
        (SELECT max(number) FROM notifications_adminnotification),
        (SELECT max(r.id) || '-' || count(*) FROM core_auditrecord r WHERE r.id > (SELECT max(id) FROM core_auditrecord) - 500)
"""


def find(
    actor: Actor,
    *,
    types: Sequence[NotificationType] | None = None,
    severity: Severity | None = None,
    is_unread: bool = False,
    is_followed: bool = False,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    before: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[AdminNotification]:
    _refuse(limit)
    arrivals.number()
    who = seen.reader(actor)
    rows = seen.by(actor)
    if types is not None:
        rows = rows.filter(type__in=types)
    if severity is not None:
        rows = rows.filter(severity=severity)
    if created_from is not None:
        rows = rows.filter(at__gte=created_from)
    if created_to is not None:
        rows = rows.filter(at__lt=created_to)
    if before is not None:
        rows = rows.filter(number__lt=number_of(before, "lastId"))
    if after is not None:
        rows = rows.filter(number__gt=number_of(after, "after"))
    if is_followed:
        rows = seen.followed(rows, who)
    if is_unread:
        rows = seen.unread(rows, who)
    marked = rows.annotate(is_read=Case(When(seen.is_read(who), then=Value(True)), default=Value(False)))
    return [shown(row, is_read=row.is_read) for row in marked.order_by("-number")[:limit]]


def unread(actor: Actor) -> Unread:
    latest, who = arrivals.number(), seen.reader(actor)
    return Unread(count=seen.unread(seen.followed(seen.by(actor), who), who).count(), latest=latest)


def head(actor: Actor) -> tuple[int, str]:  # noqa: ARG001  verbs are told who asks
    is_any, latest, records = _head()
    if is_any:
        arrivals.number()
        _, latest, records = _head()
    return latest or 0, records or ""


def _head() -> tuple[bool, int | None, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(HEAD)
        return cursor.fetchone() or (False, None, None)


def number_of(id: str, field: str) -> int:
    """Refuses: Invalid."""
    if not (id.isascii() and id.isdigit()) or int(id[:20]) > LARGEST:
        raise Invalid("This is no id of a notification.", fields={field: ["is not the id of a notification"]})
    return int(id)


def _refuse(limit: int) -> None:
    if fault := keyset.limit_fault(limit, MOST):
        raise Invalid("The list cannot be asked for like this.", fields=fault)


def shown(row: models.AdminNotification, *, is_read: bool) -> AdminNotification:
    data = msgspec.convert(row.data | {"type": row.type}, Data)
    return AdminNotification(
        id=str(row.number),
        type=row.type,
        severity=row.severity,
        title=words.title(data),
        detail=words.detail(data),
        data=data,
        is_read=is_read,
        at=row.at,
    )
