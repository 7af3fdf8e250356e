"""Filters, orders and times in words, as receipts say them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import UNSET

from backoffice.contracts.filters import Filter
from backoffice.contracts.reports import ControlTotal
from backoffice.core.sources import Order

VALUES_SHOWN = 20


def filters(entries: Sequence[Filter], zone: str) -> list[str]:
    return [_filter(entry, zone) for entry in entries]


def order(of: Order) -> str:
    return f"{of.name}, {'smallest first' if of.direction == 'Asc' else 'largest first'}"


def instant(at: datetime, zone: str) -> str:
    """In its zone and with its offset: nothing is left to guess."""
    return at.astimezone(ZoneInfo(zone)).isoformat(sep=" ", timespec="milliseconds" if at.microsecond else "seconds")


def total(of: ControlTotal) -> str:
    left_out = f" (without {of.missing} rows that have no value)" if of.missing else ""
    return f"{of.value:f}{left_out}"


def total_name(of: ControlTotal) -> str:
    return f"Sum of {of.column}" if of.of is None else f"Sum of {of.column} in {of.of}"


def _filter(entry: Filter, zone: str) -> str:
    value: Any = entry.values if entry.value is UNSET else entry.value
    if entry.entry_type == "Range":
        ends = (("from", "from"), ("to", "before"))
        return f"{entry.field} {' and '.join(f'{word} {_told(value[name], zone)}' for name, word in ends if value.get(name) is not None)}"
    if entry.entry_type == "Like":
        return f"{entry.field} contains {value}"
    values = value if isinstance(value, list) else [value]
    shown = ", ".join(str(one) for one in values[:VALUES_SHOWN])
    more = f" and {len(values) - VALUES_SHOWN} more" if len(values) > VALUES_SHOWN else ""
    return f"{entry.field} is {'one of ' if len(values) > 1 else ''}{shown}{more}"


def _told(value: Any, zone: str) -> str:
    try:
        return instant(datetime.fromisoformat(str(value).upper()), zone)
    except ValueError:
        return str(value)
