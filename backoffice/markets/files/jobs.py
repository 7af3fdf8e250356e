"""The row of a file as a job: found, locked, queued for the worker."""

from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, NotFound, NotPermitted
from backoffice.contracts.market_files import FileMapping, FileStage, FileStarted, MarketFile
from backoffice.core import audit, ids
from backoffice.markets import models
from backoffice.markets.files import claims, doorbell, storage, views

ASSETS = "manage-assets"
MAPPABLE = ("Previewed", "Failed")


def file(file_id: str) -> models.MarketFile:
    """Refuses: NotFound."""
    found = models.MarketFile.objects.filter(pk=ids.known(file_id)).first()
    if found is None:
        raise NotFound(f"There is no market file {file_id}.")
    return found


def permit(actor: Actor, mapping: FileMapping | None) -> None:
    """A file that brings assets makes them in the name of somebody who may. Refuses: NotPermitted."""
    if mapping is not None and mapping.create_assets and not actor.may(ASSETS):
        raise NotPermitted(ASSETS)


def readable(file_id: str) -> models.MarketFile:
    """An import whose upload is still here and not applied. Refuses: NotFound."""
    found = file(file_id)
    if found.direction != "Import" or found.stage not in MAPPABLE or not found.stored_as or not storage.path(found.stored_as).exists():
        raise NotFound(f"There is no upload of market file {file_id} to read.")
    return found


def locked(file_id: str, *stages: str) -> models.MarketFile:
    """An import in one of these stages, locked until the transaction ends. Refuses: NotFound, Conflict."""
    found = models.MarketFile.objects.select_for_update(of=("self",)).filter(pk=ids.known(file_id), direction="Import").first()
    if found is None:
        raise NotFound(f"There is no market file {file_id}.")
    if found.stage not in stages:
        raise Conflict(f"The file is {found.stage}; this needs {' or '.join(stages)}.", code="wrong_stage")
    return found


def queued(actor: Actor, found: models.MarketFile, *, stage: FileStage, **values: Any) -> FileStarted:
    """Wait for the worker, in the name of whoever asked for this step. Refuses: Conflict."""
    if not found.stored_as:
        raise Conflict("The stored file has been removed; upload it again.", code="file_removed")
    asked = {"actor_kind": actor.kind, "actor_id": actor.id, "actor_name": actor.name}
    models.MarketFile.objects.filter(pk=found.pk).update(stage=stage, stage_reason=None, updated_at=Now(), **claims.RESTED, **asked, **values)
    audit.changed(actor, "market_file", str(found.pk), {"stage": found.stage}, {"stage": stage, "name": found.name})
    found.stage = stage
    return started(found)


def copied(actor: Actor, found: models.MarketFile) -> models.MarketFile:
    """The same upload as a new preview that takes the suggestions; the applied file stays what it is."""
    again = models.MarketFile.objects.create(
        id=uuid4(),
        direction="Import",
        name=found.name,
        format=found.format,
        size=found.size,
        sha256=found.sha256,
        stored_as=storage.again(found.stored_as),
        mode="Preview",
        mapping=found.mapping,
        takes_suggestions=True,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    audit.changed(actor, "market_file", str(again.pk), {}, {"name": again.name, "mode": "Preview", "sha256": again.sha256})
    return again


def started(found: models.MarketFile) -> FileStarted:
    """The bell rings once the row can be seen."""
    file_id = str(found.pk)
    if found.stage in claims.WAITING:
        transaction.on_commit(lambda: doorbell.ring(file_id))
    return FileStarted(id=file_id, status=views.status(found.stage))


def shown(found: list[models.MarketFile]) -> list[MarketFile]:
    """With the earlier applied file of the very same bytes, if any, in one more query."""
    hashes = {row.sha256 for row in found if row.sha256}
    applied = (
        models.MarketFile.objects.filter(sha256__in=hashes, stage="Applied", direction="Import")
        .order_by("created_at")
        .values_list("id", "sha256", "created_at")
    )
    earlier = list(applied) if hashes else []
    return [
        views.as_file(row, next((str(pk) for pk, digest, at in reversed(earlier) if digest == row.sha256 and at < row.created_at), None))
        for row in found
    ]
