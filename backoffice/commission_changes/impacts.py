"""The worker's part of an impact: one claim computes it, whatever happened to the workers before."""

import logging
from uuid import UUID

from django.db import transaction

from backoffice.commission_changes import books, claims, impact
from backoffice.commission_changes.models import ChangeSet
from backoffice.contracts.commission_changes import Period

log = logging.getLogger(__name__)


def estimate(change_set_id: UUID) -> None:
    taken = claims.claim(change_set_id)
    if taken is None:
        return
    found, lease = taken
    try:
        _compute(found, lease)
    except impact.Impossible as error:
        with transaction.atomic():
            lease.rest(impact_status="Failed", impact_reason=str(error)[:500])
    except claims.LeaseLost:
        log.info("the impact of %s is another worker's, or no longer wanted", change_set_id)
    finally:
        impact.forget()


def _compute(found: ChangeSet, lease: claims.Lease) -> None:
    assert found.impact_from is not None
    assert found.impact_to is not None
    period = Period(from_=found.impact_from, to=found.impact_to)
    with transaction.atomic():
        claims.patient()
        impact.prepare(books.read(found.before), books.read(found.after))
        total, spans = impact.chunks(period)
        impact.add_edges(period)
        lease.write(impact_rows_total=total)
    for number, (start, end) in enumerate(spans, start=1):
        with transaction.atomic():
            claims.patient()
            impact.add(period, start, end)
            lease.write(impact_rows_done=min(number * impact.CHUNK_ORDERS, total))
    with transaction.atomic():
        claims.patient()
        lease.rest(impact_status="Done", impact_rows_done=total)
        impact.keep(found.pk)
