"""One side of the comparison in a process of its own: `python -m bench.market_file_side SIDE ROWS FORMAT` prints seconds and memory as JSON."""

import csv
import io
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  Django is set up first
from django.db import connection, transaction  # noqa: E402  Django is set up first
from rustpy_xlsxwriter import FastExcel  # noqa: E402  Django is set up first

from backoffice.contracts import operations  # noqa: E402  Django is set up first
from backoffice.contracts.actor import Actor  # noqa: E402  Django is set up first
from backoffice.markets import models  # noqa: E402  Django is set up first
from backoffice.markets.fields import COLUMNS  # noqa: E402  Django is set up first
from backoffice.markets.files.columns import HEADER  # noqa: E402  Django is set up first
from backoffice.services import back_api  # noqa: E402  Django is set up first

ACTOR = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset(operations.ALL))
ASSETS = 400


def desk() -> None:
    """Four hundred assets, a few groups, calendars and sessions."""
    models.Asset.objects.bulk_create(
        [models.Asset(id=f"a{n}", name=f"A{n}", scale=2, type="Stocks", source="Internal") for n in range(ASSETS)], ignore_conflicts=True
    )
    models.MarketGroup.objects.bulk_create([models.MarketGroup(id=f"g{n}", name=f"g{n}") for n in range(8)], ignore_conflicts=True)
    models.Calendar.objects.bulk_create([models.Calendar(id=f"c{n}", name=f"c{n}", time_zone_id="UTC") for n in range(8)], ignore_conflicts=True)
    sessions = [
        models.LiquiditySession(id=f"{kind.lower()}{n}", kind=kind, name=f"{kind}{n}", status="Connected", liquidity_provider_id="lp")
        for kind in ("Trading", "MarketData")
        for n in range(2)
    ]
    models.LiquiditySession.objects.bulk_create(sessions, ignore_conflicts=True)


def market(number: int, change: int) -> dict[str, str]:
    """About 600 distinct combinations of settings, every market with names of its own."""
    base, quote = divmod(number, ASSETS - 1)
    quote = quote if quote < base else quote + 1
    return dict.fromkeys(HEADER, "") | {
        "marketId": f"cfd.a{base}_a{quote}",
        "type": "Cfd",
        "subtype": "Stocks",
        "baseAssetId": f"a{base}",
        "quoteAssetId": f"a{quote}",
        "displayName": f"A{base}/A{quote}",
        "fullName": f"Share {base} in units of {quote}",
        "status": "Open",
        "marketGroupId": f"g{number % 8}",
        "calendarId": f"c{number % 8}",
        "priceScale": str(2 + number % 5),
        "minQuoteAmount": "10",
        "maxBaseAmount": str(100_000 + number % 7 * 1000),
        "priceDeviation": "0.05",
        "slippageRate": "0.001",
        "lotSize": "1",
        "minLotAmount": "0.01",
        "maxLotAmount": "500",
        "lotStep": "0.01",
        "tickSize": "0.01",
        "maxLeverage": str(20 + change + number % 3),
        "isConstLeverage": "false",
        "swapType": "Points",
        "swapLongSize": "6.5",
        "swapShortSize": "-1.25",
        "externalTtl": "3000",
        "internalTtl": "500",
        "isSynchronized": "true",
    }


def written(count: int, change: int, format: str) -> Path:
    place = Path(os.environ["DATA_DIR"]) / f"markets-{count}-{change}.{format.lower()}"
    if not place.exists() and format == "Csv":
        with place.open("w", newline="") as out:
            writer = csv.DictWriter(out, list(HEADER))
            writer.writeheader()
            writer.writerows(market(number, change) for number in range(count))
    elif not place.exists():
        FastExcel(str(place)).sheet("Markets", (market(number, change) for number in range(count))).save()
    return place


def resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def measured(act: Callable[[], Any]) -> dict[str, Any]:
    """Peak of the resident set, sampled every 5 ms: the high-water mark of the process has the imports in it."""
    before, most, is_over = resident(), [0.0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.005):
            most[0] = max(most[0], resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    act()
    seconds = time.perf_counter() - began
    is_over.set()
    watcher.join()
    return {"seconds": seconds, "growth": max(most[0] - before, 0)}


def through_a_file(place: Path) -> Callable[[], None]:
    files = back_api().market_files

    def act() -> None:
        with place.open("rb") as content:
            started = files.upload(ACTOR, content, name=place.name, mode="ValidRows")
        files.run(ACTOR, started.id)
        found = files.get(ACTOR, started.id)
        if found.stage != "Applied" or found.errors:
            raise SystemExit(f"{found.stage}: {found.stage_reason}, {found.errors} errors")

    return act


def raw(place: Path) -> Callable[[], None]:
    """The least that any import must do: the same cells by COPY into a temporary table, and one upsert."""
    names = [name for name in HEADER.values() if name in COLUMNS]
    wanted = [position for position, name in enumerate(HEADER.values()) if name == "market_id" or name in COLUMNS]
    columns = ", ".join(("market_id", *names))
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in names)
    differs = f"({', '.join(f'm.{name}' for name in names)}) IS DISTINCT FROM ({', '.join(f'EXCLUDED.{name}' for name in names)})"

    def lines() -> Iterator[str]:
        with place.open(newline="") as file:
            reader = csv.reader(file)
            next(reader)
            for cells in reader:
                yield "\t".join([cells[position] or "\\N" for position in wanted]) + "\n"

    def act() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {columns} FROM markets_market WITH NO DATA")
            with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
                block = []
                for line in lines():
                    block.append(line)
                    if len(block) == 4_000:
                        copy.write("".join(block))
                        block = []
                copy.write("".join(block))
            cursor.execute(
                f"INSERT INTO markets_market AS m ({columns}, version) SELECT {columns}, 1 FROM incoming "
                f"ON CONFLICT (market_id) DO UPDATE SET {changes}, version = m.version + 1, updated_at = now() WHERE {differs}"
            )

    return act


def import_export(place: Path) -> Callable[[], None]:
    settings.INSTALLED_APPS += ["import_export"]
    import tablib  # noqa: PLC0415  a peer of this benchmark only
    from import_export import resources  # noqa: PLC0415  only where it is measured

    names = [name for name in HEADER.values() if name == "market_id" or name in COLUMNS]

    class MarketResource(resources.ModelResource):  # type: ignore[misc]
        class Meta:
            model = models.Market
            import_id_fields = ("market_id",)
            fields = tuple(name.removesuffix("_id") if name.endswith("_id") and name != "market_id" else name for name in names)

    def act() -> None:
        rows = list(csv.reader(io.StringIO(place.read_text())))[1:]
        headers = [name.removesuffix("_id") if name.endswith("_id") and name != "market_id" else name for name in HEADER.values()]
        result = MarketResource().import_data(tablib.Dataset(*rows, headers=headers), raise_errors=True)
        if result.totals["new"] != len(rows):
            raise SystemExit(str(result.totals))

    return act


def main(side: str, count: int, format: str) -> None:
    if connection.settings_dict["NAME"] != "bench_market_files":
        raise SystemExit("This empties tables: bench/market_files.py starts it in a database of its own.")
    desk()
    kind = side.split()[-1]
    act = {"file": through_a_file, "raw": raw, "import-export": import_export}[side.split()[0]]
    warm = act(written(500, 0, "Csv"))
    clear()
    if side != "import-export":
        warm()
    clear()
    if kind in ("updated", "unchanged"):
        raw(written(count, 0, "Csv"))()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE markets_market")
    print(json.dumps(measured(act(written(count, int(kind == "updated"), format)))))


def clear() -> None:
    tables = ", ".join(("markets_market", "markets_marketfile", "markets_marketfilerow", "markets_marketfileerror", "core_auditrecord"))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
