"""Filters compiled to SQL. A request names fields and gives values; every word of SQL stands in a declaration of ours."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec

from backoffice.contracts import periods
from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import FILTERS_MOST, TEXT_LONGEST, VALUES_MOST, EntryType, Filter

Kind = Literal["text", "number", "time", "word"]

NUMBER = re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ALLOWED: Mapping[Kind, Sequence[EntryType]] = {
    "text": ("Exact", "Like"),
    "number": ("Exact", "Range"),
    "time": ("Exact", "Range"),
    "word": ("Exact",),
}
SQL_TYPE: Mapping[Kind, str] = {"text": "text", "number": "numeric", "time": "timestamptz", "word": "text"}


class Within(NamedTuple):
    """Where a name stands in another table: `keys` gives what our `key` column has of those rows, `{}` is the condition on `column`.

    When they only lead near (`is_exact` False), the field's own column is compared as well.
    """

    key: str
    keys: str
    column: str
    is_exact: bool = True


class Field(NamedTuple):
    """`column` names a column of the source's rows. `words` are those of an enumeration. Only a column without NULL is sortable."""

    column: str
    kind: Kind
    words: tuple[str, ...] = ()
    is_sortable: bool = False
    within: Within | None = None


class Lookup(NamedTuple):
    """A query of the keys that a clause lets pass; `rest` is what else must hold of a row that has one of them."""

    key: str
    sql: str
    values: tuple[Any, ...]
    rest: str = ""
    rest_values: tuple[Any, ...] = ()


class Clause(NamedTuple):
    """`column` and `keys` tell of one that fixes a column to some values; `lookup` of one whose values stand in another table."""

    sql: str
    values: tuple[Any, ...] = ()
    column: str = ""
    keys: tuple[Any, ...] = ()
    lookup: Lookup | None = None


class Unfit(Exception):
    """A value that its field cannot be compared with; the message says why."""


Fields = Mapping[str, Field]


def clauses(fields: Fields, filters: Sequence[Filter]) -> list[Clause]:
    """One clause for each filter, all to hold. Refuses: Invalid, naming each entry by its place."""
    if len(filters) > FILTERS_MOST:
        raise Invalid("The filters are not valid.", fields={"filters": [f"has more than {FILTERS_MOST} entries"]})
    compiled: list[Clause] = []
    wrong: dict[str, list[str]] = {}
    for number, entry in enumerate(filters):
        field = fields.get(entry.field)
        if field is None:
            wrong[f"filters[{number}].field"] = [f"must be one of {', '.join(fields)}"]
        elif entry.entry_type not in ALLOWED[field.kind]:
            wrong[f"filters[{number}].entryType"] = [f"{entry.field} takes {' and '.join(ALLOWED[field.kind])}"]
        else:
            try:
                compiled.append(_compiled(entry, field))
            except Unfit as reason:
                wrong[f"filters[{number}].value"] = [str(reason)]
    if wrong:
        raise Invalid("The filters are not valid.", fields=wrong)
    return compiled


def known(lookup: Lookup, keys: Iterable[Any]) -> Clause:
    """A clause that says the same once its keys were looked up."""
    fixed = _fixed(f"r.{lookup.key}", "text", list(keys))._replace(column=lookup.key)
    return fixed._replace(sql=fixed.sql + lookup.rest, values=(*fixed.values, *lookup.rest_values))


def parsed(field: Field, value: Any) -> Any:
    """A value as the database compares it. Refuses: Unfit."""
    return PARSE[field.kind](field, value)


def _given(entry: Filter) -> Any:
    if (entry.value is msgspec.UNSET) == (entry.values is msgspec.UNSET):
        raise Unfit("give either value or values")
    return entry.values if entry.value is msgspec.UNSET else entry.value


def _compiled(entry: Filter, field: Field) -> Clause:
    """Refuses: Unfit."""
    compiler, value = COMPILE[entry.entry_type], _given(entry)
    if (within := field.within) is None:
        clause = compiler(f"r.{field.column}", field, value)
        return clause._replace(column=field.column) if clause.keys else clause
    inner = compiler(within.column, field, value)
    own = Clause("") if within.is_exact else compiler(f"r.{field.column}", field, value)
    rest = own.sql and f" AND {own.sql}"
    lookup = Lookup(within.key, within.keys.format(inner.sql), inner.values, rest, own.values)
    # Were it not for IS TRUE, the planner would join, and sort all that it joined.
    return Clause(f"(r.{lookup.key} IN ({lookup.sql})) IS TRUE{rest}", (*inner.values, *own.values), lookup=lookup)


def _exact(place: str, field: Field, value: Any) -> Clause:
    values = value if isinstance(value, list) else [value]
    if len(values) > VALUES_MOST:
        raise Unfit(f"has more than {VALUES_MOST} values")
    return _fixed(place, field.kind, [parsed(field, one) for one in values])


def _fixed(place: str, kind: Kind, values: list[Any]) -> Clause:
    """One value by `=`, behind which an index is still in the order of its other columns."""
    if len(values) == 1:
        return Clause(f"{place} = %s::{SQL_TYPE[kind]}", (values[0],), keys=(values[0],))
    return Clause(f"{place} = ANY(%s::{SQL_TYPE[kind]}[])", (values,), keys=tuple(dict.fromkeys(values)))


def _range(place: str, field: Field, value: Any) -> Clause:
    if field.kind == "time" and isinstance(value, dict) and "relative" in value:
        value = _moment(value)
    if not isinstance(value, dict) or not value.keys() <= {"from", "to"}:
        raise Unfit('must be {"from": ..., "to": ...}')
    ends = [(sign, parsed(field, value[name])) for name, sign in (("from", ">="), ("to", "<")) if value.get(name) is not None]
    if not ends:
        raise Unfit("needs from or to")
    return Clause(" AND ".join(f"{place} {sign} %s::{SQL_TYPE[field.kind]}" for sign, _ in ends), tuple(end for _, end in ends))


def _moment(value: dict[str, Any]) -> dict[str, str]:
    try:
        return periods.ends(value, datetime.now(UTC))
    except periods.Unclear as reason:
        raise Unfit(str(reason)) from None


def _like(place: str, field: Field, value: Any) -> Clause:
    # Both sides upper, as the indexes of parts of texts are.
    return Clause(f"upper({place}) LIKE upper(%s::text)", (f"%{literal(parsed(field, value))}%",))


def literal(text: str) -> str:
    """The text as a LIKE pattern that matches just it."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _text(_: Field, value: Any) -> str:
    if not isinstance(value, str) or len(value) > TEXT_LONGEST:
        raise Unfit(f"must be text of up to {TEXT_LONGEST} characters")
    if UNSTORABLE.search(value):
        raise Unfit("holds a character that cannot be stored")
    return value


def _word(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in field.words:
        raise Unfit(f"must be one of {', '.join(field.words)}")
    return value


def _number(_: Field, value: Any) -> Decimal:
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not (number := Decimal(value)).is_finite():
        raise Unfit("must be a number")
    if abs(number.adjusted()) > 100:
        raise Unfit("is out of range")
    return number


def _time(_: Field, value: Any) -> datetime:
    if not isinstance(value, str) or not INSTANT.fullmatch(value):
        raise Unfit("must be an instant with its zone, like 2026-12-31T17:30:00Z")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("is no instant that can be told") from None


COMPILE: Mapping[EntryType, Callable[[str, Field, Any], Clause]] = {"Exact": _exact, "Range": _range, "Like": _like}
PARSE: Mapping[Kind, Callable[[Field, Any], Any]] = {"text": _text, "number": _number, "time": _time, "word": _word}
