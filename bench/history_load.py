"""Executions by the million in both databases of the benchmark of history, made by the database itself; the indexes are those of production."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from backoffice.history import rollups

MARKETS, HEAVY, ORDINARY, FILLS, DAYS = 400, 100, 50_000, 4, 365
CLIENTS = HEAVY + ORDINARY
FIRST = datetime(2025, 11, 24, tzinfo=UTC)
SMALL, BIG = "small", "big"
LOADING = "SET statement_timeout = 0; SET jit = off; SET work_mem = '64MB'; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off"
TABLES = ("trading_order", "trading_externalorder", "trading_execution")
ACCOUNTS = """
    INSERT INTO accounts_user (id, email, status, version)
    SELECT 'bench-' || n, 'bench-' || n || '@example.com', 'Active', 1 FROM generate_series(1, {clients}) n;
    INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
    SELECT 'be' || lpad(to_hex(n), 22, '0'), 'bench-' || n, 'Main', 'Hedging', (SELECT min(id) FROM accounts_accountgroup), 'Active', 1
    FROM generate_series(1, {clients}) n;
    CREATE TABLE bench_market AS SELECT row_number() OVER (ORDER BY market_id) AS number, * FROM markets_market;
    CREATE TABLE bench_session AS SELECT min(id) AS id FROM markets_liquiditysession;
"""
# A fifth of all orders are those of a hundred accounts; each has four fills, and seven of ten are filled outside. Keys follow time.
ORDERS = """
    SELECT k, '01B' || lpad(k::text, 23, '0') AS id, %(first)s::timestamptz + k * {fills} * %(pause)s::interval AS at,
        mod(k, 10) < 7 AS is_outside, (mod(k, 977) + 1) * 0.01 AS amount, mod(k, 499) * 0.01 AS fee, 1 + mod(k, 101) * 0.001 AS rate,
        CASE mod(k, 2) WHEN 0 THEN 'Buy' ELSE 'Sell' END AS side, client, 'be' || lpad(to_hex(client), 22, '0') AS account_id, m.market_id, m.type,
        m.quote_asset_id
    FROM (
        SELECT k, CASE WHEN mod(chance, 5) = 0 THEN 1 + mod(chance / 5, {heavy}) ELSE 1 + {heavy} + mod(chance / 5, {ordinary}) END AS client,
            1 + mod(abs(hashint8(k * 7)::bigint), {markets}) AS market
        FROM (SELECT k, abs(hashint8(k)::bigint) AS chance FROM generate_series(%(from)s::bigint, %(to)s::bigint) k) c
    ) c JOIN bench_market m ON m.number = c.market
"""
INTO_ORDERS = """
    INSERT INTO trading_order (id, account_id, user_id, market_id, side, order_type, time_in_force, status, source, requested_amount, filled_amount,
        avg_price, commission_asset_id, commission, commission_in_rat, rule_id, hedge, created_at, updated_at)
    SELECT id, account_id, 'bench-' || client, market_id, side, 'Market', 'Ioc', 'Completed', 'Manual', {fills} * amount, {fills} * amount,
        100 + mod(k, 7919) * 0.01, quote_asset_id, {fills} * fee, {fills} * fee * rate, 'bench', CASE WHEN is_outside THEN 100 ELSE 0 END, at, at
    FROM ({orders}) o
"""
INTO_EXTERNAL = """
    INSERT INTO trading_externalorder (id, order_id, account_id, user_id, market_id, created_at, status, side, order_type, time_in_force,
        requested_amount, filled_amount, avg_price, commission_asset_id, commission, commission_in_rat, session_id, lp_order_id, updated_at)
    SELECT o.id, o.id, account_id, 'bench-' || client, market_id, at, 'Fill', side, 'Market', 'Ioc', {fills} * amount, {fills} * amount,
        100 + mod(k, 7919) * 0.01, quote_asset_id, {fills} * fee, {fills} * fee * rate, s.id, 'lp-' || k, at
    FROM ({orders}) o CROSS JOIN bench_session s WHERE is_outside
"""
INTO_EXECUTIONS = """
    INSERT INTO trading_execution (id, order_id, seq, at, account_id, user_id, market_id, market_type, side, base_amount, lots, price, quote_asset_id,
        rate_to_root, commission_asset_id, commission, commission_in_rat, rule_id, markup_in_rat, maker_price, external_order_id, lp_execution_id)
    SELECT '01B' || lpad((k * {fills} + f)::text, 23, '0'), id, f + 1, at + f * %(pause)s::interval, account_id, 'bench-' || client, market_id, type,
        side, amount, CASE WHEN type <> 'Spot' THEN amount END, 100 + mod(k, 7919) * 0.01, quote_asset_id, rate, quote_asset_id, fee,
        fee * rate, 'bench', mod(k, 89) * 0.001, CASE WHEN is_outside THEN 100 + mod(k, 7919) * 0.01 END, CASE WHEN is_outside THEN id END,
        CASE WHEN is_outside THEN 'lp-' || k || '-' || f END
    FROM ({orders}) o CROSS JOIN generate_series(0, {fills} - 1) f
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE '%%UNIQUE%%'"


def prepare() -> None:
    """The catalogue of the demo without its history, and the clients, in two databases of the same server."""
    name, made = connection.settings_dict["NAME"], f"bench_{SMALL}"
    connections.databases[SMALL] = connections.databases["default"] | {"NAME": made}
    connections.databases[BIG] = dict(connections.databases["default"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [made])
        if cursor.fetchone():
            return
    call_command("migrate", verbosity=0)
    call_command("seed_demo", trades=0, markets=MARKETS)
    with connection.cursor() as cursor:
        cursor.execute(LOADING)
        cursor.execute(ACCOUNTS.format(clients=CLIENTS))
    connection.close()
    given = connection.get_connection_params() | {"dbname": "postgres"}
    given.pop("cursor_factory", None)
    given.pop("context", None)
    with psycopg.connect(**given, autocommit=True) as outside:
        outside.execute(f'CREATE DATABASE {made} TEMPLATE "{name}"')


def use(alias: str) -> None:
    """Everything in this process that asks the database asks this one from now on."""
    connections["default"] = connections[alias]


@contextmanager
def using(alias: str) -> Iterator[None]:
    before = connections["default"]
    use(alias)
    try:
        yield
    finally:
        connections["default"] = before


def fill(alias: str, executions: int, *, with_totals: bool = True) -> None:
    """Nothing, when a run before this one on the same server has done it."""
    use(alias)
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM trading_execution LIMIT 1")
        if cursor.fetchone():
            return
        cursor.execute(LOADING)
        cursor.execute(INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    told(f"{executions:,} executions by INSERT ... SELECT", lambda: _insert(executions))
    with connection.cursor() as cursor:
        told(f"{len(indexes)} indexes", lambda: [cursor.execute(definition) for _, definition in indexes])
        if with_totals:
            told("totals rebuilt from them", rollups.rebuild)
        told("VACUUM ANALYZE", lambda: cursor.execute("VACUUM ANALYZE"))
        for table in (*TABLES, *(rollup.table for rollup in rollups.ROLLUPS)):
            cursor.execute(f"SELECT count(*), pg_size_pretty(pg_table_size('{table}')), pg_size_pretty(pg_indexes_size('{table}')) FROM {table}")
            count, size, indexed = cursor.fetchone()
            print(f"    {table:28} {count:>12,} rows {size:>10}, indexes {indexed:>10}", flush=True)
    connection.close()


def _insert(executions: int) -> None:
    """Two at a time. References and what triggers add up are of no interest here: totals are rebuilt."""
    orders = executions // FILLS
    shares = [(start, min(start + orders // 4, orders) - 1) for start in range(0, orders, max(orders // 4, 1))]
    given = connection.get_connection_params()
    pause = timedelta(days=DAYS) / executions

    def share(bounds: tuple[int, int]) -> None:
        values = {"first": FIRST, "pause": pause, "from": bounds[0], "to": bounds[1]}
        with psycopg.connect(**{**given, "cursor_factory": psycopg.ClientCursor}, autocommit=True) as own:
            own.execute(LOADING)
            own.execute("SET session_replication_role = replica")
            for statement in (INTO_ORDERS, INTO_EXTERNAL, INTO_EXECUTIONS):
                own.execute(worded(statement), values)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(share, shares))


def worded(statement: str) -> str:
    parts = {"fills": FILLS, "heavy": HEAVY, "ordinary": ORDINARY, "markets": MARKETS}
    return statement.format(orders=ORDERS.format(**parts), **parts)


def told(what: str, act: Callable[[], Any]) -> None:
    began = time.perf_counter()
    act()
    print(f"  {what}: {time.perf_counter() - began:.1f} s", flush=True)
