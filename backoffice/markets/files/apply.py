"""Applying a file: one transaction that locks, compares again, writes what differs and records every market it changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.core import audit
from backoffice.markets.fields import COLUMNS
from backoffice.markets.files import assets, claims, diff, notices
from backoffice.markets.files.columns import SESSIONS
from backoffice.markets.models import MarketFile

NAMED = 5


class Moved(Exception):
    """Markets changed since the file was compared with them; the message names some."""


def apply(actor: Actor, file: MarketFile, lease: claims.Lease) -> None:
    """Runs in the caller's transaction. Refuses: Moved, LeaseLost, IntegrityError (something that a row refers to is gone)."""
    claims.patient()
    lease.write()
    fields = diff.compared(file.fields)
    _lock(file.pk)
    if file.mode == "Preview":
        _refuse_moved(file.pk, fields)
    elif not _is_complete(file.fields):
        _refuse_moved(file.pk, fields, only_existing=True)
    recorded = audit.open_record(actor, "market_files.apply")
    assert recorded.record is not None
    # First, so that readers of the record meet the file before its thousands of markets.
    audit.changed(recorded, "market_file", str(file.pk), {"stage": file.stage}, {"stage": "Applied", "name": file.name})
    assets_created = assets.create(recorded, file.pk) if file.mapping and file.mapping.get("createAssets") else 0
    created, updated = _record(recorded.record, file.pk, fields)
    _free_names(file.pk)
    _write(recorded.record, file.pk, fields)
    _link(recorded.record, file.pk)
    valid = _valid_rows(file.pk)
    lease.rest(
        stage="Applied",
        stage_reason=None,
        audit_record_id=recorded.record,
        applied_at=Now(),
        created=created,
        updated=updated,
        unchanged=valid - created - updated,
        assets_created=assets_created,
    )
    notices.applied(file.pk)


def _is_complete(fields: Sequence[str]) -> bool:
    return all(name in fields for name in COLUMNS)


def _execute(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def _lock(file_id: UUID) -> None:
    """One fixed order of locks, so that two changes of many markets cannot wait for each other."""
    statement = """
        SELECT count(*) FROM (
            SELECT 1 FROM markets_market m JOIN markets_marketfilerow r ON r.market_id = m.market_id
            WHERE r.file_id = %s AND r.is_valid ORDER BY m.market_id FOR UPDATE OF m
        ) locked
    """
    _execute(statement, file_id)


def _refuse_moved(file_id: UUID, fields: Sequence[str], *, only_existing: bool = False) -> None:
    newly = "" if only_existing else "OR m.market_id IS NULL"
    statement = f"""
        SELECT r.market_id {diff.COMPARED}
        WHERE r.file_id = %s AND r.is_valid AND r.seen_version IS DISTINCT FROM m.version AND ({diff.differs(fields)} {newly})
        ORDER BY r."row"
    """  # noqa: S608  fixed texts only
    moved = [str(market_id) for (market_id,) in _execute(statement, file_id)]
    if moved:
        more = f" and {len(moved) - NAMED} more" if len(moved) > NAMED else ""
        raise Moved(f"{', '.join(moved[:NAMED])}{more}")


def _record(record: int, file_id: UUID, fields: Sequence[str]) -> tuple[int, int]:
    """A change in the trail for every market that the file creates or updates: (created, updated). Runs before the writing that it describes."""
    created = f"""
        INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
        SELECT %s, 'market', r.market_id, '{{}}', {diff.state(diff.ALL, diff.wanted, only_differing=False)}
        FROM markets_marketfilerow r
        WHERE r.file_id = %s AND r.is_valid AND NOT EXISTS (SELECT FROM markets_market m WHERE m.market_id = r.market_id)
        ORDER BY r.market_id
    """  # noqa: S608  texts of ours only
    updated = f"""
        INSERT INTO core_auditchange (record_id, object_type, object_id, before, after)
        SELECT %s, 'market', r.market_id, {diff.state(fields, diff.now, only_differing=True)}, {diff.state(fields, diff.wanted, only_differing=True)}
        {diff.COMPARED}
        WHERE r.file_id = %s AND r.is_valid AND m.market_id IS NOT NULL AND {diff.differs(fields)}
        ORDER BY r.market_id
    """
    with connection.cursor() as cursor:
        cursor.execute(created, [record, file_id])
        made = cursor.rowcount
        cursor.execute(updated, [record, file_id])
        return made, cursor.rowcount


def _free_names(file_id: UUID) -> None:
    """Markets that swap names inside the file let go of them first: the table never holds one name twice, not even within a statement."""
    statement = """
        UPDATE markets_market m SET display_name = '_' || md5(m.market_id || '/' || %s::text)
        FROM markets_marketfilerow r
        WHERE r.file_id = %s AND r.is_valid AND r.display_name = m.display_name AND r.market_id <> m.market_id
    """
    _execute(statement, file_id, file_id)


def _write(record: int, file_id: UUID, fields: Sequence[str]) -> None:
    moment = timezone.now()
    columns = ", ".join(("market_id", *COLUMNS))
    changes = """
        FROM markets_marketfilerow r JOIN core_auditchange c ON c.object_id = r.market_id AND c.record_id = %s AND c.object_type = 'market'
        WHERE r.file_id = %s AND r.is_valid
    """
    kept = [name for name in fields if name not in SESSIONS]
    if kept:
        assignments = ", ".join(f"{name} = r.{name}" for name in kept)
        statement = f"""
            UPDATE markets_market m SET {assignments}, version = m.version + 1, updated_at = %s
            {changes} AND m.market_id = r.market_id AND c.before <> '{{}}'
        """  # noqa: S608  texts of ours only
    else:
        statement = (
            f"UPDATE markets_market m SET version = m.version + 1, updated_at = %s {changes} AND m.market_id = r.market_id AND c.before <> '{{}}'"  # noqa: S608  texts of ours only
        )
    _execute(statement, moment, record, file_id)
    statement = f"""
        INSERT INTO markets_market ({columns}, version, created_at, updated_at)
        SELECT {", ".join(f"r.{name}" for name in ("market_id", *COLUMNS))}, 1, %s, %s {changes} AND c.before = '{{}}'
    """
    _execute(statement, moment, moment, record, file_id)


def _link(record: int, file_id: UUID) -> None:
    """Sessions of the markets whose sessions the file changes."""
    given = "c.after ?| ARRAY['tradingSessionIds', 'marketDataSessionIds']"
    touched = f"FROM core_auditchange c WHERE c.record_id = %s AND c.object_type = 'market' AND {given}"
    _execute(f"DELETE FROM markets_marketsession ms WHERE ms.market_id IN (SELECT c.object_id {touched})", record)  # noqa: S608  texts of ours only
    statement = f"""
        INSERT INTO markets_marketsession (market_id, session_id)
        SELECT r.market_id, unnest(r.trading_session_ids || r.market_data_session_ids)
        FROM markets_marketfilerow r
        WHERE r.file_id = %s AND r.is_valid AND r.market_id IN (SELECT c.object_id {touched})
    """  # noqa: S608  texts of ours only
    _execute(statement, file_id, record)


def _valid_rows(file_id: UUID) -> int:
    ((count,),) = _execute("SELECT count(*) FROM markets_marketfilerow WHERE file_id = %s AND is_valid", file_id)
    return int(count)
