"""Totals that are kept up as records come: a trigger writes a delta beside each record, a fold moves deltas on into the totals.

Readers add both up, so that whatever they see is exact; writers never wait, neither for one another nor for a fold.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from django.db import Error, connection, transaction

from backoffice.history.cover import Unit

LOCK = 4_217_021
BATCH = 50_000
LONGEST = "10min"
WORK_MEM = "64MB"
EVER = "'1970-01-01T00:00Z'::timestamptz"

START: dict[Unit, str] = {
    "Quarter": "date_bin('15 minutes', r.at, '2000-01-01T00:00Z')",
    "Day": "date_trunc('day', r.at, 'UTC')",
    "Month": "date_trunc('month', r.at, 'UTC')",
    "Ever": EVER,
}
# Records as the totals count them, which deltas are a copy of.
EXECUTIONS = """
    SELECT x.at, x.account_id, x.market_id, x.market_type, x.commission_asset_id, 0 AS orders, 1 AS trades, x.base_amount,
        x.base_amount * x.price AS quote_amount, x.base_amount * x.price * x.rate_to_root AS volume_in_rat, x.commission, x.commission_in_rat,
        x.markup_in_rat, x.side
    FROM trading_execution x
"""
ORDERS = """
    SELECT x.created_at AS at, x.account_id, x.market_id, x.market_type, NULL::varchar AS commission_asset_id, 1 AS orders, 0 AS trades,
        0::numeric AS base_amount, 0::numeric AS quote_amount, 0::numeric AS volume_in_rat, 0::numeric AS commission, 0::numeric AS commission_in_rat,
        0::numeric AS markup_in_rat, x.side
    FROM trading_order x
"""
# What an execution does in up to three assets.
IN_ASSETS = """
    CROSS JOIN LATERAL (SELECT m.base_asset_id, m.quote_asset_id FROM markets_market m WHERE m.market_id = r.market_id) m
    CROSS JOIN LATERAL (VALUES
        (m.base_asset_id, r.base_amount, r.volume_in_rat, 0, 0),
        (m.quote_asset_id, r.quote_amount, r.volume_in_rat, 0, 0),
        (r.commission_asset_id, 0, 0, r.commission, r.commission_in_rat)
    ) a (asset_id, amount, amount_in_rat, commission, commission_in_rat)
"""


class Rollup(NamedTuple):
    """`sums` names each figure with what one record, r, adds to it; `joined` and `only` say what else of a record is needed."""

    table: str
    units: tuple[Unit, ...]
    keys: dict[str, str]
    sums: dict[str, str]
    counts_orders: bool
    joined: str = ""
    only: str = "true"

    @property
    def records(self) -> str:
        return f"{EXECUTIONS} UNION ALL {ORDERS}" if self.counts_orders else EXECUTIONS


def _same(*names: str) -> dict[str, str]:
    return {name: f"r.{name}" for name in names}


ACCOUNTS = Rollup(
    table="history_accounttotal",
    units=("Month", "Ever"),
    keys=_same("account_id", "market_type"),
    sums=_same("orders", "trades", "volume_in_rat", "commission_in_rat", "markup_in_rat"),
    counts_orders=True,
)
ACCOUNT_ASSETS = Rollup(
    table="history_accountassettotal",
    units=("Month",),
    keys={"account_id": "r.account_id", "asset_id": "a.asset_id"},
    sums={"parts": "1", **{name: f"a.{name}" for name in ("amount", "amount_in_rat", "commission", "commission_in_rat")}},
    counts_orders=False,
    joined=IN_ASSETS,
    only="r.trades > 0 AND (a.amount > 0 OR a.commission > 0)",
)
MARKETS = Rollup(
    table="history_markettotal",
    units=("Day", "Month"),
    keys=_same("market_id", "commission_asset_id"),
    sums=_same("trades", "base_amount", "quote_amount", "volume_in_rat", "commission", "commission_in_rat", "markup_in_rat"),
    counts_orders=False,
    only="r.trades > 0",
)
TYPES = Rollup(
    table="history_typetotal",
    units=("Quarter",),
    keys=_same("market_type"),
    sums=_same("orders", "trades", "volume_in_rat", "commission_in_rat", "markup_in_rat"),
    counts_orders=True,
)
ROLLUPS = (ACCOUNTS, ACCOUNT_ASSETS, MARKETS, TYPES)


def _added(rollup: Rollup, records: str) -> str:
    """The statement that adds records to the totals of every unit."""
    units = ", ".join(f"('{unit}', {START[unit]})" for unit in rollup.units)
    keys, sums = ", ".join(rollup.keys.values()), ", ".join(f"sum({figure})" for figure in rollup.sums.values())
    kept = ", ".join(f"{name} = known.{name} + EXCLUDED.{name}" for name in rollup.sums)
    return f"""
        INSERT INTO {rollup.table} AS known (unit, start, {", ".join(rollup.keys)}, {", ".join(rollup.sums)})
        SELECT u.unit, u.start, {keys}, {sums}
        FROM ({records}) r {rollup.joined} CROSS JOIN LATERAL (VALUES {units}) u (unit, start)
        WHERE {rollup.only} GROUP BY u.unit, u.start, {keys}
        ON CONFLICT (unit, start, {", ".join(rollup.keys)}) DO UPDATE SET {kept}
    """  # noqa: S608  texts of ours only


FOLD = f"""
    WITH folded AS MATERIALIZED (
        DELETE FROM history_delta WHERE ctid = ANY (ARRAY (SELECT ctid FROM history_delta LIMIT %s)) RETURNING *
    ), {", ".join(f"into_{rollup.table} AS ({_added(rollup, 'SELECT * FROM folded')})" for rollup in ROLLUPS)}
    SELECT count(*) FROM folded
"""  # noqa: S608  texts of ours only
FORGET = "; ".join(f"DELETE FROM {table}" for table in ("history_delta", *(rollup.table for rollup in ROLLUPS)))  # noqa: S608  texts of ours only


def fold() -> int:
    """Everything that waits, a batch in a transaction; nothing while somebody else is at it. A fold that dies has done nothing."""
    folded = 0
    while found := _fold_batch():
        folded += found
        if found < BATCH:
            break
    return folded


def rebuild() -> None:
    """In one snapshot: the deltas of whoever commits meanwhile stay, and are not in the records that are summed up."""
    with _turn(), transaction.atomic(), connection.cursor() as cursor:
        # Only a test is in a transaction already; nobody else writes then.
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute(f"SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '{WORK_MEM}'")
        cursor.execute(FORGET)
        for rollup in ROLLUPS:
            cursor.execute(_added(rollup, rollup.records))


def _fold_batch() -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST}'; SET LOCAL work_mem = '{WORK_MEM}'")
        cursor.execute(FOLD, [BATCH])
        return int(cursor.fetchone()[0])


@contextmanager
def _turn() -> Iterator[None]:
    """Of the session and not of a transaction: the snapshot must not be older than the turn, or it would miss the fold before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        # A connection that broke has given it back by breaking.
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
