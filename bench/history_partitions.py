"""What comes after one table: executions in twelve partitions by key, and the lists on them; a month dropped; dump and restore."""

import argparse
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.db import connection

from backoffice.contracts.filters import Filter, RowsQuery
from backoffice.services import back_api
from bench.history_load import DAYS, LOADING, SMALL, use
from bench.history_pages import OWNER, heard, rows, timed
from bench.history_pages import text as day
from bench.transfers_load import program
from bench.transfers_shown import Shown

MONTHS = 12
INDEXES = ("(at, id)", "(account_id, id DESC)", "(market_id, at)", "(order_id, seq)", "(lp_execution_id) WHERE lp_execution_id IS NOT NULL")


def measure(shown: Shown, asked: argparse.Namespace) -> None:
    use(SMALL)
    bounds = _partitioned()
    for words, query, pruned in _queries(bounds):
        with heard() as statements:
            back_api().trade_lists.trades(OWNER, query)
        sql, values = statements[-1]
        parted = sql.replace("FROM trading_execution e", "FROM bench_parted e")
        narrowed = parted.replace("WHERE (r.", f"WHERE {pruned} AND (r.", 1) if pruned else ""
        sides = {"one table": sql, "partitions": parted, "partitions, the range of keys named": narrowed}
        shown.head(f"ms of a page of trades, {words}")
        for _ in range(asked.runs):
            found = {name: _milliseconds(one, values, asked.asks) for name, one in sides.items() if one}
            for name, spent in found.items():
                shown.add(name, spent)
                if name != "one table":
                    shown.ratio(f"{name} / one table", spent, found["one table"])
        shown.print(digits=2)
    _dropped(shown)
    _dumped(shown)


def _partitioned() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(LOADING)
        cursor.execute("DROP TABLE IF EXISTS bench_parted")
        cursor.execute("CREATE TABLE bench_parted (LIKE trading_execution INCLUDING DEFAULTS, PRIMARY KEY (id)) PARTITION BY RANGE (id)")
        cursor.execute("SELECT count(*) FROM trading_execution")
        (count,) = cursor.fetchone()
        bounds = [f"01B{count * month // MONTHS:023}" for month in range(MONTHS)] + ["01Z"]
        for month in range(MONTHS):
            cursor.execute(f"CREATE TABLE bench_part{month} PARTITION OF bench_parted FOR VALUES FROM ('{bounds[month]}') TO ('{bounds[month + 1]}')")
        cursor.execute("INSERT INTO bench_parted SELECT * FROM trading_execution WHERE id < '01C'")
        for columns in INDEXES:
            cursor.execute(f"CREATE INDEX ON bench_parted {columns}")
        cursor.execute("VACUUM ANALYZE bench_parted")
    return bounds


def _queries(bounds: list[str]) -> list[tuple[str, RowsQuery, str]]:
    """With each the condition on keys that leaves the partitions which can hold its answer."""
    account = Filter(entry_type="Exact", field="accountId", value=f"be{1:022x}")
    ordinary = Filter(entry_type="Exact", field="accountId", value=f"be{777:022x}")
    ((market,),) = rows("SELECT market_id FROM bench_market WHERE number = 200")
    ((order,),) = rows("SELECT max(id) FROM trading_order")
    of_market = Filter(entry_type="Exact", field="marketId", value=market)
    span = Filter(entry_type="Range", field="createdAt", value={"from": day(DAYS - 85), "to": day(DAYS - 35)})
    quarter = f"(r.execution_id >= '{bounds[MONTHS - 3]}' AND r.execution_id < '{bounds[MONTHS - 1]}')"
    return [
        ("a heavy account", RowsQuery(filters=[account], limit=100), ""),
        ("an ordinary account", RowsQuery(filters=[ordinary], limit=10), ""),
        ("a market", RowsQuery(filters=[of_market], limit=100), ""),
        ("a market and 50 days", RowsQuery(filters=[of_market, span], limit=100), quarter),
        ("everything", RowsQuery(limit=100), ""),
        ("an order", RowsQuery(filters=[Filter(entry_type="Exact", field="orderId", value=order)], limit=100), ""),
    ]


def _milliseconds(sql: str, values: object, asks: int) -> float:
    """At the median, planning included."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        spent = sorted(timed(lambda: cursor.execute(sql, values)) for _ in range(asks))
    return 1e3 * spent[len(spent) // 2]


def _dropped(shown: Shown) -> None:
    shown.head("ms of taking a month away")
    for words, statements in {
        "a partition is detached and dropped": ("ALTER TABLE bench_parted DETACH PARTITION bench_part0", "DROP TABLE bench_part0"),
        "its rows are deleted, and vacuumed": ("DELETE FROM bench_part1", "VACUUM bench_part1"),
    }.items():
        with connection.cursor() as cursor:
            cursor.execute(LOADING)
            for statement in statements:
                shown.add(words, 1e3 * timed(lambda cursor=cursor, statement=statement: cursor.execute(statement)))
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_parted")
    shown.print(digits=1)


def _dumped(shown: Shown) -> None:
    ((size, tables),) = rows("""
        SELECT pg_database_size(current_database()), sum(pg_total_relation_size(c.oid))
        FROM pg_class c WHERE relname IN ('trading_order', 'trading_externalorder', 'trading_execution')
    """)
    connection.close()
    at = urlsplit(os.environ["DATABASE_URL"])
    environment = {**os.environ, "PGPASSWORD": unquote(at.password or ""), "PGHOST": parse_qs(at.query)["host"][0], "PGUSER": at.username or ""}

    def run(*argv: str) -> Callable[[], object]:
        tool = str(program().with_name(argv[0]))
        return lambda: subprocess.run([tool, *argv[1:]], env=environment, check=True, timeout=900, capture_output=True)

    shown.head("seconds of the smaller database, dumped and restored by two processes")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "dump")
        shown.add("pg_dump", timed(run("pg_dump", "-Fd", "-j2", "-f", file, f"bench_{SMALL}")))
        taken = sum(one.stat().st_size for one in Path(file).iterdir())
        rows("SELECT 1")
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE bench_restored")
        shown.add("pg_restore", timed(run("pg_restore", "-j2", "-d", "bench_restored", file)))
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE bench_restored")
    shown.print(digits=1)
    print(f"  dump {taken / 1e6:,.0f} MB, database {size / 1e6:,.0f} MB, the three tables with their indexes {int(tables) / 1e6:,.0f} MB")
    connection.close()
