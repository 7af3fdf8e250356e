"""Sums over a period as a query of parts: totals of whole units, deltas not folded into them yet, and records at the edges."""

from collections.abc import Sequence
from datetime import datetime

from backoffice.core import reach
from backoffice.history.asked import Asked, Sql, joined, within
from backoffice.history.cover import Part, Period, cover
from backoffice.history.rollups import EXECUTIONS, ORDERS, Rollup

# What a record is told apart by, beyond what a rollup keeps.
OF_RECORDS = ("at", "account_id", "market_id", "market_type", "commission_asset_id", "side")


def parts(rollups: Sequence[Rollup], asked: Asked, now: datetime, *, with_orders: bool = False) -> tuple[Rollup, Sql]:
    """Rows to be added up, with the keys and sums of the first rollup that knows enough; if none does, out of records alone.

    Only `with_orders` is the sum of orders the whole of it: who asks for trades does not have orders read.
    """
    needed = reach.limited_to()
    for rollup in rollups:
        if asked.is_answered_by(rollup.keys) and needed <= rollup.keys.keys():
            return rollup, _united(rollup, asked, cover(asked.period, rollup.units, now), with_orders=with_orders)
    return rollups[0], _united(rollups[0], asked, [Part(None, asked.period)], with_orders=with_orders)


def _united(rollup: Rollup, asked: Asked, found: Sequence[Part], *, with_orders: bool) -> Sql:
    whole = [part for part in found if part.unit is not None]
    # Each of its own: out of a union within a union the planner cannot drop what nobody asks for.
    records = (EXECUTIONS, ORDERS) if with_orders and rollup.counts_orders else (EXECUTIONS,)
    arms = [_totals(rollup, asked, part) for part in whole]
    arms += [_records(rollup, asked, part, kind) for part in found if part.unit is None for kind in records]
    if whole:
        arms.append(_deltas(rollup, asked, _hull(whole)))
    return Sql(" UNION ALL ".join(arm.text for arm in arms), tuple(value for arm in arms for value in arm.values))


def _hull(whole: Sequence[Part]) -> Period:
    """Whole units lie side by side."""
    starts, ends = [part.period.start for part in whole], [part.period.end for part in whole]
    return Period(
        None if None in starts else min(start for start in starts if start is not None),
        None if None in ends else max(end for end in ends if end is not None),
    )


def _totals(rollup: Rollup, asked: Asked, part: Part) -> Sql:
    columns = ", ".join(f"r.{name}" for name in (*rollup.keys, *rollup.sums))
    condition = asked.condition(rollup.keys)
    time = within("r.start", part.period)
    sql = f"SELECT r.start AS at, {columns} FROM {rollup.table} r WHERE r.unit = '{part.unit}' AND {time.sql} AND {condition.text}"  # noqa: S608  texts of ours only
    return Sql(sql, (*time.values, *condition.values))


def _deltas(rollup: Rollup, asked: Asked, period: Period) -> Sql:
    return _counted(rollup, asked, Part(None, period), "(SELECT * FROM history_delta) r", [name for name in OF_RECORDS if name != "side"])


def _records(rollup: Rollup, asked: Asked, part: Part, records: str) -> Sql:
    return _counted(rollup, asked, part, f"({records}) r", OF_RECORDS)


def _counted(rollup: Rollup, asked: Asked, part: Part, records: str, known: Sequence[str]) -> Sql:
    """What each record adds, or takes off."""
    minus = "-" if part.sign < 0 else ""
    values = {name: f"r.{name}" for name in known} | rollup.keys | {name: f"{minus}{value}" for name, value in rollup.sums.items()}
    selected = ", ".join(f"{value} AS {name}" for name, value in values.items())
    columns = ", ".join(f"r.{name}" for name in ("at", *rollup.keys, *rollup.sums))
    time = joined([within("r.at", part.period), *asked.moments])
    condition = asked.condition((*known, *rollup.keys))
    sql = f"""
        SELECT {columns} FROM (SELECT {selected} FROM {records} {rollup.joined} WHERE {rollup.only} AND {time.text}) r WHERE {condition.text}
    """  # noqa: S608  texts of ours only
    return Sql(sql, (*time.values, *condition.values))
