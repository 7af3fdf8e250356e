"""What the valid rows of a file would change, as SQL over the staged rows and the markets of the moment."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from backoffice.contracts.market_files import RowAction
from backoffice.markets.fields import WIRE, MarketFields
from backoffice.markets.files.columns import COLUMNS, SESSIONS
from backoffice.markets.files.header import IDENTITY
from backoffice.markets.models import MarketFileRow

ALL: tuple[str, ...] = MarketFields.__struct_fields__
LINKED = {"trading_session_ids": "trading", "market_data_session_ids": "market_data"}

# s: the sessions of each market, by kind.
SESSIONS_OF_MARKETS = """
    LEFT JOIN (
        SELECT ms.market_id,
            coalesce(array_agg(ms.session_id ORDER BY ms.session_id) FILTER (WHERE l.kind = 'Trading'), '{}') AS trading,
            coalesce(array_agg(ms.session_id ORDER BY ms.session_id) FILTER (WHERE l.kind = 'MarketData'), '{}') AS market_data
        FROM markets_marketsession ms JOIN markets_liquiditysession l ON l.id = ms.session_id
        GROUP BY ms.market_id
    ) s ON s.market_id = m.market_id
"""
# r: a staged row, m: the market it is about.
COMPARED = f"""
    FROM markets_marketfilerow r
    LEFT JOIN markets_market m ON m.market_id = r.market_id
    {SESSIONS_OF_MARKETS}
"""


def compared(fields: Iterable[str]) -> tuple[str, ...]:
    """What a file with these columns can change on a market that exists. Taking the calendar away changes the status too."""
    given = set(fields)
    return tuple(name for name in ALL if name not in IDENTITY and (name in given or (name == "status" and "calendar_id" in given)))


def now(field: str) -> str:
    """SQL of what the market has."""
    return f"coalesce(s.{LINKED[field]}, '{{}}')" if field in LINKED else f"m.{field}"


def wanted(field: str) -> str:
    return f"r.{field}"


def differs(fields: Sequence[str]) -> str:
    if not fields:
        return "false"
    return f"(({', '.join(map(now, fields))}) IS DISTINCT FROM ({', '.join(map(wanted, fields))}))"


def action(fields: Sequence[str]) -> str:
    return (
        f"CASE WHEN NOT r.is_valid THEN 'Invalid' WHEN m.market_id IS NULL THEN 'Created' WHEN {differs(fields)} THEN 'Updated' ELSE 'Unchanged' END"
    )


def counts(file_id: UUID, fields: Sequence[str]) -> dict[RowAction, int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {action(fields)} AS action, count(*) {COMPARED} WHERE r.file_id = %s GROUP BY 1", [file_id])
        return dict(cursor.fetchall())


def invalid(file_id: UUID) -> dict[RowAction, int]:
    return {"Invalid": MarketFileRow.objects.filter(file_id=file_id, is_valid=False).count()}


def as_text(field: str, expression: str) -> str:
    """SQL of a value as the audit trail keeps it: JSON text, or NULL."""
    if field in SESSIONS:
        return f"to_json(nullif(array_to_string({expression}, ', '), ''))::text"
    kind = COLUMNS[field].kind
    if kind == "flag":
        return f"CASE {expression} WHEN true THEN '\"true\"' WHEN false THEN '\"false\"' END"
    if kind in ("amount", "whole"):
        return f"'\"' || {expression} || '\"'"
    return f"to_json({expression})::text"


def state(fields: Sequence[str], side: Any, *, only_differing: bool) -> str:
    """SQL of a JSON object by wire name: fields that differ, empty ones as null; or all fields that are not empty."""
    parts = []
    for field in fields:
        text = as_text(field, side(field))
        key = f"'\"{WIRE[field]}\":'"
        if only_differing:
            parts.append(f"CASE WHEN {now(field)} IS DISTINCT FROM {wanted(field)} THEN {key} || coalesce({text}, 'null') END")
        else:
            parts.append(f"{key} || {text}")
    return f"('{{' || concat_ws(',', {', '.join(parts)}) || '}}')::jsonb"
