"""How values must be written where the decoder would let more pass: plain numbers, local times, instants with a zone."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

# Python reads "1e3", " 1 ", "1_000", "NaN" and digits of every script as numbers; money is none of these.
RULES: dict[type[inspect.Type], tuple[re.Pattern[str], str]] = {
    inspect.DecimalType: (re.compile(r"-?[0-9]{1,60}(\.[0-9]{1,60})?"), "Expected a plain number like 0.25."),
    inspect.IntType: (re.compile(r"-?[0-9]{1,18}"), "Expected a whole number."),
    inspect.TimeType: (re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"), "Expected a local time like 17:30:00."),
    inspect.DateType: (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "Expected a date like 2026-12-31."),
    inspect.DateTimeType: (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"),
        "Expected an instant with its zone, like 2026-12-31T17:30:00Z.",
    ),
}


def inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def faults(parsed: Any, wanted: inspect.Type, path: str) -> Iterator[tuple[str, str]]:
    """Path and reason of each text that does not follow its type's rule; whatever else is wrong is the decoder's to say."""
    if isinstance(parsed, str):
        if reason := _misspelt(parsed, _kinds(wanted)):
            yield path, reason
    elif isinstance(parsed, dict):
        for kind in _kinds(wanted):
            if isinstance(kind, inspect.StructType):
                for field in kind.fields:
                    if field.encode_name in parsed:
                        yield from faults(parsed[field.encode_name], field.type, inside(path, field.encode_name))
    elif isinstance(parsed, list):
        for kind in _kinds(wanted):
            if isinstance(kind, inspect.ListType):
                for number, item in enumerate(parsed):
                    yield from faults(item, kind.item_type, f"{path}[{number}]")


def _misspelt(text: str, kinds: tuple[inspect.Type, ...]) -> str | None:
    for kind in kinds:
        if isinstance(kind, inspect.StrType):
            return None
        if isinstance(kind, inspect.LiteralType) and text not in kind.values:
            return f"Expected one of {', '.join(map(str, kind.values))}."
        if type(kind) in RULES and not RULES[type(kind)][0].fullmatch(text):
            return RULES[type(kind)][1]
    return None


def _kinds(wanted: inspect.Type) -> tuple[inspect.Type, ...]:
    if isinstance(wanted, inspect.Metadata):
        return _kinds(wanted.type)
    return wanted.types if isinstance(wanted, inspect.UnionType) else (wanted,)
