"""What keeps files moving and the disk small: files that nobody works on, and what is too old to keep."""

import time
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.contracts.market_files import DueFile
from backoffice.core import ids
from backoffice.markets.files import claims, notices, stage, storage
from backoffice.markets.models import MarketFile

KEPT = timedelta(days=7)
ORPHAN_SECONDS = 24 * 3600


def due(actor: Actor, *, file_id: str | None = None) -> list[DueFile]:  # noqa: ARG001  verbs are told who asks
    found = claims.due() if file_id is None else list(MarketFile.objects.filter(pk=ids.known(file_id)))
    return [DueFile(id=str(file.pk), requester_kind=file.actor_kind, requester_id=file.actor_id) for file in found]


def abandon(actor: Actor, file_id: str, *, reason: str) -> None:  # noqa: ARG001  verbs are told who asks
    waiting = MarketFile.objects.filter(pk=ids.known(file_id), stage__in=claims.WAITING).exclude(lease_until__gt=Now())
    with transaction.atomic():
        if waiting.update(stage="Failed", stage_reason=reason, updated_at=Now(), **claims.RESTED):
            notices.failed(ids.known(file_id))


def clean(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    """Rows and stored files older than a week go; the file's own line and its place in the trail stay."""
    old = MarketFile.objects.exclude(stage__in=claims.WAITING).exclude(stored_as="").filter(updated_at__lt=Now() - KEPT)
    removed = 0
    for file in old[:100]:
        with transaction.atomic():
            claims.patient()
            stage.discard(file.pk)
            stale = "Failed" if file.stage == "Previewed" else file.stage
            reason = "Nobody applied it for a week; its rows have been removed." if file.stage == "Previewed" else file.stage_reason
            MarketFile.objects.filter(pk=file.pk).update(stored_as="", stage=stale, stage_reason=reason)
        storage.remove(file.stored_as)
        for format in ("csv", "xlsx"):
            storage.remove(f"errors-{file.pk}.{format}")
        removed += 1
    return removed + _orphans()


def _orphans() -> int:
    """Files on the disk that no row speaks of: what a process killed in the middle of an upload leaves."""
    found = [place for place in storage.folder().iterdir() if time.time() - place.stat().st_mtime > ORPHAN_SECONDS]
    named = set(MarketFile.objects.filter(stored_as__in=[place.name for place in found]).values_list("stored_as", flat=True)) if found else set()
    for place in found:
        if place.name not in named:
            place.unlink(missing_ok=True)
    return sum(place.name not in named for place in found)
