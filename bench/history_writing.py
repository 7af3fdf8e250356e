"""Executions a second by COPY into the smaller database: with the triggers that keep sums of orders and totals, with one of them, with none.

The totals do not hold afterwards: this part comes last.
"""

import argparse
import time
from itertools import count

from django.db import connection, transaction

from backoffice.core import copying
from backoffice.history import rollups
from backoffice.trading.writing import EXECUTION
from bench.history_load import FILLS, LOADING, SMALL, use
from bench.transfers_shown import Shown

BATCH = 20_000
TRIGGERS = {"no trigger of either": (), "sums of orders": ("add_fills",), "sums of orders and deltas": ("add_fills", "count_executions")}
SOME = f"""
    SELECT order_id, at, account_id, user_id, market_id, market_type, side, quote_asset_id FROM trading_execution
    WHERE seq = 1 ORDER BY id DESC OFFSET %s LIMIT {BATCH // FILLS}
"""
NUMBERS = count()


def measure(shown: Shown, asked: argparse.Namespace) -> None:
    use(SMALL)
    with connection.cursor() as cursor:
        # What a run before this one has left.
        cursor.execute(
            f"{LOADING}; SET session_replication_role = replica; DELETE FROM trading_execution WHERE id >= '01C'; RESET session_replication_role"
        )
    shown.head(f"executions a second by COPY in transactions of {BATCH:,}, beside a million; then microseconds an execution of the fold")
    for _ in range(asked.runs):
        found = {name: _copied(triggers) for name, triggers in TRIGGERS.items()}
        for name, rate in found.items():
            shown.add(name, rate)
        _fold(shown)
        bare = found["no trigger of either"]
        shown.ratio("sums of orders / none", found["sums of orders"], bare)
        shown.ratio("sums of orders and deltas / none", found["sums of orders and deltas"], bare)
    shown.print(digits=1)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trading_execution ENABLE TRIGGER add_fills, ENABLE TRIGGER count_executions")
    connection.close()


def _fold(shown: Shown) -> None:
    began = time.perf_counter()
    folded = rollups.fold()
    shown.add("fold, us an execution", 1e6 * (time.perf_counter() - began) / folded)


def _copied(triggers: tuple[str, ...]) -> float:
    with connection.cursor() as cursor:
        for name in TRIGGERS["sums of orders and deltas"]:
            cursor.execute(f"ALTER TABLE trading_execution {'ENABLE' if name in triggers else 'DISABLE'} TRIGGER {name}")
        turn = next(NUMBERS)
        cursor.execute(SOME, [turn * BATCH // FILLS])
        lines = [_line(turn, number, *row) for number, row in enumerate(row for row in cursor.fetchall() for _ in range(FILLS))]
    began = time.perf_counter()
    with transaction.atomic():
        copying.copy("trading_execution", EXECUTION, lines)
    return BATCH / (time.perf_counter() - began)


def _line(turn: int, number: int, order: str, at: object, account: str, user: str, market: str, kind: str, side: str, asset: str) -> str:
    lots = copying.NULL if kind == "Spot" else "0.25"
    key, seq = f"01C{turn:08}{number:015}", FILLS + 1 + number % FILLS
    values = [key, order, seq, at, account, user, market, kind, side, "0.25", lots, "101.5", asset, "1.01", asset, "0.3", "0.303", "bench", "0.01"]
    values += ["101.4", *[copying.NULL] * 4, "Trader"]
    return "\t".join(map(str, values)) + "\n"
