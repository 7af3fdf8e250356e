"""Markets out as CSV or XLSX, in the columns that an import reads: what comes back is unchanged in every field."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from django.db import connection, transaction
from psycopg import sql
from rustpy_xlsxwriter import FastExcel

from backoffice.contracts.markets import MarketQuery
from backoffice.core.sheets import as_excel
from backoffice.markets import listing
from backoffice.markets.files import claims, diff, storage
from backoffice.markets.files.columns import COLUMNS, HEADER, SESSIONS
from backoffice.markets.models import MarketFile

BATCH = 2_000


def write(file: MarketFile, lease: claims.Lease) -> None:
    name = storage.fresh_name(f".{file.format.lower()}")
    part = storage.path(name + ".part")
    query = msgspec.convert(file.query, MarketQuery) if file.query else MarketQuery()
    try:
        with transaction.atomic():
            claims.patient()
            count = _csv(part, query) if file.format == "Csv" else _xlsx(part, query)
        with part.open("rb") as written:
            storage.sync(written)
        part.rename(storage.path(name))
        with transaction.atomic():
            lease.rest(stage="Exported", stored_as=name, size=storage.path(name).stat().st_size, rows_read=count, rows_total=count)
    except BaseException:
        part.unlink(missing_ok=True)
        storage.remove(name)
        raise


def _csv(place: Path, query: MarketQuery) -> int:
    with connection.cursor() as cursor, place.open("wb") as out:
        place.chmod(0o600)
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER true)").format(sql.SQL(_selected(query, _cell)))
        with cursor.copy(statement) as copy:
            for block in copy:
                out.write(block)
        return max(int(cursor.rowcount), 0)


def _xlsx(place: Path, query: MarketQuery) -> int:
    counted = 0

    def records() -> Iterator[dict[str, Any]]:
        nonlocal counted
        with connection.cursor() as cursor:
            cursor.execute(
                f"DECLARE exported NO SCROLL CURSOR FOR {_selected(query, lambda field: diff.now(field) if field in SESSIONS else f'm.{field}')}"
            )
            while True:
                cursor.execute(f"FETCH {BATCH} FROM exported")
                found = cursor.fetchall()
                for row in found:
                    counted += 1
                    yield {wire: as_excel(value) for wire, value in zip(HEADER, row, strict=True)}
                if len(found) < BATCH:
                    break
        if not counted:
            yield dict.fromkeys(HEADER)  # the names of the columns come from the first record

    with contextlib.suppress(FileNotFoundError):
        place.unlink()
    workbook = place.with_suffix(".xlsx")
    try:
        FastExcel(str(workbook)).sheet("Markets", records()).save()
        workbook.rename(place)
    finally:
        workbook.unlink(missing_ok=True)
    place.chmod(0o600)
    return counted


def _selected(query: MarketQuery, column: Any) -> str:
    """The SELECT of the whole set that a query matches, with its values quoted by the driver: COPY takes no parameters."""
    matching, values = listing.filtered(query).values("market_id").query.sql_with_params()
    columns = ", ".join(f'{column(field)} AS "{wire}"' for wire, field in HEADER.items())
    text = f"SELECT {columns} FROM markets_market m {diff.SESSIONS_OF_MARKETS} WHERE m.market_id IN ({matching}) ORDER BY m.market_id"  # noqa: S608  texts of ours only
    with connection.cursor() as cursor:
        return str(cursor.mogrify(text, values)) if values else text


def _cell(field: str) -> str:
    """SQL of a cell as our files have it."""
    if field in SESSIONS:
        return f"array_to_string({diff.now(field)}, ';')"
    if COLUMNS[field].kind == "flag":
        return f"CASE m.{field} WHEN true THEN 'true' WHEN false THEN 'false' END"
    if COLUMNS[field].kind == "name":
        return (
            f"CASE WHEN m.{field} ~ '^[=+@\\t\\r-]' AND m.{field} !~ '^-?[0-9]{{1,40}}([.][0-9]{{1,40}})?$' THEN '''' || m.{field} ELSE m.{field} END"
        )
    return f"m.{field}"
