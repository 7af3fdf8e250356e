"""What a file does, row by row: before it is applied by comparing, afterwards from the trail it left."""

from typing import Any

from django.db import connection

from backoffice.contracts.market_files import FilePreviewRow, RowAction
from backoffice.contracts.markets import FieldChange
from backoffice.contracts.paging import Page
from backoffice.contracts.tables import CellError
from backoffice.markets import fields, models
from backoffice.markets.files import diff
from backoffice.markets.files.columns import NAMES, as_cell
from backoffice.markets.rows import as_fields

APPLIED = ("Applied", "Undone")
COUNTED: dict[RowAction, str] = {"Created": "created", "Updated": "updated", "Unchanged": "unchanged", "Invalid": "errors"}
TRADABLE, CLOSED = ("Open", "Paused"), ("Halted", "Disabled")


def rows(file: models.MarketFile, *, action: RowAction | None, after: int, limit: int) -> Page[FilePreviewRow]:
    is_applied = file.stage in APPLIED
    found = _actions(file, action, after, limit + 1)
    shown = dict(found[:limit])
    staged = {row.row: row for row in models.MarketFileRow.objects.filter(file_id=file.pk, row__in=shown)}
    names = [row.market_id for row in staged.values() if row.market_id]
    changes = _recorded(file, names) if is_applied else _compared(file, staged, shown)
    listed = {} if is_applied else _categories(names)
    items = [_shown(staged[row], doing, changes.get(row if not is_applied else staged[row].market_id, []), listed) for row, doing in shown.items()]
    total = getattr(file, COUNTED[action]) if action else sum(getattr(file, name) for name in COUNTED.values())
    return Page(items=items, next=str(items[-1].row) if len(found) > limit else None, total=total)


def errors(file: models.MarketFile, *, after: int, limit: int) -> Page[CellError]:
    """Whole rows only: the page ends behind the last fault of a row, so that `next` can be a row."""
    every = models.MarketFileError.objects.filter(file=file).order_by("row", "id")
    found = list(every.filter(row__gt=after)[: limit + 1])
    next_row = None
    if len(found) > limit:
        last = found[limit].row
        kept = [fault for fault in found if fault.row != last]
        found = kept or list(every.filter(row=last))
        next_row = str(found[-1].row)
    items = [CellError(row=fault.row, column=fault.column, value=fault.value, reason=fault.reason, suggestion=fault.suggestion) for fault in found]
    return Page(items=items, next=next_row, total=every.count())


def incorrect_rows(file: models.MarketFile) -> list[int]:
    return list(models.MarketFileRow.objects.filter(file_id=file.pk, is_valid=False).order_by("row").values_list("row", flat=True))


def cells(row: models.MarketFileRow) -> list[str]:
    """An invalid row by our columns, as it was read."""
    return list(row.cells) if row.cells is not None else [as_cell(getattr(row, name)) for name in NAMES]


def _actions(file: models.MarketFile, action: RowAction | None, after: int, limit: int) -> list[tuple[int, RowAction]]:
    if file.stage in APPLIED:
        doing = "CASE WHEN NOT r.is_valid THEN 'Invalid' WHEN c.id IS NULL THEN 'Unchanged' WHEN c.before = '{}' THEN 'Created' ELSE 'Updated' END"
        recorded = "c.object_id = r.market_id AND c.record_id = %(record)s AND c.object_type = 'market'"
        source = f"FROM markets_marketfilerow r LEFT JOIN core_auditchange c ON {recorded}"
    else:
        doing, source = diff.action(diff.compared(file.fields)), diff.COMPARED
    wanted = {"Invalid": "AND NOT r.is_valid", None: ""}.get(action, "AND r.is_valid")
    statement = f"""
        SELECT * FROM (SELECT r."row", {doing} AS action {source} WHERE r.file_id = %(file)s AND r."row" > %(after)s {wanted}) found
        WHERE %(action)s::text IS NULL OR action = %(action)s ORDER BY "row" LIMIT %(limit)s
    """  # noqa: S608  fixed texts only
    with connection.cursor() as cursor:
        cursor.execute(statement, {"record": file.audit_record_id, "file": file.pk, "after": after, "action": action, "limit": limit})
        return list(cursor.fetchall())


def _compared(file: models.MarketFile, staged: dict[int, models.MarketFileRow], doing: dict[int, RowAction]) -> dict[Any, list[FieldChange]]:
    present = models.Market.objects.filter(pk__in=[row.market_id for row in staged.values()]).prefetch_related("sessions")
    before = {row.market_id: as_fields(row) for row in present}
    given = {fields.WIRE[name] for name in diff.compared(file.fields)}
    found: dict[Any, list[FieldChange]] = {}
    for number, row in staged.items():
        if doing[number] == "Created":
            found[number] = [
                FieldChange(field=name, before=None, after=text) for name, text in fields.state(_fields(row)).items() if text is not None
            ]
        elif doing[number] == "Updated" and row.market_id in before:
            found[number] = [change for change in fields.changes(before[row.market_id], _fields(row)) if change.field in given]
    return found


def _recorded(file: models.MarketFile, names: list[str]) -> dict[Any, list[FieldChange]]:
    if file.audit_record is None:
        return {}
    return {
        change.object_id: [
            FieldChange(field=name, before=change.before.get(name), after=change.after.get(name))
            for name in fields.WIRE.values()
            if name in change.after
        ]
        for change in file.audit_record.changes.filter(object_type="market", object_id__in=names)
    }


def _fields(row: models.MarketFileRow) -> fields.MarketFields:
    values: dict[str, Any] = {name: getattr(row, name) for name in fields.MarketFields.__struct_fields__}
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return fields.MarketFields(**(values | lists))


def _categories(names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    entries = models.CategoryMarket.objects.filter(market__in=names).order_by("category__name").values_list("market_id", "category__name")
    for market_id, name in entries:
        found.setdefault(market_id, []).append(name)
    return found


def _shown(row: models.MarketFileRow, doing: RowAction, changes: list[FieldChange], listed: dict[str, list[str]]) -> FilePreviewRow:
    said = dict(zip(NAMES, row.cells or [], strict=False))
    return FilePreviewRow(
        row=row.row,
        action=doing,
        market_id=row.market_id or said.get("market_id") or None,
        display_name=row.display_name or said.get("display_name") or None,
        changes=changes,
        warnings=_warnings(row, changes, listed.get(row.market_id or "", [])),
    )


def _warnings(row: models.MarketFileRow, changes: list[FieldChange], categories: list[str]) -> list[str]:
    found = ["forced to Disabled: it has no calendar"] if row.is_forced_disabled else []
    status = next((change for change in changes if change.field == "status"), None)
    if status and status.before in TRADABLE and status.after in CLOSED:
        found.append(f"becomes {status.after}" + (f"; listed in {', '.join(categories)}" if categories else ""))
    return found
