"""From the bytes of a request to a contract value; whatever does not fit is refused with the wire path of the field."""

import json
import re
from collections.abc import Hashable, Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from backoffice.api import spelling
from backoffice.contracts.errors import Invalid

Wanted = TypeVar("Wanted")

MAX_DEPTH = 20
MAX_DIGITS = 100
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# msgspec says where: "Expected `str`, got `int` - at `$.amount`", "Object contains unknown field `x` - at `$.a[0]`"
WHERE = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")
NAMED = re.compile(r"(?:unknown|required) field `(?P<name>.*)`", re.DOTALL)

WORDS = {
    "str": "text",
    "int": "a whole number",
    "decimal": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}


class Fault(NamedTuple):
    """Stands in the parsed body where something is wrong that JSON's own parser lets pass, until its path is known."""

    reason: str


def refused(path: str, reason: str) -> Invalid:
    return Invalid("The request is not valid.", fields={path or "body": [reason]})


def decode(body: bytes, wanted: type[Wanted], *, at: str = "") -> Wanted:
    """Refuses: Invalid."""
    return fit(parse(body, at=at), wanted, at=at)


def parse(body: bytes, *, at: str = "") -> Any:
    """Strict JSON: UTF-8, no key twice, no NaN, numbers exact and of sane length, text that can be stored, not too deep."""
    try:
        text = body.decode()
        parsed = json.loads(text, object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole, parse_constant=_constant)
    except UnicodeDecodeError:
        raise refused(at, "This is not UTF-8.") from None
    except RecursionError:
        raise refused(at, f"This is nested more than {MAX_DEPTH} levels deep.") from None
    except json.JSONDecodeError as error:
        raise refused(at, f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    for path, reason in _faults(parsed, at, 0):
        raise refused(path, reason)
    return parsed


def fit(parsed: Any, wanted: type[Wanted], *, at: str = "", strict: bool = True) -> Wanted:
    """`strict=False` for text that is all there is, as in a query string: "50" then is a number. Refuses: Invalid."""
    for path, reason in spelling.faults(parsed, _type_info(cast(Hashable, wanted)), at):
        raise refused(path, reason)
    try:
        return msgspec.convert(parsed, wanted, strict=strict)
    except msgspec.ValidationError as error:
        raise _as_invalid(str(error), at) from None


@cache
def _type_info(wanted: Hashable) -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(wanted)


def storable(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half a surrogate pair."""
    return UNSTORABLE.search(text) is None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                found[key] = Fault("This field is given twice.")
            seen.add(key)
    return found


def _decimal(text: str) -> Decimal | Fault:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return Fault("This number is out of range.")
    # The exponent alone can make a number of a billion digits.
    return number if len(text) <= MAX_DIGITS and abs(number.adjusted()) <= MAX_DIGITS else Fault("This number is out of range.")


def _whole(text: str) -> int | Fault:
    return int(text) if len(text) <= MAX_DIGITS else Fault(f"This number has more than {MAX_DIGITS} digits.")


def _constant(text: str) -> Fault:
    return Fault(f"{text} is not a number here.")


def _faults(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Fault):
        yield path, value.reason
    elif isinstance(value, str):
        if not storable(value):
            yield path, "This text holds a character that cannot be stored."
    elif isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            yield path, f"This is nested more than {MAX_DEPTH} levels deep."
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                if not storable(key):
                    yield path, "A field's name holds a character that cannot be stored."
                yield from _faults(inner, spelling.inside(path, key), depth + 1)
        else:
            for number, inner in enumerate(value):
                yield from _faults(inner, f"{path}[{number}]", depth + 1)


def _as_invalid(message: str, at: str) -> Invalid:
    where = WHERE.search(message)
    reason = WHERE.sub("", message)
    path = where.group("path") if where else ""
    named = NAMED.search(reason)
    if named:
        path = spelling.inside(path, named.group("name"))
        reason = "This field is missing." if "required" in reason else "There is no such field."
    for theirs, ours in WORDS.items():
        reason = reason.replace(f"`{theirs}", ours).replace(f" | {theirs}", f" | {ours}")
    reason = reason.replace(" | ", " or ").replace("`", "")
    return refused(_joined(at, path), reason if reason.endswith(".") else f"{reason}.")


def _joined(at: str, path: str) -> str:
    return f"{at}{path}" if path.startswith("[") else spelling.inside(at, path) if path else at
