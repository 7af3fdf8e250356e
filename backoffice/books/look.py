"""One look at the books: every invariant and the totals of every asset, all of the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from backoffice.books import invariants
from backoffice.books.invariants import Invariant
from backoffice.contracts.books import MOST_EXAMPLES, AssetTotals, CheckedInvariant, Violation

LONGEST_STATEMENT = "30min"
# Room for the hashes of a large ledger; without it they go through the disk.
WORK_MEM = "64MB"
VIOLATIONS = f"SELECT count(*) OVER (), object_type, object_id, detail FROM ({{}}) found ORDER BY object_id, detail LIMIT {MOST_EXAMPLES}"  # noqa: S608  texts of ours only
TOTALS = """
WITH clients AS (SELECT asset_id, trim_scale(sum(total)) AS total, trim_scale(sum(locked)) AS locked FROM ledger_balance GROUP BY asset_id),
entries AS (
    SELECT asset_id, CASE WHEN account_id LIKE '%:%' THEN split_part(account_id, ':', 1) END AS house,
        count(*) AS count, trim_scale(sum(amount)) AS total
    FROM ledger_entry GROUP BY 1, 2
), house AS (
    SELECT asset_id, sum(count)::bigint AS count, sum(total) FILTER (WHERE house = 'external') AS external,
        sum(total) FILTER (WHERE house = 'fees') AS fees, sum(total) FILTER (WHERE house = 'suspense') AS suspense,
        sum(total) FILTER (WHERE house = 'trading') AS trading
    FROM entries GROUP BY asset_id
)
SELECT asset_id, coalesce(clients.total, 0), coalesce(locked, 0),
    coalesce(external, 0), coalesce(fees, 0), coalesce(suspense, 0), coalesce(trading, 0), coalesce(count, 0)
FROM clients FULL JOIN house USING (asset_id) ORDER BY asset_id
"""


class Look(NamedTuple):
    at: datetime
    entries_count: int
    totals: list[AssetTotals]
    invariants: list[CheckedInvariant]

    @property
    def violated(self) -> list[CheckedInvariant]:
        return [checked for checked in self.invariants if checked.count]

    @property
    def is_green(self) -> bool:
        return all(checked.severity == "warning" for checked in self.violated)


def look() -> Look:
    """Waits for nobody who writes and lets nobody wait."""
    with _one_moment() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (at,) = cursor.fetchone()
        counts, totals = _totals(cursor)
        return Look(at, sum(counts), totals, [_check(cursor, invariant) for invariant in invariants.every()])


@contextmanager
def _one_moment() -> Iterator[CursorWrapper]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        # Only a test is in a transaction already; what it did and nobody else sees is then what the look is at.
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(f"SET LOCAL statement_timeout = '{LONGEST_STATEMENT}'; SET LOCAL work_mem = '{WORK_MEM}'")
        # All of everything is read: where a wrong estimate leads to a loop over an index, a hash takes a third of the time.
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor


def _check(cursor: CursorWrapper, invariant: Invariant) -> CheckedInvariant:
    cursor.execute(VIOLATIONS.format(invariant.sql))
    found = cursor.fetchall()
    return CheckedInvariant(
        id=invariant.id,
        words=invariant.words,
        severity=invariant.severity,
        count=found[0][0] if found else 0,
        examples=[Violation(object_type=kind, object_id=object_id, detail=detail) for _, kind, object_id, detail in found],
    )


def _totals(cursor: CursorWrapper) -> tuple[list[int], list[AssetTotals]]:
    cursor.execute(TOTALS)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [row[-1] for row in rows], [_of_asset(*row[:-1]) for row in rows]


def _of_asset(asset_id: str, *figures: Decimal) -> AssetTotals:
    clients, locked, external, fees, suspense, trading = figures
    return AssetTotals(asset_id=asset_id, clients=clients, locked=locked, external=external, fees=fees, suspense=suspense, trading=trading)
