"""Checked rows into the database, batch by batch, and the checks that need all of them together."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from backoffice.contracts.market_files import FileMapping
from backoffice.contracts.tables import CellError
from backoffice.markets import references
from backoffice.markets.files import claims, map, present, storage
from backoffice.markets.files.check import Anything, Checked, Checker
from backoffice.markets.files.columns import NAMES, NULL, escaped
from backoffice.markets.models import MarketFile, MarketFileError, MarketFileRow
from backoffice.markets.rules import References
from backoffice.tables.header import BadHeader, Layout
from backoffice.tables.read import Rows, Unreadable, opened

BATCH = 4_000
ROW_COLUMNS = ("file_id", "row", "is_valid", "is_forced_disabled", "seen_version", "cells", *NAMES)
COPY_ROWS = f"COPY markets_marketfilerow ({', '.join(ROW_COLUMNS)}) FROM STDIN"
COPY_ERRORS = 'COPY markets_marketfileerror (file_id, "row", "column", value, reason, suggestion) FROM STDIN'


def stage(file: MarketFile, lease: claims.Lease) -> Layout:
    """Read the whole file into rows and errors, from the start. Refuses: Unreadable, BadHeader, LeaseLost."""
    mapping = mapping_of(file)
    clear(file, lease)
    with opened(storage.path(file.stored_as), file.format, waiting=lease.write) as source:
        layout = header(source.rows, mapping)
        with transaction.atomic():
            lease.write(fields=list(layout.fields), rows_total=source.lines and max(source.lines - 1, 0))
        _stage_rows(file, lease, layout, data(source.rows, layout, mapping), mapping)
    with transaction.atomic():
        claims.patient()
        lease.write()
        cross_check(file.pk, layout)
    return layout


def mapping_of(file: MarketFile) -> FileMapping | None:
    return None if file.mapping is None else map.decoded(file.mapping)


def header(rows: Rows, mapping: FileMapping | None) -> Layout:
    """The layout that the first line which says something gives. Refuses: BadHeader, Unreadable."""
    for line, cells in rows:
        if not map.is_comment(cells, mapping):
            return map.layout(line, cells, mapping)
    raise BadHeader("The file has no header and no rows.", [CellError(row=1, column="row", value="", reason="the file has no header")])


def data(rows: Rows, layout: Layout, mapping: FileMapping | None) -> Iterator[present.Line]:
    """Lines that are data. Refuses: Unreadable."""
    read, has_comments = layout.read, bool(mapping and mapping.comment_prefix)
    for line, cells in rows:
        if has_comments and map.is_comment(cells, mapping):
            continue
        found = read(cells)
        if found is not None:
            yield present.Line(line, *found)


def clear(file: MarketFile, lease: claims.Lease) -> None:
    """Forget what an earlier reading left."""
    with transaction.atomic():
        claims.patient()
        lease.write(rows_read=0, rows_total=None, created=0, updated=0, unchanged=0, errors=0, assets_created=0)
        discard(file.pk)


def discard(file_id: UUID) -> None:
    MarketFileRow.objects.filter(file_id=file_id).delete()
    MarketFileError.objects.filter(file_id=file_id).delete()


def checker(mapping: FileMapping | None, layout: Layout, *, takes_suggestions: bool) -> Checker:
    known = references.load()
    if mapping is not None and mapping.create_assets:
        known = References(
            assets=Anything(known.assets),
            market_groups=known.market_groups,
            calendars=known.calendars,
            trading_sessions=known.trading_sessions,
            market_data_sessions=known.market_data_sessions,
        )
    return Checker(known, layout.labels, takes_suggestions=takes_suggestions)


def _stage_rows(file: MarketFile, lease: claims.Lease, layout: Layout, lines: Iterator[present.Line], mapping: FileMapping | None) -> None:
    checks = checker(mapping, layout, takes_suggestions=file.takes_suggestions)
    needs_versions = file.mode == "Preview"
    count, prefix = 0, f"{file.pk}\t"
    while batch := list(islice(lines, BATCH)):
        count += len(batch)
        if count > settings.MARKET_FILE_MAX_ROWS:
            raise Unreadable(f"The file has more than {settings.MARKET_FILE_MAX_ROWS:,} data rows.")
        rows, errors = [], []
        for line in present.completed(batch, layout, needs_versions=needs_versions):
            checked = checks.check(line.line, line.texts, line.faults)
            rows.append(_row(prefix, line, checked))
            if checked.errors:
                errors += [_error(prefix, error) for error in checked.errors]
        with transaction.atomic():
            lease.write(rows_read=count)
            _copy(COPY_ROWS, rows)
            _copy(COPY_ERRORS, errors)
    with transaction.atomic():
        lease.write(rows_read=count, rows_total=count)


def _row(prefix: str, line: present.Line, checked: Checked) -> str:
    version = NULL if line.version is None else line.version
    if checked.errors:
        cells = escaped(json.dumps([text.replace("\x00", "") for text in checked.texts]))
        return f"{prefix}{line.line}\tf\tf\t{version}\t{cells}\t{checked.market_id}\t{chr(9).join(checked.values[1:])}\n"
    forced = "t" if checked.is_forced_disabled else "f"
    return f"{prefix}{line.line}\tt\t{forced}\t{version}\t\\N\t{checked.market_id}\t{chr(9).join(checked.values[1:])}\n"


def _error(prefix: str, error: CellError) -> str:
    suggestion = NULL if error.suggestion is None else escaped(error.suggestion[:200])
    return f"{prefix}{error.row}\t{escaped(error.column[:200])}\t{escaped(error.value)}\t{escaped(error.reason)}\t{suggestion}\n"


def _copy(statement: str, lines: list[str]) -> None:
    if lines:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write("".join(lines))


def cross_check(file_id: UUID, layout: Layout) -> None:
    """Rows that are right alone and wrong together: the later of two for one market or name, and names that others will still hold."""
    labels: dict[str, Any] = {"file": file_id, "id_column": layout.labels["market_id"], "name_column": layout.labels["display_name"]}
    if "market_id" not in layout.fields:
        labels["id_column"] = layout.labels["base_asset_id"]
    with connection.cursor() as cursor:
        for statement in (SAME_MARKET, SAME_NAME, TAKEN_NAME):
            cursor.execute(statement, labels)


def _invalidating(found: str) -> str:
    """A statement that makes rows invalid: `found` gives row, column, value, reason."""
    return f"""
        WITH {found},
        noted AS (
            INSERT INTO markets_marketfileerror (file_id, "row", "column", value, reason)
            SELECT %(file)s, f."row", f."column", f.value, f.reason FROM found f ORDER BY f."row"
        )
        UPDATE markets_marketfilerow r SET is_valid = false FROM found f WHERE r.file_id = %(file)s AND r."row" = f."row" AND r.is_valid
    """  # noqa: S608  fixed texts only


SAME_MARKET = _invalidating(
    """found AS (
        SELECT s."row", %(id_column)s::text AS "column", s.market_id AS value,
            'row ' || s.first || ' is for the same market, ' || s.market_id AS reason
        FROM (
            SELECT "row", market_id, first_value("row") OVER (PARTITION BY market_id ORDER BY "row") AS first
            FROM markets_marketfilerow WHERE file_id = %(file)s AND market_id IS NOT NULL
        ) s WHERE s."row" <> s.first
    )"""
)
SAME_NAME = _invalidating(
    """found AS (
        SELECT s."row", %(name_column)s::text AS "column", s.display_name AS value, 'row ' || s.first || ' has the same display name' AS reason
        FROM (
            SELECT "row", display_name, market_id, first_value("row") OVER same AS first, first_value(market_id) OVER same AS first_market
            FROM markets_marketfilerow WHERE file_id = %(file)s AND display_name IS NOT NULL WINDOW same AS (PARTITION BY display_name ORDER BY "row")
        ) s WHERE s."row" <> s.first AND s.market_id IS DISTINCT FROM s.first_market
    )"""
)
# A name is free when the market that holds it takes another one in this very file; a row that fails keeps its market's name, hence the recursion.
TAKEN_NAME = _invalidating(
    """RECURSIVE wanted AS (
        SELECT r."row", r.market_id, r.display_name, m.market_id AS holder, h."row" AS holder_row
        FROM markets_marketfilerow r
        JOIN markets_market m ON m.display_name = r.display_name AND m.market_id <> r.market_id
        LEFT JOIN markets_marketfilerow h ON h.file_id = r.file_id AND h.market_id = m.market_id AND h.is_valid
        WHERE r.file_id = %(file)s AND r.is_valid
    ), refused AS (
        SELECT "row", display_name, holder FROM wanted WHERE holder_row IS NULL
        UNION
        SELECT w."row", w.display_name, w.holder FROM wanted w JOIN refused f ON w.holder_row = f."row"
    ), found AS (
        SELECT "row", %(name_column)s::text AS "column", display_name AS value, 'is the display name of ' || holder AS reason FROM refused
    )"""
)
