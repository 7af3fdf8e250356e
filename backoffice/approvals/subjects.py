"""What a call that cannot be tried is about, as it stands now: its transfers, and its plain arguments."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from backoffice.calls import Call

MOST_TRANSFERS = 200
FIND = """
    SELECT id, type, status, amount, asset_id, account_id FROM transfers_transfer WHERE id = ANY(%s) ORDER BY id
"""
# Plain texts and numbers of these names may be read by whoever may approve; others may be secrets.
SPOKEN = frozenset(
    {"account_id", "amount", "asset_id", "deduplication_id", "callback_url", "transfer_id", "transfer_ids", "status", "change_set_id", "report_id"}
)


def about(call: Call) -> dict[str, str]:
    named = dict(_leaves(call.arguments))
    told = {name: _text(value) for name, value in named.items() if value is not None and name in SPOKEN and name != "transfer_ids"}
    given = named.get("transfer_ids") or [named["transfer_id"]] if "transfer_id" in named or "transfer_ids" in named else []
    return told | dict(_transfers([str(id) for id in given]))


def _transfers(ids: list[str]) -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, [ids])
        rows = cursor.fetchall()
    for id, type, status, amount, asset, account in rows[:MOST_TRANSFERS]:
        yield f"transfer {id}", f"{type} {status}: {amount.normalize():f} {asset}, account {account}"
    if len(rows) > MOST_TRANSFERS:
        yield "more transfers", str(len(rows) - MOST_TRANSFERS)


def _leaves(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        if isinstance(value, msgspec.Struct):
            yield from _leaves({field: getattr(value, field) for field in value.__struct_fields__})
        else:
            yield name, value


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime) else str(value)
