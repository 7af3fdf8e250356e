"""Brakes on guessing. They live in PostgreSQL, so a flushed or restarted Redis gives nobody new tries.

A try is taken before the secret is checked and given back when it was right: fifty tries at once cannot slip past the count.
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from backoffice.contracts.errors import TooMany
from backoffice.operators.models import Brake

WINDOW = timedelta(minutes=15)
MEMORY = timedelta(hours=24)
LONGEST_DELAY_SECONDS = 900
KEPT = 128
PURGED = 100


class Limit(NamedTuple):
    """`most` failed tries in the window; with `is_growing` each further one doubles the pause instead."""

    key: str
    most: int
    is_growing: bool = False


def limit(*what: str, most: int, is_growing: bool = False) -> Limit:
    return Limit(hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest(), most, is_growing)


def check(limits: Sequence[Limit]) -> None:
    """Refuses: TooMany."""
    tries = dict(Brake.objects.filter(pk__in=[limit.key for limit in limits]).values_list("key", "tries"))
    _refuse(limits, tries, timezone.now())


def take(limits: Sequence[Limit]) -> datetime:
    """Count one try against each limit; its mark, to give it back by. Refuses: TooMany, and then counts nothing."""
    now = timezone.now()
    _purge(now)
    with transaction.atomic():
        rows = _locked(limits, now)
        _refuse(limits, {row.key: row.tries for row in rows}, now)
        for row in rows:
            row.tries, row.last_at = [*row.tries, now][-KEPT:], now
        Brake.objects.bulk_update(rows, ["tries", "last_at"])
    return now


def give_back(limits: Sequence[Limit], mark: datetime) -> None:
    with transaction.atomic():
        rows = _locked(limits, mark)
        for row in rows:
            if mark in row.tries:
                row.tries.remove(mark)
        Brake.objects.bulk_update(rows, ["tries"])


def clear(limit: Limit) -> None:
    Brake.objects.filter(pk=limit.key).delete()


def _locked(limits: Sequence[Limit], now: datetime) -> list[Brake]:
    """All rows, made and locked in the order of their keys, so that two sign-ins never wait for each other in a ring."""
    keys = sorted(limit.key for limit in limits)
    Brake.objects.bulk_create([Brake(key=key, last_at=now) for key in keys], ignore_conflicts=True)
    return list(Brake.objects.select_for_update().filter(pk__in=keys).order_by("key"))


def _refuse(limits: Sequence[Limit], tries: dict[str, list[datetime]], now: datetime) -> None:
    wait = max(_wait(limit, tries.get(limit.key, []), now) for limit in limits)
    if wait > 0:
        raise TooMany("Too many tries. Wait a while, then try again.", retry_after=math.ceil(wait))


def _wait(limit: Limit, tries: list[datetime], now: datetime) -> float:
    """Seconds until the next try."""
    recent = [at for at in tries if at > now - (MEMORY if limit.is_growing else WINDOW)]
    if len(recent) < limit.most:
        return 0
    if limit.is_growing:
        delay = min(2 ** min(len(recent) - limit.most, 20), LONGEST_DELAY_SECONDS)
        return (recent[-1] + timedelta(seconds=delay) - now).total_seconds()
    return (recent[-limit.most] + WINDOW - now).total_seconds()


def _purge(now: datetime) -> None:
    old = Brake.objects.select_for_update(skip_locked=True).filter(last_at__lt=now - MEMORY).values_list("pk", flat=True)
    with transaction.atomic():
        Brake.objects.filter(pk__in=list(old[:PURGED])).delete()
