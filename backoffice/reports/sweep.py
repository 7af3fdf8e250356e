"""What keeps reports moving and the disk small: reports that nobody makes, and files that have expired or that nobody knows."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from backoffice.contracts.actor import Actor
from backoffice.contracts.reports import Asker, DueReport
from backoffice.core import ids
from backoffice.reports import claims, objects, storage
from backoffice.reports.models import WAITING, Report

MOST = 100
# A file may be a while without its report: it gets its name before the row tells of it.
STRAY_SECONDS = 24 * 3600
EXPIRED = "Its file was kept for 30 days; run it again for a new one."


def due(actor: Actor, *, report_id: str | None = None) -> list[DueReport]:  # noqa: ARG001  verbs are told who asks
    found = claims.due() if report_id is None else list(Report.objects.filter(pk=ids.known(report_id), status__in=WAITING))
    return [DueReport(id=str(report.pk), askers=_askers(report)) for report in found]


def abandon(actor: Actor, report_id: str, *, reason: str) -> None:  # noqa: ARG001  verbs are told who asks
    with transaction.atomic():
        waiting = Report.objects.select_for_update(of=("self",)).filter(pk=ids.known(report_id), status__in=WAITING)
        report = waiting.exclude(lease_until__gt=Now()).first()
        if report is not None:
            claims.end(report, reason)


def clean(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    return _expired() + _strays()


def _askers(report: Report) -> list[Asker]:
    owner, maker = (report.owner_kind, report.owner_id), (report.maker_kind, report.maker_id)
    return [Asker(kind=kind, id=id) for kind, id in dict.fromkeys((owner, maker))]


def _expired() -> int:
    removed = 0
    for report in Report.objects.filter(status="Completed", expires_at__lte=Now()).order_by("expires_at")[:MOST]:
        with transaction.atomic():
            told = {"status": "Expired", "status_reason": EXPIRED, "stored_as": "", "data_stored_as": ""}
            if Report.objects.filter(pk=report.pk, status="Completed").update(**told):
                stored = [report.stored_as, report.data_stored_as]
                transaction.on_commit(partial(storage.remove_all, stored))
                removed += sum(name != "" for name in stored)
    return removed


def _strays() -> int:
    """The files are looked at first: what is kept afterwards is not among them."""
    found = storage.strays(older_than=STRAY_SECONDS)
    kept = objects.strays(older_than=timedelta(seconds=STRAY_SECONDS)) if objects.is_used() else []
    if not found and not kept:
        return 0
    named: set[str] = set()
    for stored in Report.objects.exclude(stored_as="").values_list("stored_as", "data_stored_as"):
        named.update(name for one in stored if one for name in (one, storage.receipt_name(one)))
    # What a store of objects has as well is a copy here: it goes, and comes back when somebody asks.
    strays = [place for place in found if place.name not in named or place.name in kept]
    for place in strays:
        place.unlink(missing_ok=True)
    lost = [name for name in kept if name not in named]
    if lost:
        objects.remove(lost)
    return len(strays) + len(lost)
