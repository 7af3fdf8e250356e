"""The hosted MarketFiles: what doors and the worker call. Rows are locked here; each act has a module of its own."""

from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import msgspec
from django.db import transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.market_files import (
    FileMapping,
    FileMode,
    FilePreviewRow,
    FileResult,
    FileSample,
    FileStarted,
    MappedSample,
    MarketFile,
    RowAction,
)
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.core import audit
from backoffice.markets import models
from backoffice.markets.files import errors_file as incorrect
from backoffice.markets.files import exports, jobs, map, preview, stage, storage, views
from backoffice.markets.files import sample as samples
from backoffice.markets.files import undo as undoing
from backoffice.markets.files.presets import delete_preset, presets, save_preset
from backoffice.markets.files.sweep import abandon, clean, due
from backoffice.markets.files.work import run

__all__ = [
    "abandon", "apply", "clean", "delete_preset", "discard", "download", "due", "errors", "errors_file", "export", "find", "get", "presets", "remap",
    "repair", "result", "rows", "run", "sample", "save_preset", "try_mapping", "undo", "upload",
]  # fmt: skip

LIMIT_MOST = 1_000


def upload(actor: Actor, content: BinaryIO, *, name: str, mode: FileMode, mapping: FileMapping | None = None) -> FileStarted:
    jobs.permit(actor, mapping)
    stored = storage.store(content)
    try:
        file = models.MarketFile.objects.create(
            id=uuid4(),
            direction="Import",
            name=storage.shown_name(name),
            format=stored.format,
            size=stored.size,
            sha256=stored.sha256,
            stored_as=stored.name,
            mode=mode,
            mapping=None if mapping is None else msgspec.to_builtins(map.check(mapping)),
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
        )
    except BaseException:
        storage.remove(stored.name)
        raise
    audit.changed(actor, "market_file", str(file.pk), {}, {"name": file.name, "mode": mode, "sha256": stored.sha256})
    return jobs.started(file)


def result(actor: Actor, file_id: str) -> FileResult:  # noqa: ARG001  verbs are told who asks
    return views.as_result(jobs.file(file_id))


def get(actor: Actor, file_id: str) -> MarketFile:  # noqa: ARG001  verbs are told who asks
    return jobs.shown([jobs.file(file_id)])[0]


def find(actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[MarketFile]:  # noqa: ARG001  verbs are told who asks
    _check_limit(limit)
    every = models.MarketFile.objects.order_by("-created_at", "id")
    matching = every
    if after is not None:
        last = jobs.file(after)
        matching = every.exclude(created_at__gt=last.created_at).exclude(created_at=last.created_at, id__lte=last.pk)
    found = list(matching[: limit + 1])
    total = every.order_by()[: COUNT_CAP + 1].count()
    return Page(
        items=jobs.shown(found[:limit]),
        next=str(found[limit - 1].pk) if len(found) > limit else None,
        total=min(total, COUNT_CAP),
        is_exceeded=total > COUNT_CAP,
    )


def rows(actor: Actor, file_id: str, *, action: RowAction | None = None, after: int = 0, limit: int = 100) -> Page[FilePreviewRow]:  # noqa: ARG001  verbs are told who asks
    _check_limit(limit)
    return preview.rows(jobs.file(file_id), action=action, after=after, limit=limit)


def errors(actor: Actor, file_id: str, *, after: int = 0, limit: int = 1000) -> Page[CellError]:  # noqa: ARG001  verbs are told who asks
    _check_limit(limit)
    return preview.errors(jobs.file(file_id), after=after, limit=limit)


def errors_file(actor: Actor, file_id: str, *, format: FileFormat) -> Path:  # noqa: ARG001  verbs are told who asks
    return incorrect.write(jobs.file(file_id), format)


def apply(actor: Actor, file_id: str) -> FileStarted:
    file = jobs.locked(file_id, "Previewed")
    jobs.permit(actor, stage.mapping_of(file))
    return jobs.queued(actor, file, stage="Applying")


def repair(actor: Actor, file_id: str) -> FileStarted:
    file = jobs.locked(file_id, "Previewed", "Failed", "Applied")
    if not file.errors:
        raise Conflict("The file has no faults to repair.", code="nothing_to_repair")
    if file.stage == "Applied":
        file = jobs.copied(actor, file)
        return jobs.queued(actor, file, stage="Queued")
    return jobs.queued(actor, file, stage="Queued", mode="Preview", takes_suggestions=True)


def remap(actor: Actor, file_id: str, mapping: FileMapping) -> FileStarted:
    jobs.permit(actor, mapping)
    file = jobs.locked(file_id, *jobs.MAPPABLE)
    return jobs.queued(actor, file, stage="Queued", mode="Preview", takes_suggestions=False, mapping=msgspec.to_builtins(map.check(mapping)))


def discard(actor: Actor, file_id: str) -> None:
    file = jobs.locked(file_id, *jobs.MAPPABLE)
    models.MarketFile.objects.filter(pk=file.pk).update(stage="Discarded", updated_at=Now(), stored_as="")
    stage.discard(file.pk)
    transaction.on_commit(lambda: storage.remove(file.stored_as))
    audit.changed(actor, "market_file", str(file.pk), {"stage": file.stage}, {"stage": "Discarded", "name": file.name})


def undo(actor: Actor, file_id: str) -> None:
    file = jobs.locked(file_id, "Applied")
    audit.changed(actor, "market_file", str(file.pk), {"stage": "Applied"}, {"stage": "Undone", "name": file.name})
    undoing.undo(actor, file)


def export(actor: Actor, *, format: FileFormat = "Csv", query: MarketQuery | None = None) -> FileStarted:
    return exports.start(actor, format, query)


def download(actor: Actor, file_id: str) -> tuple[str, Path]:
    file = jobs.file(file_id)
    found = exports.finished(file)
    audit.read(actor, "market_files.download", "market_file", str(file.pk), file.rows_read, {"name": file.name})
    return found


def sample(actor: Actor, file_id: str) -> FileSample:  # noqa: ARG001  verbs are told who asks
    return samples.take(jobs.readable(file_id))


def try_mapping(actor: Actor, file_id: str, mapping: FileMapping) -> MappedSample:  # noqa: ARG001  verbs are told who asks
    return samples.through(jobs.readable(file_id), map.check(mapping))


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= LIMIT_MOST:
        raise Invalid("The limit is not valid.", fields={"limit": [f"must be from 1 to {LIMIT_MOST}"]})
