"""Candles as they are asked for: minutes and hours as they are stored, longer stretches added up from them."""

from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple, cast

from django.db import connection

from backoffice.contracts import intervals
from backoffice.contracts.charts import Candle, CandleQuery
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.intervals import CandleInterval
from backoffice.markets.models import Market

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
IN_MEMORY = 1 << 20
CANDLES = """
    SELECT {bucket} AS start, (array_agg(open ORDER BY start))[1] AS open, max(high) AS high, min(low) AS low,
        (array_agg(close ORDER BY start DESC))[1] AS close
    FROM markets_candle WHERE market_id = %s AND interval = %s AND start >= %s AND start < %s
    GROUP BY 1 ORDER BY 1
"""
STORED = (
    "SELECT start, open, high, low, close FROM markets_candle WHERE market_id = %s AND interval = %s AND start >= %s AND start < %s ORDER BY start"
)
FILE = """
    COPY (SELECT to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS start, open, high, low, close FROM ({candles}) c)
    TO STDOUT (FORMAT csv, HEADER)
"""


class Stretch(NamedTuple):
    """From the beginning of the first candle to the end of the last, without it."""

    start: datetime
    end: datetime


def candles(query: CandleQuery) -> list[Candle]:
    """Refuses: NotFound, Invalid."""
    sql, values = _asked(query)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [Candle(start=start.astimezone(UTC), open=open, high=high, low=low, close=close) for start, open, high, low, close in cursor]


def file(query: CandleQuery) -> tuple[str, BinaryIO, int]:
    """Its name, and how many candles it has.

    The database writes the lines; past a megabyte they lie on the disk, in a file that goes when it is closed. Refuses: NotFound, Invalid.
    """
    sql, values = _asked(query)
    content = cast(BinaryIO, SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  whoever sends it closes it
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(FILE.format(candles=sql), values) as lines:
        count = -1
        for block in lines:
            count += bytes(block).count(b"\n")
            content.write(block)
    content.seek(0)
    return f"{query.market_id}-{query.interval}-{query.date_from:%Y%m%d}-{query.date_to:%Y%m%d}.csv", content, max(count, 0)


def stretch(query: CandleQuery) -> Stretch:
    """What the candles asked for span. Refuses: NotFound, Invalid."""
    fault = _fault(query)
    if fault:
        raise Invalid("The range is not valid.", fields={fault[0]: [fault[1]]})
    if not Market.objects.filter(pk=query.market_id).exists():
        raise NotFound(f"There is no market {query.market_id}.")
    return Stretch(intervals.first_from(query.interval, query.date_from), intervals.first_from(query.interval, query.date_to))


def bucket(interval: CandleInterval, column: str) -> str:
    """SQL for the beginning of the stretch that a time lies in."""
    if interval == "1mo":
        return f"date_trunc('month', {column}, 'UTC')"
    minutes = intervals.LENGTHS[interval] // intervals.MINUTE
    return f"date_bin('{minutes} minutes', {column}, '{intervals.ORIGIN.isoformat()}')"


def _asked(query: CandleQuery) -> tuple[str, tuple[Any, ...]]:
    asked = stretch(query)
    stored = "1m" if intervals.LENGTHS.get(query.interval, intervals.DAY) < intervals.HOUR else "1h"
    sql = STORED if stored == query.interval else CANDLES.format(bucket=bucket(query.interval, "start"))
    return sql, (query.market_id, stored, asked.start, asked.end)


def _fault(query: CandleQuery) -> tuple[str, str] | None:
    if not EARLIEST <= query.date_from < LATEST:
        return "dateFrom", "is too far away"
    if not EARLIEST <= query.date_to < LATEST:
        return "dateTo", "is too far away"
    if query.date_to <= query.date_from:
        return "dateTo", "must be after dateFrom"
    most = intervals.depth(query.interval)
    if query.date_to - query.date_from > most:
        return "dateTo", f"must be within {most.days:,} days of dateFrom for candles of {query.interval}"
    return None
