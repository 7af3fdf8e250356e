"""Undo of an applied file, from the trail it left: every field it changed goes back, what it created goes away. All of it or nothing."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict
from backoffice.markets import references, rows, rules
from backoffice.markets.fields import WIRE
from backoffice.markets.files import claims, diff
from backoffice.markets.files.columns import COLUMNS, SESSIONS
from backoffice.markets.files.header import IDENTITY
from backoffice.markets.models import Market, MarketFile

NAMED = 100
FIELDS = tuple(name for name in diff.ALL if name not in IDENTITY)
# c: a change that the file made, m and s: its market now.
CHANGES = f"""
    FROM core_auditchange c
    JOIN markets_market m ON m.market_id = c.object_id
    {diff.SESSIONS_OF_MARKETS}
    WHERE c.record_id = %(record)s AND c.object_type = 'market'
"""


def undo(actor: Actor, file: MarketFile) -> None:
    """`file` is locked, and `actor.record` is the undo's own. Refuses: Conflict (`fields` names each market and why)."""
    claims.patient()
    values = {"record": file.audit_record_id, "undo": actor.record, "moment": timezone.now()}
    _lock(values)
    _refuse(_edited(values) | _gone(values) | _created_edited(values) | _listed(values) | _names_taken(values))
    try:
        with transaction.atomic():
            _execute(RECORD, values)
            _delete_markets(values)
            _restore(values)
            _refuse(_no_longer_right(values))
            _delete_assets(values)
    except IntegrityError as error:
        raise Conflict(f"It cannot be undone: what it would restore breaks a rule by now ({_constraint(error)}).", code="undo_refused") from error
    MarketFile.objects.filter(pk=file.pk).update(stage="Undone", stage_reason=None, updated_at=Now())


def _execute(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _refuse(found: dict[str, list[str]]) -> None:
    if found:
        shown = dict(list(found.items())[:NAMED])
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise Conflict(
            f"It cannot be undone because of {', '.join(list(found)[:5])}{more or (' and others' if len(found) > 5 else '')}.",
            code="undo_refused",
            fields=shown,
        )


def _lock(values: dict[str, Any]) -> None:
    _execute(
        """
        SELECT count(*) FROM (
            SELECT 1 FROM core_auditchange c JOIN markets_market m ON m.market_id = c.object_id
            WHERE c.record_id = %(record)s AND c.object_type = 'market' ORDER BY m.market_id FOR UPDATE OF m
        ) locked
        """,
        values,
    )


def _edited(values: dict[str, Any]) -> dict[str, list[str]]:
    """Markets where a field that the file set is no longer what it was set to."""
    since = ", ".join(
        f"CASE WHEN c.after ? '{WIRE[name]}' AND {_text(name)} IS DISTINCT FROM c.after->>'{WIRE[name]}' THEN '{WIRE[name]}' END" for name in FIELDS
    )
    found = _execute(
        f"SELECT * FROM (SELECT m.market_id, concat_ws(', ', {since}) AS names {CHANGES} AND c.before <> '{{}}') e WHERE names <> ''",  # noqa: S608  texts of ours only
        values,
    )
    return {market_id: [f"was edited since: {names}"] for market_id, names in found}


def _gone(values: dict[str, Any]) -> dict[str, list[str]]:
    statement = """
        SELECT c.object_id FROM core_auditchange c
        WHERE c.record_id = %(record)s AND c.object_type = 'market' AND NOT EXISTS (SELECT FROM markets_market m WHERE m.market_id = c.object_id)
    """
    return {market_id: ["is gone since"] for (market_id,) in _execute(statement, values)}


def _created_edited(values: dict[str, Any]) -> dict[str, list[str]]:
    found = _execute("SELECT m.market_id " + CHANGES + " AND c.before = '{}' AND m.version > 1", values)
    return {market_id: ["was created by the file and edited since"] for (market_id,) in found}


def _listed(values: dict[str, Any]) -> dict[str, list[str]]:
    statement = """
        SELECT m.market_id, string_agg(g.name, ', ' ORDER BY g.name)
        FROM core_auditchange c JOIN markets_market m ON m.market_id = c.object_id
        JOIN markets_categorymarket cm ON cm.market_id = m.market_id JOIN markets_marketcategory g ON g.id = cm.category_id
        WHERE c.record_id = %(record)s AND c.object_type = 'market' AND c.before = '{}' GROUP BY m.market_id
    """
    return {market_id: [f"was created by the file and is listed since in {names}"] for market_id, names in _execute(statement, values)}


def _names_taken(values: dict[str, Any]) -> dict[str, list[str]]:
    statement = """
        SELECT c.object_id, o.market_id FROM core_auditchange c
        JOIN markets_market o ON o.display_name = c.before->>'displayName' AND o.market_id <> c.object_id
        WHERE c.record_id = %(record)s AND c.object_type = 'market' AND NOT EXISTS (
            SELECT FROM core_auditchange own WHERE own.record_id = c.record_id AND own.object_type = 'market' AND own.object_id = o.market_id
            AND (own.before = '{}' OR own.before ? 'displayName')
        )
    """
    return {market_id: [f"had a display name that {holder} has by now"] for market_id, holder in _execute(statement, values)}


def _text(field: str) -> str:
    """SQL of what the market has, as the trail would say it."""
    expression = diff.now(field)
    if field in SESSIONS:
        return f"nullif(array_to_string({expression}, ', '), '')"
    return f"CASE {expression} WHEN true THEN 'true' WHEN false THEN 'false' END" if COLUMNS[field].kind == "flag" else f"{expression}::text"


RECORD = """
    INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
    SELECT %(undo)s, object_type, object_id, after, before FROM core_auditchange
    WHERE record_id = %(record)s AND object_type <> 'market_file' ORDER BY object_id
"""


def _delete_markets(values: dict[str, Any]) -> None:
    created = "SELECT object_id FROM core_auditchange WHERE record_id = %(record)s AND object_type = 'market' AND before = '{}'"
    _execute(f"DELETE FROM markets_marketsession WHERE market_id IN ({created})", values)  # noqa: S608  texts of ours only
    _execute(f"DELETE FROM markets_market WHERE market_id IN ({created})", values)  # noqa: S608  texts of ours only


def _restore(values: dict[str, Any]) -> None:
    plain = [name for name in FIELDS if name not in SESSIONS]
    assignments = ", ".join(_assignment(name) for name in plain)
    changed = "FROM core_auditchange c WHERE c.record_id = %(record)s AND c.object_type = 'market' AND c.object_id = m.market_id AND c.before <> '{}'"
    _execute(f"UPDATE markets_market m SET display_name = '_' || md5(m.market_id || %(record)s::text) {changed} AND c.before ? 'displayName'", values)  # noqa: S608  texts of ours only
    _execute(f"UPDATE markets_market m SET {assignments}, version = m.version + 1, updated_at = %(moment)s {changed}", values)  # noqa: S608  texts of ours only
    for name, kind in zip(SESSIONS, ("Trading", "MarketData"), strict=True):
        touched = f"c.record_id = %(record)s AND c.object_type = 'market' AND c.before <> '{{}}' AND c.before ? '{WIRE[name]}'"
        _execute(
            f"DELETE FROM markets_marketsession ms USING core_auditchange c, markets_liquiditysession l "  # noqa: S608  texts of ours only
            f"WHERE {touched} AND ms.market_id = c.object_id AND l.id = ms.session_id AND l.kind = '{kind}'",
            values,
        )
        _execute(
            f"INSERT INTO markets_marketsession (market_id, session_id) SELECT c.object_id, unnest(string_to_array(c.before->>'{WIRE[name]}', ', ')) "  # noqa: S608  texts of ours only
            f"FROM core_auditchange c WHERE {touched}",
            values,
        )


def _assignment(name: str) -> str:
    kind = {"amount": "::numeric", "whole": "::integer", "flag": "::boolean"}.get(COLUMNS[name].kind, "")
    return f"{name} = CASE WHEN c.before ? '{WIRE[name]}' THEN (c.before->>'{WIRE[name]}'){kind} ELSE m.{name} END"


def _no_longer_right(values: dict[str, Any]) -> dict[str, list[str]]:
    """Markets that somebody edited since in other fields: with the old values back they must still be right."""
    statement = """
        SELECT DISTINCT c.object_id FROM core_auditchange c
        JOIN core_auditchange later ON later.object_type = 'market' AND later.object_id = c.object_id 
            AND later.record_id NOT IN (%(record)s, %(undo)s)
        JOIN core_auditrecord at ON at.id = later.record_id JOIN core_auditrecord own ON own.id = c.record_id
        WHERE c.record_id = %(record)s AND c.object_type = 'market' AND c.before <> '{}' AND at.at >= own.at
    """
    edited = [market_id for (market_id,) in _execute(statement, values)]
    known = references.load()
    found: dict[str, list[str]] = {}
    for row in Market.objects.filter(pk__in=edited).prefetch_related("sessions"):
        for wire, reasons in rules.faults(rows.as_fields(row), known).items():
            found.setdefault(row.market_id, []).extend(f"would be wrong with later edits: {wire} {reason}" for reason in reasons)
    return found


def _delete_assets(values: dict[str, Any]) -> None:
    made = "SELECT object_id FROM core_auditchange WHERE record_id = %(record)s AND object_type = 'asset'"
    statement = f"""
        SELECT a.id, min(m.market_id) FROM markets_asset a
        LEFT JOIN markets_market m ON a.id IN (m.base_asset_id, m.quote_asset_id, m.swap_long_asset_id, m.swap_short_asset_id)
        WHERE a.id IN ({made}) GROUP BY a.id, a.version HAVING a.version > 1 OR min(m.market_id) IS NOT NULL
    """  # noqa: S608  texts of ours only
    _refuse(
        {
            asset: [f"was created by the file and is used by {market}" if market else "was created by the file and edited since"]
            for asset, market in _execute(statement, values)
        }
    )
    _execute(f"DELETE FROM markets_asset WHERE id IN ({made})", values)  # noqa: S608  texts of ours only


def _constraint(error: IntegrityError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "a constraint")
