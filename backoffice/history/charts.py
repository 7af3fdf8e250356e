"""The hosted Charts: candles of the markets, and executions gathered by candle."""

from datetime import UTC
from typing import Any, BinaryIO

from django.db import connection

from backoffice.contracts.actor import Actor
from backoffice.contracts.charts import MARKED_MOST, Candle, CandleQuery, Mark, Marks
from backoffice.core import audit, costs
from backoffice.markets import charts as prices

MARKS = """
    SELECT {bucket} AS start, side, count(*), sum(base_amount), trim_scale(round(sum(base_amount * price) / sum(base_amount), 18))
    FROM (
        SELECT at, side, base_amount, price FROM trading_execution
        WHERE market_id = %s AND at >= %s AND at < %s {whose} ORDER BY at DESC LIMIT %s
    ) e
    GROUP BY 1, 2 ORDER BY 1, 2
"""
ADVICE = "Ask for a shorter range, or for one account."


def candles(actor: Actor, query: CandleQuery) -> list[Candle]:  # noqa: ARG001  verbs are told who asks
    return prices.candles(query)


def file(actor: Actor, query: CandleQuery) -> tuple[str, BinaryIO]:
    name, content, rows = prices.file(query)
    audit.read(actor, "charts.file", "market", query.market_id, rows, {"name": name})
    return name, content


def marks(actor: Actor, query: CandleQuery, *, account_id: str | None = None) -> Marks:  # noqa: ARG001  verbs are told who asks
    asked = prices.stretch(query)
    sql = MARKS.format(bucket=prices.bucket(query.interval, "at"), whose="AND account_id = %s" if account_id else "")
    values: tuple[Any, ...] = (query.market_id, asked.start, asked.end, *([account_id] if account_id else []), MARKED_MOST)
    with costs.bounded(ADVICE), connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = [_mark(row) for row in cursor]
    return Marks(items=found, is_exceeded=sum(one.executions for one in found) == MARKED_MOST)


def _mark(row: tuple[Any, ...]) -> Mark:
    start, side, executions, base_amount, price = row
    return Mark(start=start.astimezone(UTC), side=side, executions=executions, base_amount=base_amount, price=price)
