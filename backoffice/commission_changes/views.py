"""Rows of change sets as contract values."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from backoffice.commission_changes import books, diff
from backoffice.commission_changes.models import ChangeSet, ImpactRow
from backoffice.contracts import commission_changes as contract

_edits = list[contract.AnyEdit]


def edits(stored: Any) -> list[contract.AnyEdit]:
    return msgspec.convert(stored, _edits)


def as_change_set(row: ChangeSet, total: ImpactRow | None) -> contract.ChangeSet:
    return contract.ChangeSet(
        change_set_id=str(row.pk),
        name=row.name,
        note=row.note,
        status=row.status,
        reason=row.reason,
        change_count=row.change_count,
        apply_at=row.apply_at,
        applied_at=row.applied_at,
        applied_by=row.applied_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        impact=as_summary(row, total),
    )


def as_detail(row: ChangeSet, total: ImpactRow | None) -> contract.ChangeSetDetail:
    changes = diff.changes(books.read(row.before), books.read(row.after))
    return contract.ChangeSetDetail(change_set=as_change_set(row, total), edits=edits(row.edits), changes=changes)


def as_summary(row: ChangeSet, total: ImpactRow | None) -> contract.ImpactSummary | None:
    if row.impact_status is None or row.impact_from is None or row.impact_to is None or row.impact_asked_at is None:
        return None
    return contract.ImpactSummary(
        status=row.impact_status,
        period=contract.Period(from_=row.impact_from, to=row.impact_to),
        rows_done=row.impact_rows_done,
        rows_total=row.impact_rows_total,
        reason=row.impact_reason,
        executions=total.executions if total else 0,
        old_in_rat=total.old_rat if total else None,
        new_in_rat=total.new_rat if total else None,
        requested_by=row.impact_by or "",
        requested_at=row.impact_asked_at,
    )


def as_impact_row(row: ImpactRow) -> contract.ImpactRow:
    return contract.ImpactRow(
        kind=row.kind,  # type: ignore[arg-type]  # the row of the total is not shown among them
        key=row.key,
        label=row.label,
        executions=row.executions,
        old_in_rat=row.old_rat,
        new_in_rat=row.new_rat,
    )


def totals(rows: list[ChangeSet]) -> Mapping[UUID, ImpactRow]:
    return {total.change_set_id: total for total in ImpactRow.objects.filter(change_set__in=rows, kind="Total")}


def state(row: ChangeSet) -> dict[str, str | None]:
    """As the audit trail has it; what it does to rules is told by the draft itself until it is done."""
    return {
        "name": row.name,
        "note": row.note or None,
        "status": row.status,
        "reason": row.reason,
        "changeCount": str(row.change_count),
        "applyAt": row.apply_at.isoformat() if row.apply_at else None,
    }
