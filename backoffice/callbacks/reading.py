"""Callbacks as they are looked at: lists, one with its attempts, and how each host fares."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from backoffice.callbacks import models
from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import Callback, CallbackAttempt, CallbackDetail, CallbackHost, CallbackQuery
from backoffice.contracts.errors import NotFound
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.core import keyset

# What a receiver answered may echo anything: it is for those who set receivers up.
MAY_SEE_ANSWERS = "manage-api-clients"
BY = {"state": "state", "host": "host", "client_id": "client_id", "subject_id": "subject_id"} | {
    "created_from": "created_at__gte",
    "created_to": "created_at__lt",
}
# Hosts are found by skipping from one to the next in an index, since there are many more callbacks than hosts.
NAMES = """
WITH RECURSIVE names AS (
    (SELECT host FROM callbacks_callback ORDER BY host LIMIT 1)
    UNION ALL
    SELECT (SELECT c.host FROM callbacks_callback c WHERE c.host > names.host ORDER BY c.host LIMIT 1) FROM names WHERE names.host IS NOT NULL
)
"""
HOSTS = f"""
{NAMES}
SELECT names.host,
    (SELECT count(*) FROM callbacks_callback c WHERE c.host = names.host AND c.state = 'Waiting'),
    (SELECT count(*) FROM callbacks_callback c
        WHERE c.host = names.host AND c.state = 'Delivered' AND c.created_at > statement_timestamp() - interval '1 day'),
    (SELECT count(*) FROM callbacks_callback c WHERE c.host = names.host AND c.state = 'Dead'),
    known.failing_since, known.paused_at,
    (SELECT min(c.created_at) FROM callbacks_callback c WHERE c.host = names.host AND c.state = 'Waiting'),
    (SELECT attempt.status FROM unnest(ARRAY['Waiting', 'Delivered', 'Dead']) AS state CROSS JOIN LATERAL (
        SELECT webhook_id FROM callbacks_callback c WHERE c.host = names.host AND c.state = state ORDER BY c.created_at DESC LIMIT 20
    ) newest JOIN callbacks_attempt attempt ON attempt.callback_id = newest.webhook_id ORDER BY attempt.at DESC LIMIT 1)
FROM names LEFT JOIN callbacks_host known USING (host) WHERE names.host IS NOT NULL ORDER BY names.host
"""  # noqa: S608  texts of ours only
HOST_NAMES = f"{NAMES} SELECT host FROM names WHERE host IS NOT NULL"  # noqa: S608  texts of ours only


def find(actor: Actor, query: CallbackQuery) -> Page[Callback]:  # noqa: ARG001  verbs are told who asks
    matching = _matching(query)
    ordered = matching.defer("body").order_by("-created_at", "webhook_id")
    if query.after is not None:
        at, webhook_id = keyset.read(query.after, 2)
        since = keyset.instant(at)
        ordered = ordered.filter(created_at__lte=since).exclude(created_at=since, webhook_id__lte=webhook_id)
    found = list(ordered[: query.limit + 1])
    shown = found[: query.limit]
    total, is_exceeded = keyset.counted(matching[: COUNT_CAP + 1].count())
    return Page(
        items=[_callback(row) for row in shown],
        next=keyset.cursor(shown[-1].created_at.isoformat(), shown[-1].webhook_id) if len(found) > len(shown) else None,
        total=total,
        is_exceeded=is_exceeded,
    )


def _matching(query: CallbackQuery) -> QuerySet[models.Callback]:
    wanted = Q(**{column: value for name, column in BY.items() if (value := getattr(query, name)) is not None})
    if query.search:
        # Hosts are few and found in an index; a part of a host looked for in every callback would pass all of them.
        hosts = [name for name in _host_names() if query.search.lower() in name]
        wanted &= Q(pk=query.search) | Q(subject_id=query.search) | Q(host__in=hosts)
    return models.Callback.objects.filter(wanted)


def _host_names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(HOST_NAMES)
        return [host for (host,) in cursor.fetchall()]


def get(actor: Actor, webhook_id: str) -> CallbackDetail:
    row = models.Callback.objects.filter(pk=webhook_id).first()
    if row is None:
        raise NotFound(f"There is no callback {webhook_id}.")
    return _details(actor, [row])[0]


def of_subject(actor: Actor, subject_id: str) -> list[CallbackDetail]:
    return _details(actor, models.Callback.objects.filter(subject_id=subject_id).order_by("seq"))


def hosts(actor: Actor) -> list[CallbackHost]:  # noqa: ARG001  verbs are told who asks
    with connection.cursor() as cursor:
        cursor.execute(HOSTS)
        return [CallbackHost(**dict(zip(CallbackHost.__struct_fields__, row, strict=True))) for row in cursor.fetchall()]


def _details(actor: Actor, rows: Iterable[models.Callback]) -> list[CallbackDetail]:
    """One more query for all of their attempts."""
    found = list(rows)
    tries: dict[str, list[CallbackAttempt]] = defaultdict(list)
    for row in models.Attempt.objects.filter(callback_id__in=[row.pk for row in found]).order_by("callback_id", "number"):
        tries[row.callback_id].append(_attempt(row, may_see=actor.may(MAY_SEE_ANSWERS)))
    return [CallbackDetail(callback=_callback(row), body=bytes(row.body).decode(), tries=tries[row.pk]) for row in found]


def _callback(row: models.Callback) -> Callback:
    return Callback(
        webhook_id=row.webhook_id,
        subject_id=row.subject_id,
        seq=row.seq,
        type=row.type,
        client_id=row.client_id,
        host=row.host,
        url=row.url,
        state=row.state,
        attempts=row.attempts,
        is_in_flight=row.lease_until is not None and row.lease_until > timezone.now(),
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
        dead_reason=row.dead_reason,
    )


def _attempt(row: models.Attempt, *, may_see: bool) -> CallbackAttempt:
    return CallbackAttempt(
        number=row.number,
        at=row.at,
        milliseconds=row.milliseconds,
        outcome=row.outcome,
        status=row.status,
        reason=row.reason,
        answer=row.answer if may_see else None,
    )
