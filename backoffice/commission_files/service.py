"""The hosted RuleFiles: an upload is read, checked and drafted while its sender waits."""

from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import msgspec

from backoffice.commission_changes import service as commission_changes
from backoffice.commission_files import check, export, lists, reading, references
from backoffice.commission_files import errors_file as incorrect
from backoffice.commission_files.models import RuleFile as Stored
from backoffice.commission_files.rows import Line
from backoffice.commission_files.storage import STORE, forget
from backoffice.commissions import book
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import ChangeSetDraft
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.paging import Page
from backoffice.contracts.rule_files import RuleFile, RuleFileStage
from backoffice.contracts.tables import CellError, FileFormat
from backoffice.core import audit, ids
from backoffice.tables import store
from backoffice.tables.header import BadHeader
from backoffice.tables.read import Unreadable

LIMIT_MOST = 1_000
NAME_MOST = 100  # of a change set


def upload(actor: Actor, content: BinaryIO, *, name: str) -> RuleFile:
    forget()
    stored = STORE.store(content)
    file = Stored(
        id=uuid4(),
        name=store.shown_name(name),
        format=stored.format,
        size=stored.size,
        sha256=stored.sha256,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
    )
    try:
        found = reading.read(STORE.path(stored.name), stored.format)
    except BadHeader as error:
        file.reason, file.faults = str(error), msgspec.to_builtins(error.errors)
        return _kept(actor, file, "Faulty")
    except Unreadable as error:
        raise Invalid(str(error), code="file_refused", fields={"file": [str(error)]}) from error
    finally:
        STORE.remove(stored.name)
    file.repairs, file.rows = found.repairs, len(found.lines)
    return _checked(actor, file, found.lines)


def get(actor: Actor, file_id: str) -> RuleFile:  # noqa: ARG001  verbs are told who asks
    return _shown(_file(file_id))


def errors(actor: Actor, file_id: str, *, after: int = 0, limit: int = LIMIT_MOST) -> Page[CellError]:  # noqa: ARG001  verbs are told who asks
    """Whole rows only: `next` is the last row of the page."""
    if not 1 <= limit <= LIMIT_MOST:
        raise Invalid("The limit is not valid.", fields={"limit": [f"must be from 1 to {LIMIT_MOST}"]})
    every = msgspec.convert(_file(file_id).faults, list[CellError])
    left = [fault for fault in every if fault.row > after]
    shown = left[:limit]
    if len(left) > limit:
        shown = [fault for fault in shown if fault.row != left[limit].row] or [fault for fault in left if fault.row == left[0].row]
    is_last = len(shown) == len(left)
    return Page(items=shown, next=None if is_last else str(shown[-1].row), total=len(every))


def errors_file(actor: Actor, file_id: str, *, format: FileFormat) -> Path:  # noqa: ARG001  verbs are told who asks
    return incorrect.write(_file(file_id), format)


def download(actor: Actor, *, format: FileFormat = "Csv", profile_id: str | None = None) -> tuple[str, Path]:
    name, place, rows = export.rules(format, profile_id)
    audit.read(actor, "rule_files.download", "commission_profile", profile_id or "every", rows, {"name": name})
    return name, place


def _checked(actor: Actor, file: Stored, lines: list[Line]) -> RuleFile:
    before = book.snapshot()
    rows = check.Checker(references.load(before)).check(lines)
    file.profile_ids = sorted({row.values["profile_id"] for row in rows if row.values["profile_id"] is not None})
    if found := list(check.faults(rows)):
        file.faults, file.lines = msgspec.to_builtins(found), reading.kept(lines)
        return _kept(actor, file, "Faulty")
    outcome = lists.outcome(rows, before)
    file.made, file.changed, file.removed, file.kept = outcome.made, outcome.changed, outcome.removed, outcome.kept
    if not outcome.edits:
        return _kept(actor, file, "Unchanged")
    draft = ChangeSetDraft(name=file.name[:NAME_MOST].strip() or file.format, note=_note(outcome), edits=outcome.edits)
    file.change_set_id = commission_changes.draft(actor, draft).change_set.change_set_id
    return _kept(actor, file, "Drafted")


def _note(outcome: lists.Outcome) -> str:
    return f"From a file: {outcome.made:,} new, {outcome.changed:,} changed or moved, {outcome.removed:,} removed, {outcome.kept:,} as they were."


def _kept(actor: Actor, file: Stored, stage: RuleFileStage) -> RuleFile:
    file.stage = stage
    file.save(force_insert=True)
    said = {"name": file.name, "sha256": file.sha256, "stage": stage, "changeSetId": file.change_set_id}
    audit.changed(actor, "rule_file", str(file.pk), {}, said)
    file.refresh_from_db(fields=["created_at"])
    return _shown(file)


def _file(file_id: str) -> Stored:
    found = Stored.objects.filter(pk=ids.known(file_id)).first()
    if found is None:
        raise NotFound(f"There is no rule file {file_id}.")
    return found


def _shown(file: Stored) -> RuleFile:
    return RuleFile(
        id=str(file.pk),
        name=file.name,
        format=file.format,
        size=file.size,
        stage=file.stage,
        reason=file.reason,
        profile_ids=file.profile_ids,
        rows=file.rows,
        made=file.made,
        changed=file.changed,
        removed=file.removed,
        kept=file.kept,
        errors=len({fault["row"] for fault in file.faults}) if file.rows else 0,
        change_set_id=file.change_set_id,
        repairs=str(file.repairs_id) if file.repairs_id else None,
        requested_by=file.actor_name,
        created_at=file.created_at,
    )
