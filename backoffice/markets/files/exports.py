"""Starting exports and handing them over. A second wish for the same file joins the first."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from django.db import connection
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.market_files import FileStarted
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.tables import FileFormat
from backoffice.core import audit
from backoffice.core.models import AuditChange
from backoffice.markets import listing, models
from backoffice.markets.files import claims, jobs, storage

FRESH = timedelta(seconds=60)
PAGING = {"limit": 50, "offset": 0, "after": None, "sort": None}


def start(actor: Actor, format: FileFormat, query: MarketQuery | None) -> FileStarted:
    """The whole set that the query matches, whatever page of it was looked at. Refuses: Invalid."""
    wanted = msgspec.structs.replace(query or MarketQuery(), **PAGING)
    listing.check(wanted)
    stored = msgspec.to_builtins(wanted)
    key = int.from_bytes(sha256(msgspec.json.encode([actor.kind, actor.id, format, stored])).digest()[:7], "big")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    if running := _joined(actor, format, stored):
        return jobs.started(running)
    file = models.MarketFile.objects.create(
        id=uuid4(),
        direction="Export",
        name=f"markets-{timezone.now():%Y-%m-%d-%H%M%S}.{format.lower()}",
        format=format,
        query=stored,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    audit.changed(actor, "market_file", str(file.pk), {}, {"name": file.name, "query": msgspec.json.encode(stored).decode()})
    return jobs.started(file)


def finished(file: models.MarketFile) -> tuple[str, Path]:
    """Refuses: NotFound, Invalid."""
    if file.direction != "Export":
        raise NotFound(f"There is no export {file.pk}.")
    if file.stage != "Exported":
        raise Invalid("The export is not finished." if file.stage != "Failed" else f"The export failed: {file.stage_reason}", code="not_finished")
    if not file.stored_as or not storage.path(file.stored_as).exists():
        raise NotFound("The exported file has been removed; export it again.")
    return file.name, storage.path(file.stored_as)


def _joined(actor: Actor, format: FileFormat, stored: Any) -> models.MarketFile | None:
    own = models.MarketFile.objects.filter(direction="Export", actor_kind=actor.kind, actor_id=actor.id, format=format, query=stored).order_by(
        "-created_at"
    )
    running = own.filter(stage__in=claims.WAITING).first()
    if running is not None:
        return running
    fresh = own.filter(stage="Exported", created_at__gte=timezone.now() - FRESH).exclude(stored_as="").first()
    if fresh is None or AuditChange.objects.filter(object_type="market", record__at__gte=fresh.created_at - timedelta(seconds=5)).exists():
        return None
    return fresh
