"""The worker's part: one claim brings a file to its next resting stage, whatever happened to the workers before."""

import logging

from django.db import DataError, IntegrityError, transaction

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.markets.files import assets, claims, diff, export, jobs, notices, stage
from backoffice.markets.files.apply import Moved, apply
from backoffice.markets.models import MarketFile, MarketFileError
from backoffice.tables.header import BadHeader
from backoffice.tables.read import Unreadable

log = logging.getLogger(__name__)
READINGS_MOST = 3


def run(actor: Actor, file_id: str) -> None:
    taken = claims.claim(file_id)
    if taken is None:
        return
    file, lease = taken
    try:
        if file.direction == "Export":
            export.write(file, lease)
        else:
            _import(actor, file, lease)
    except (Unreadable, BadHeader) as error:
        _fail(file, lease, error)
    except NotPermitted as error:
        _rest_failed(lease, error.detail)
    except claims.LeaseLost:
        log.warning("another worker took over file %s", file_id)
    except FileNotFoundError:
        _rest_failed(lease, "The stored file is gone.")


def _import(actor: Actor, file: MarketFile, lease: claims.Lease) -> None:
    """Read unless it is read already; apply where the mode says so. Rows that others overtook are read again."""
    jobs.permit(actor, stage.mapping_of(file))
    moved = ""
    for _ in range(READINGS_MOST):
        if file.stage != "Applying":
            file.fields = list(stage.stage(file, lease).fields)
            if _rests_after_reading(file, lease, moved):
                return
        try:
            with transaction.atomic():
                apply(actor, file, lease)
            return
        except Moved as error:
            moved = f"Changed since the preview: {error}. This preview is new; look at it and apply it again."
        except (IntegrityError, DataError):
            log.warning("file %s no longer fits what it refers to", file.pk, exc_info=True)
            moved = "Something that the file refers to changed since the preview. This preview is new; look at it and apply it again."
        file.stage = "Reading"
        with transaction.atomic():
            lease.write(stage="Reading")
    _rest_failed(lease, "The markets of this file keep changing while it is applied; nothing was applied.")


def _rests_after_reading(file: MarketFile, lease: claims.Lease, moved: str) -> bool:
    """Counts what the file would do; whether it stops here."""
    with transaction.atomic():
        claims.patient()
        # A file that is applied at once is compared then, under the locks.
        found = diff.invalid(file.pk) if file.mode == "ValidRows" else diff.counts(file.pk, diff.compared(file.fields))
        counts = {name.lower(): found.get(name, 0) for name in ("Created", "Updated", "Unchanged")}
        counts["errors"] = found.get("Invalid", 0)
        counts["assets_created"] = len(assets.missing(file.pk)) if file.mapping and file.mapping.get("createAssets") else 0
        if file.mode == "Preview":
            lease.rest(stage="Previewed", stage_reason=moved or None, **counts)
            return True
        if file.mode == "AllOrNothing" and counts["errors"]:
            rows = sum(found.values())
            lease.rest(stage="Failed", stage_reason=f"{counts['errors']} of {rows} rows have faults; nothing was applied.", **counts)
            notices.failed(file.pk)
            return True
        file.stage = "Applying"
        lease.write(stage="Applying", **counts)
        return False


def _fail(file: MarketFile, lease: claims.Lease, error: Unreadable | BadHeader) -> None:
    """Counts go back to nothing: what was read of a file that cannot be read to its end says nothing."""
    with transaction.atomic():
        claims.patient()
        lease.rest(stage="Failed", stage_reason=str(error)[:500], rows_read=0, rows_total=None, created=0, updated=0, unchanged=0, errors=0)
        stage.discard(file.pk)
        if isinstance(error, BadHeader):
            MarketFileError.objects.bulk_create(
                MarketFileError(
                    file_id=file.pk, row=fault.row, column=fault.column, value=fault.value, reason=fault.reason, suggestion=fault.suggestion
                )
                for fault in error.errors
            )
        notices.failed(file.pk)


def _rest_failed(lease: claims.Lease, reason: str) -> None:
    with transaction.atomic():
        lease.rest(stage="Failed", stage_reason=reason)
        notices.failed(lease.file_id)
