"""The worker's part: one claim brings a report to its end, whatever happened to the workers before.

Until its last statement nothing of it can be seen; that one tells of the file, of what is owed to whom, and gives up the claim.
"""

import contextlib
import errno
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, Unavailable
from backoffice.contracts.filters import Sort
from backoffice.contracts.periods import Span
from backoffice.contracts.reports import ReportFormat
from backoffice.core import audit, ids, reach
from backoffice.core.crashes import crash
from backoffice.core.outages import OUTAGES
from backoffice.reports import claims, formats, notices, ownership, question, receipt, snapshot, storage
from backoffice.reports.claims import Lease, LeaseLost
from backoffice.reports.delivery import doorbell as mailing
from backoffice.reports.formats import FORMATS
from backoffice.reports.keeper import Cancelled, Keeper, TooLong
from backoffice.reports.models import Delivery, Report
from backoffice.reports.question import Question
from backoffice.reports.receipt import Made
from backoffice.reports.snapshot import Snapshot
from backoffice.reports.sources import KINDS

log = logging.getLogger(__name__)
TOO_LONG = "It took longer than a report may: narrow the filters or the window, or order it by time."
DISK_FULL = "There is no room on the disk of the desk; somebody who runs it has to make some, then run the report again."
DAMAGED = "The file did not hold what was written into it ({}); run the report again, and have the disk looked at if it happens twice."


class Impossible(Exception):
    """It cannot be made as it was asked for; the message says what a person can do."""


class File(NamedTuple):
    name: str
    sha256: str
    size: int


def run(actor: Actor, report_id: str) -> None:
    waiting = Report.objects.filter(pk=ids.known(report_id)).first()
    if waiting is None:
        return
    KINDS[waiting.source].permit(actor)
    taken = claims.claim(waiting.pk)
    if taken is None:
        return
    report, lease = taken
    crash("report_after_claim")
    with _failures_told(report, lease), _leaving_no_strays() as places:
        with Keeper(lease) as keeper, reach.within(actor, "manage-reports"), reach.within(actor, KINDS[report.source].operation):
            made, files = _made(report, keeper, places)
        try:
            _complete(actor, report, lease, made, files)
        except OUTAGES:
            # Nobody knows whether this was heard: if it was not, the files are strays, and swept some day.
            places.clear()
            raise
        places.clear()
    crash("report_after_completing")


def asked(report: Report) -> Question:
    """Refuses: Invalid (what could be asked for once and cannot be any more)."""
    sort = None if report.sorting is None else msgspec.convert(report.sorting, Sort)
    window = None if report.window_from is None or report.window_to is None else Span(report.window_from, report.window_to)
    at = report.due_at or report.created_at
    kind = KINDS[report.source]
    columns = list(kind.paper) if report.columns is None and report.format == "Pdf" and kind.paper else report.columns
    return question.ask(kind, question.read(report.filters), sort, columns, window, at)


def _made(report: Report, keeper: Keeper, places: list[Path]) -> tuple[Made, list[File]]:
    """Its file, and behind it the CSV with all rows where the file has only the first ones."""
    try:
        with snapshot.opened(report.time_zone, since=report.created_at) as moment:
            keeper.snapshot = moment
            asking = question.looked_up(asked(report), moment.run)
            figures = question.figures(asking, moment.run)
            keeper.rows_total = figures.rows
            crash("report_after_counting")
            if said := formats.too_many(report.format, figures.rows):
                raise Impossible(said)
            made = receipt.of(report, asking, figures, moment.as_of, shown_most=FORMATS[report.format].shown_most)
            if report.notify_emails or report.format == "Pdf":
                made = made._replace(days=question.days(asking, moment.run))
            beside: list[ReportFormat] = ["Csv"] if made.shown_rows < made.rows else []
            return made, [_file(format, made, moment, keeper, places) for format in (report.format, *beside)]
    except OperationalError:
        # It may have been interrupted from here.
        keeper.check()
        raise


def _file(format: ReportFormat, made: Made, moment: Snapshot, keeper: Keeper, places: list[Path]) -> File:
    """Written, opened again and counted, and given its name."""
    part = storage.fresh(FORMATS[format].suffix)
    places.append(part)
    FORMATS[format].write(part, moment, made, keeper.told)
    crash("report_after_writing")
    counted, expected = FORMATS[format].count(part, made), made.rows if format == "Csv" else made.shown_rows
    if counted != expected:
        raise storage.Damaged(f"{counted} of {expected} rows")
    keeper.told(counted)
    digest, size = storage.digest(part), part.stat().st_size
    name = storage.keep(part)
    places.append(storage.path(name))
    crash("report_after_renaming")
    return File(name, digest, size)


def _complete(actor: Actor, report: Report, lease: Lease, made: Made, files: list[File]) -> None:
    told: dict[str, Any] = {
        "status_reason": None,
        "rows_done": made.rows,
        "rows_total": made.rows,
        "rows": made.rows,
        "shown_rows": made.shown_rows,
        "totals": msgspec.to_builtins(made.totals),
        "words": receipt.lines(made),
        "days": [[one.day.isoformat(), one.rows] for one in made.days],
        "as_of": made.as_of,
        "sha256": files[0].sha256,
        "size": files[0].size,
        "stored_as": files[0].name,
        "data_stored_as": files[1].name if len(files) > 1 else "",
    }
    with transaction.atomic():
        lease.rest("Completed", **told)
        Delivery.objects.bulk_create(Delivery(report=report, recipient=recipient) for recipient in report.notify_emails)
        recorded = audit.open_record(actor, "reports.run")
        notices.made(report)
        ownership.passed_on(recorded, report)
        if report.notify_emails:
            transaction.on_commit(mailing.ring)
        audit.changed(recorded, "report", str(report.pk), {}, {"rows": str(made.rows), "sha256": files[0].sha256})
        crash("report_before_completing")


@contextlib.contextmanager
def _leaving_no_strays() -> Iterator[list[Path]]:
    """Whatever is still named here at the end goes."""
    places: list[Path] = []
    try:
        yield places
    finally:
        for place in places:
            place.unlink(missing_ok=True)


@contextlib.contextmanager
def _failures_told(report: Report, lease: Lease) -> Iterator[None]:
    try:
        yield
    except LeaseLost:
        log.warning("another worker took over report %s", report.pk)
    except Cancelled:
        by = Report.objects.values_list("cancelled_by", flat=True).get(pk=report.pk)
        _fail(report, lease, claims.cancelled(by or ""), is_told=False)
    except (Impossible, Unavailable) as error:
        _fail(report, lease, str(error))
    except TooLong:
        _fail(report, lease, TOO_LONG)
    except Invalid as error:
        _fail(report, lease, f"{error.detail} {'; '.join(f'{name} {reason}' for name, reasons in error.fields.items() for reason in reasons)}")
    except storage.Damaged as error:
        _fail(report, lease, DAMAGED.format(error))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        _fail(report, lease, DISK_FULL)
    except OUTAGES as error:
        if isinstance(error.__cause__, QueryCanceled):
            _fail(report, lease, TOO_LONG)
            return
        connection.close()
        with contextlib.suppress(*OUTAGES, LeaseLost):
            lease.give_back()
        raise


def _fail(report: Report, lease: Lease, reason: str, *, is_told: bool = True) -> None:
    with contextlib.suppress(LeaseLost), transaction.atomic():
        lease.rest("Failed", status_reason=reason[:500])
        if is_told:
            notices.failed(report, reason)
