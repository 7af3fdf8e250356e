"""One statement that gathers what waits: every kind that the actor may see, with its marks, the latest first."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotFound
from backoffice.contracts.inbox import MOST_OF_A_KIND, Inbox, InboxItem, InboxKind
from backoffice.core import reach
from backoffice.inbox.sources import OF_ALL_GROUPS, SOURCES

ONE = "SELECT '{kind}' AS kind, {minutes} AS minutes, s.* FROM ({sql}) s(subject_id, name, facts, since)"
ROWS = """
    WITH found AS ({found})
    SELECT f.kind, f.subject_id, f.name, f.facts, f.since, coalesce(t.minutes, f.minutes) AS target,
        extract(epoch FROM now() - f.since)::float / 60 / coalesce(t.minutes, f.minutes) AS lateness,
        CASE WHEN m.claimed_until > now() THEN m.claimed_name END, CASE WHEN m.claimed_until > now() THEN m.claimed_until END,
        coalesce(m.claimed_until > now() AND m.claimed_by = %(me)s, FALSE),
        CASE WHEN m.snoozed_until > now() THEN m.snoozed_until END, CASE WHEN m.snoozed_until > now() THEN m.snoozed_name END,
        CASE WHEN m.snoozed_until > now() THEN m.snooze_reason END
    FROM found f LEFT JOIN inbox_target t ON t.kind = f.kind LEFT JOIN inbox_mark m ON m.kind = f.kind AND m.subject_id = f.subject_id
    ORDER BY lateness DESC, f.kind, f.subject_id
"""
ROLES = "SELECT coalesce(array_agg(role_id), '{}') FROM operators_operator_roles WHERE operator_id = %s"


def kinds_of(actor: Actor) -> list[InboxKind]:
    return [kind for kind in SOURCES if _is_seen(actor, kind)]


def _is_seen(actor: Actor, kind: InboxKind) -> bool:
    operation = SOURCES[kind].operation
    return actor.may(operation) and not (kind in OF_ALL_GROUPS and reach.limits_of(actor, operation))


def gather(actor: Actor, *, kind: InboxKind | None, is_snoozed: bool, limit: int) -> Inbox:
    found = _ask(actor, [_limited(one) for one in kinds_of(actor)])
    waiting = [item for item in found if item.snoozed_until is None]
    shown = [item for item in found if item.snoozed_until] if is_snoozed else waiting
    counts: dict[str, int] = {}
    for item in waiting:
        counts[item.kind] = counts.get(item.kind, 0) + 1
    return Inbox(
        items=[item for item in shown if kind in (None, item.kind)][:limit],
        counts=counts,
        snoozed=len(found) - len(waiting),
        mark=_mark(found),
    )


def one(actor: Actor, kind: InboxKind, subject_id: str) -> InboxItem:
    if kind in SOURCES and _is_seen(actor, kind):
        asked = f"SELECT * FROM ({_of(kind)}) o WHERE o.subject_id = %(subject_id)s"  # noqa: S608  texts of ours only
        if found := _ask(actor, [asked], subject_id=subject_id):
            return found[0]
    raise NotFound("This waits for nobody now.")


def _limited(kind: InboxKind) -> str:
    return f"(SELECT * FROM ({_of(kind)}) o ORDER BY o.since LIMIT {MOST_OF_A_KIND})"  # noqa: S608  texts of ours only


def _of(kind: InboxKind) -> str:
    source = SOURCES[kind]
    return ONE.format(kind=kind, minutes=source.minutes, sql=source.sql)


def _ask(actor: Actor, parts: Sequence[str], **values: Any) -> list[InboxItem]:
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROWS.replace("{found}", " UNION ALL ".join(parts)), {**_values(actor), **values})
        return [_item(*row) for row in cursor.fetchall()]


def _values(actor: Actor) -> dict[str, Any]:
    values: dict[str, Any] = {"me": f"{actor.kind}:{actor.id}", "operations": sorted(actor.operations), "roles": _roles(actor)}
    for kind, source in SOURCES.items():
        values[f"account_groups_{kind}"] = _reach(actor, source.operation, "account_groups")
        values[f"market_groups_{kind}"] = _reach(actor, source.operation, "market_groups")
    return values


def _reach(actor: Actor, operation: str, groups: str) -> list[str] | None:
    """Ids of the groups that the actor's roles limit the operation to; None where one of them does not."""
    limits = [getattr(scope, groups) for scope in actor.scopes.get(operation, ())]
    return None if not limits or None in limits else sorted(frozenset[str]().union(*limits))


def _roles(actor: Actor) -> list[str]:
    """Policies name roles; only people have some, and only approvers are asked for theirs."""
    if actor.kind != "operator" or not actor.may(SOURCES["Approval"].operation):
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROLES, [actor.id])
        return list(cursor.fetchone()[0])


def _item(*row: Any) -> InboxItem:
    kind, subject_id, name, facts, since, target, lateness, claimed_by, claimed_until, is_mine, snoozed_until, snoozed_by, reason = row
    return InboxItem(
        kind=kind,
        subject_id=subject_id,
        name=name,
        facts=json.loads(facts),
        since=min(since, timezone.now()),
        target_minutes=target,
        lateness=max(0.0, lateness),
        claimed_by=claimed_by,
        claimed_until=claimed_until,
        is_claimed_by_me=is_mine,
        snoozed_until=snoozed_until,
        snoozed_by=snoozed_by,
        snooze_reason=reason,
    )


def _mark(items: Sequence[InboxItem]) -> str:
    """Ages go by themselves and are left out; that something becomes due is not."""
    told = [
        (one.kind, one.subject_id, one.name, one.facts, one.lateness >= 1, one.claimed_by, one.snoozed_until, one.target_minutes) for one in items
    ]
    return hashlib.sha256(repr(sorted(told, key=lambda row: row[:2])).encode()).hexdigest()[:20]
