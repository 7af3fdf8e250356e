"""P7: totals against the same sums over all executions, at a million and at ten million of them; and what keeping totals costs whoever writes.

    python -m backoffice.embedded.command --throwaway -- python -m bench.history_totals [--sizes 1000000,10000000] [--clients 20000] [--runs 5]

Executions are made by INSERT ... SELECT over 90 days. A side is one question as the portal and the API ask it, in process with its JSON and its
values; the other the bare SQL that adds the same up from the executions, through psycopg. They take turns; a ratio is that of one run. Figures
count only where both sides come to the same, digit by digit. `measure` alone asks the questions of whatever the database has.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.filters import Filter
from backoffice.contracts.totals import PeriodQuery, RankedQuery, SeriesQuery, TotalsQuery
from backoffice.history import rollups
from backoffice.services import back_api

TARGET, DAYS, BATCH = 20, 90, 5_000
FIRST = datetime(2026, 8, 20, tzinfo=UTC)
OWNER = Actor(kind="system", id="bench", name="bench", door="cli", operations=frozenset({*operations.ALL, operations.WORKER}))
SESSION = "SET statement_timeout = 0; SET jit = off; SET work_mem = '64MB'"
CLIENTS = """
    INSERT INTO accounts_user (id, email, status, version)
    SELECT 'bench-' || n, 'bench-' || n || '@example.com', 'Active', 1 FROM generate_series(1, {clients}) n ON CONFLICT DO NOTHING;
    INSERT INTO accounts_account (id, user_id, name, type, group_id, status, version)
    SELECT 'be' || lpad(to_hex(n), 22, '0'), 'bench-' || n, 'Main', 'Hedging', (SELECT min(id) FROM accounts_accountgroup), 'Active', 1
    FROM generate_series(1, {clients}) n ON CONFLICT DO NOTHING;
"""
# A few trade most; each market as often as any other. The key follows time.
EXECUTIONS = """
    INSERT INTO trading_execution (
        id, order_id, seq, at, account_id, user_id, market_id, market_type, side, base_amount, lots, price, quote_asset_id, rate_to_root,
        commission_asset_id, commission, commission_in_rat, rule_id, markup_in_rat
    )
    SELECT '01B' || lpad(n::text, 23, '0'), '01B' || lpad((n / 1000)::text, 23, '0'), mod(n, 1000) + 1,
        %(first)s::timestamptz + n * %(pause)s::interval, 'be' || lpad(to_hex(client), 22, '0'), 'bench-' || client, m.market_id, m.type,
        CASE mod(n, 2) WHEN 0 THEN 'Buy' ELSE 'Sell' END, (mod(n, 977) + 1) * 0.01, CASE WHEN m.type <> 'Spot' THEN (mod(n, 977) + 1) * 0.01 END,
        100 + mod(n, 7919) * 0.01, m.quote_asset_id, 1 + mod(n, 101) * 0.001, m.quote_asset_id, mod(n, 499) * 0.01,
        mod(n, 499) * 0.01 * (1 + mod(n, 101) * 0.001), 'bench', mod(n, 89) * 0.001
    FROM (
        SELECT n, 1 + floor({clients} * power(hashint8(n)::bigint / 4294967296.0 + 0.5, 2))::int AS client,
            1 + mod(abs(hashint8(n * 7)::bigint), {markets}) AS market
        FROM generate_series(%(from)s, %(to)s) n
    ) g JOIN bench_market m ON m.number = g.market
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'trading_execution' AND indexdef NOT LIKE '%UNIQUE%'"
BY_USER = """
    SELECT user_id, sum(commission_in_rat), sum(base_amount * price * rate_to_root) FROM trading_execution WHERE {period}
    GROUP BY user_id ORDER BY 2 DESC, 1 DESC LIMIT 100
"""
BY_MARKET = """
    SELECT market_id, count(*), sum(base_amount), sum(base_amount * price * rate_to_root), sum(markup_in_rat), sum(commission_in_rat)
    FROM trading_execution WHERE {period} GROUP BY market_id ORDER BY 4 DESC, 1 DESC
"""
BY_ASSET = """
    SELECT a.asset_id, sum(a.amount), sum(a.worth), sum(a.fee)
    FROM trading_execution x JOIN markets_market m USING (market_id) CROSS JOIN LATERAL (VALUES
        (m.base_asset_id, base_amount, base_amount * price * rate_to_root, 0),
        (m.quote_asset_id, base_amount * price, base_amount * price * rate_to_root, 0),
        (commission_asset_id, 0, 0, commission)
    ) a (asset_id, amount, worth, fee) WHERE {period} GROUP BY 1 ORDER BY 1
"""
BILLING = """
    SELECT (SELECT count(*) FROM (
            SELECT account_id FROM trading_execution WHERE {period}
            UNION SELECT account_id FROM (SELECT *, created_at AS at FROM trading_order) o WHERE {period}
            UNION SELECT account_id FROM (SELECT *, created_at AS at FROM transfers_transfer) t WHERE status <> 'Failed' AND {period}
        ) active), sum(base_amount * price * rate_to_root) FILTER (WHERE market_type = 'Spot'), sum(base_amount * price * rate_to_root)
    FROM trading_execution WHERE {period}
"""
BY_DAY = """
    SELECT date_trunc('day', at, 'Europe/Berlin'), market_type, count(*), sum(base_amount * price * rate_to_root), sum(commission_in_rat)
    FROM trading_execution WHERE {period} GROUP BY 1, 2 ORDER BY 1, array_position('{{Spot,Cfd,Perp}}', market_type)
"""


class Question(NamedTuple):
    words: str
    period: tuple[datetime | None, datetime | None]
    sql: str
    ask: Callable[[list[Filter]], list[tuple[Any, ...]]]
    is_targeted: bool = True


def fill(executions: int, *, clients: int, before: int = 0) -> None:
    """Executions from `before` on up to so many, over the same 90 days each time; totals are worked out from them."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        cursor.execute(CLIENTS.format(clients=clients))
        cursor.execute("DROP TABLE IF EXISTS bench_market")
        cursor.execute("CREATE TABLE bench_market AS SELECT row_number() OVER (ORDER BY market_id) AS number, * FROM markets_market")
        cursor.execute("SELECT count(*) FROM bench_market")
        (markets,) = cursor.fetchone()
        cursor.execute(INDEXES)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        # Neither references nor sums of orders are of interest here; totals are rebuilt.
        cursor.execute("SET session_replication_role = replica")
        pause = timedelta(days=DAYS) / (executions - before)
        values = {"first": FIRST - before * pause, "pause": pause, "from": before, "to": executions - 1}
        cursor.execute(EXECUTIONS.format(clients=clients, markets=markets), values)
        cursor.execute("SET session_replication_role = origin")
        for _, definition in indexes:
            cursor.execute(definition)
    seconds = timed(rollups.rebuild)
    print(f"{executions:,} executions, totals rebuilt from them in {seconds:.1f} s")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        for rollup in rollups.ROLLUPS:
            cursor.execute(f"SELECT count(*), pg_size_pretty(pg_total_relation_size('{rollup.table}')) FROM {rollup.table}")
            count, size = cursor.fetchone()
            print(f"  {rollup.table:30} {count:>12,} rows {size:>10}")


def questions() -> list[Question]:
    october = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    odd = datetime(2026, 9, 20, 8, 30, tzinfo=UTC), datetime(2026, 11, 3, 17, tzinfo=UTC)
    ever = None, None
    since = datetime(2000, 1, 1, tzinfo=UTC), None
    return [
        Question("commissions by user, a month, first 100", october, BY_USER, users),
        Question("commissions by user, all time, first 100", ever, BY_USER, users),
        Question("commissions by user, 20 Sep 08:30 - 3 Nov 17:00", odd, BY_USER, users, is_targeted=False),
        Question("commissions by asset, all time", ever, BY_ASSET, assets),
        Question("revenue by market, a month", october, BY_MARKET, revenue),
        Question("revenue by market, all time", since, BY_MARKET, revenue),
        Question("revenue by market, 20 Sep 08:30 - 3 Nov 17:00", odd, BY_MARKET, revenue, is_targeted=False),
        Question("billing, a month", october, BILLING, billing),
        Question("billing, all time", ever, BILLING, billing),
        Question("series by day in Berlin, 60 days", (FIRST, FIRST + timedelta(days=60)), BY_DAY, series),
    ]


def users(filters: list[Filter]) -> list[tuple[Any, ...]]:
    found = back_api().totals.users(OWNER, RankedQuery(filters=filters, limit=100)).items
    return [(row.user_id, row.total_commission_in_rat, row.total_traded_volume_in_rat) for row in found]


def assets(filters: list[Filter]) -> list[tuple[Any, ...]]:
    found = back_api().totals.assets(OWNER, TotalsQuery(filters=filters)).items
    return [(row.asset_id, row.total_asset_amount, row.total_asset_amount_in_rat, row.total_asset_commission) for row in found]


def revenue(filters: list[Filter]) -> list[tuple[Any, ...]]:
    found = back_api().totals.revenue(OWNER, RankedQuery(filters=filters)).items
    return [
        (row.market_id, row.trades_count, row.traded_volume, row.traded_volume_in_rat, row.markup_profit_in_rat, row.commission_profit_in_rat)
        for row in found
    ]


def billing(filters: list[Filter]) -> list[tuple[Any, ...]]:
    found = back_api().totals.billing(OWNER, PeriodQuery(filters=filters))
    return [(found.active_accounts, found.traded_volume_spot_in_rat, found.traded_volume_total_in_rat)]


def series(filters: list[Filter]) -> list[tuple[Any, ...]]:
    ends = {name: datetime.fromisoformat(end) for name, end in filters[0].value.items()}
    found = back_api().totals.series(OWNER, SeriesQuery(from_=ends["from"], to=ends["to"], zone="Europe/Berlin"))
    return [(point.start, point.market_type, point.trades, point.volume_in_rat, point.commission_in_rat) for point in found if point.trades]


def measure(runs: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
    for asked in questions():
        turns = [turn(asked) for _ in range(runs)]
        raw, kept = [one for one, _ in turns], [other for _, other in turns]
        shown(f"{asked.words}: ms of the bare aggregate", [1_000 * one for one in raw], digits=1)
        shown(f"{asked.words}: ms of totals", [1_000 * one for one in kept], digits=1)
        shown("ratio", [one / other for one, other in turns], digits=1, target=f">= {TARGET}" if asked.is_targeted else "")


def turn(asked: Question) -> tuple[float, float]:
    """Seconds of the bare aggregate and of the totals, which come to the same."""
    given = {name: end.isoformat() for name, end in zip(("from", "to"), asked.period, strict=True) if end is not None}
    filters = [Filter(entry_type="Range", field="createdAt", value=given)] if given else []
    sides: dict[str, Any] = {}
    raw = timed(lambda: sides.update(raw=bare(asked)))
    kept = timed(lambda: sides.update(kept=asked.ask(filters)))
    if [tuple(map(plain, row)) for row in sides["raw"]] != [tuple(map(plain, row)) for row in sides["kept"]]:
        raise SystemExit(f"{asked.words}: the two sides do not come to the same, so these figures count for nothing")
    return raw, kept


def bare(asked: Question) -> list[tuple[Any, ...]]:
    start, end = asked.period
    with connection.cursor() as cursor:
        period = " AND ".join(f"at {sign} %s" for sign, at in ((">=", start), ("<", end)) if at is not None) or "true"
        cursor.execute(asked.sql.format(period=period), [at for at in asked.period if at is not None] * asked.sql.count("{period}"))
        return cursor.fetchall()


def upkeep(clients: int, runs: int) -> None:
    """Writing with and without the triggers of totals, and the fold of what they left, in microseconds an execution."""
    with connection.cursor() as cursor:
        cursor.execute(SESSION)
        cursor.execute("SELECT count(*), coalesce(max(right(id, 23)::bigint), 0) + 1 FROM trading_execution")
        (count, number), spent = cursor.fetchone(), {"without": [], "with": [], "fold": []}  # type: ignore[var-annotated]
        cursor.execute("SELECT count(*) FROM bench_market")
        sql = EXECUTIONS.format(clients=clients, markets=cursor.fetchone()[0])
        cursor.execute("ALTER TABLE trading_execution DISABLE TRIGGER ALL")
        for _ in range(runs):
            for side in ("without", "with"):
                cursor.execute(f"ALTER TABLE trading_execution {'ENABLE' if side == 'with' else 'DISABLE'} TRIGGER count_executions")
                values = {"first": FIRST, "pause": timedelta(days=DAYS) / (number + BATCH), "from": number, "to": number + BATCH - 1}
                spent[side].append(1e6 * timed(lambda values=values: cursor.execute(sql, values)) / BATCH)
                number += BATCH
            spent["fold"].append(1e6 * timed(rollups.fold) / BATCH)
        cursor.execute("ALTER TABLE trading_execution ENABLE TRIGGER ALL")
    for side, words in (("without", "writing without totals"), ("with", "writing with their deltas"), ("fold", "folding them")):
        shown(f"us an execution, {words} ({count:,} there)", spent[side], digits=1)


def plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value


def timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def shown(what: str, found: list[float], *, digits: int = 0, target: str = "") -> None:
    low, middle, high = min(found), statistics.median(found), max(found)
    print(f"{what:78} {low:10,.{digits}f} {middle:10,.{digits}f} {high:10,.{digits}f}   {target}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1000000,10000000")
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {asked.runs} runs; fastest, median and slowest")
    call_command("migrate", verbosity=0)
    call_command("seed_demo", trades=0, markets=100)
    for size in map(int, asked.sizes.split(",")):
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE trading_execution, trading_order, trading_orderfills CASCADE")
        fill(size, clients=asked.clients)
        measure(asked.runs)
        upkeep(asked.clients, asked.runs)


if __name__ == "__main__":
    main()
