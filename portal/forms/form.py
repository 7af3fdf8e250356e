"""Declared fields, posted text and typed values: reads the shape of a form, and places what a service refused next to its inputs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec
from django.http import QueryDict

from backoffice.contracts.errors import Invalid
from backoffice.contracts.value import Value
from portal.asked import number_of

Kind = Literal["text", "area", "whole", "decimal", "choice", "choices", "flag", "maybe", "password", "date", "time"]
Shape = TypeVar("Shape", bound=Value)
NUMBER, WHOLE = re.compile(r"-?[0-9]+(\.[0-9]+)?"), re.compile(r"-?[0-9]+")
PATH = re.compile(r" - at `\$\.?([\w.]*)")
BASE = "was-"
LOOK_AGAIN = "Some fields need another look."
MAYBE = (("", "Not set"), ("true", "Yes"), ("false", "No"))


@dataclass(frozen=True, kw_only=True)
class Field:
    """`name` is the wire name, with dots into nested values; `choices` holds (value, label) pairs; several values travel joined by commas."""

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    group: str = ""
    choices: Sequence[tuple[str, str]] = ()
    is_required: bool = False
    is_fixed: bool = False
    is_wide: bool = False

    def label_of(self, value: str) -> str:
        """A value as people read it, for before and after."""
        if self.kind in ("flag", "maybe"):
            return {"true": "Yes", "false": "No"}.get(value, "No" if self.kind == "flag" else "—")
        labels = dict(self.choices)
        return ", ".join(labels.get(one, one) for one in value.split(",")) if value else "—"


class Bound(NamedTuple):
    """A field with what stands in it; the template prints it."""

    field: Field
    value: str
    base: str
    errors: list[str]

    @property
    def id(self) -> str:
        return "f-" + self.field.name.replace(".", "-")

    @property
    def values(self) -> list[str]:
        return self.value.split(",") if self.value else []

    @property
    def label(self) -> str:
        """The value as people read it."""
        return self.field.label_of(self.value)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        choices = MAYBE if self.field.kind == "maybe" else self.field.choices
        return [(value, label, value in self.values or value == self.value) for value, label in choices]


@dataclass(frozen=True, kw_only=True)
class Form:
    """`base` is what the reader started from, kept in the page so that a lost race can be merged; `errors` are by wire name."""

    fields: Sequence[Field]
    values: Mapping[str, str] = field(default_factory=dict)
    base: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    general: str = ""
    version: int | None = None

    @classmethod
    def of_value(cls, fields: Sequence[Field], value: Value, version: int | None = None) -> "Form":
        texts = as_texts(value)
        values = {one.name: texts.get(one.name, "") for one in fields}
        return cls(fields=fields, values=values, base=values, version=version)

    @classmethod
    def of_post(cls, fields: Sequence[Field], post: QueryDict) -> "Form":
        version = post.get("version", "")
        return cls(
            fields=fields,
            values={one.name: ",".join(filter(None, (text.strip() for text in post.getlist(one.name)))) for one in fields},
            base={one.name: post.get(BASE + one.name, "") for one in fields},
            version=number_of(version),
        )

    def read(self, shape: type[Shape], **more: Any) -> Shape:
        """The posted values as a contract value; `more` adds to or replaces them by wire name, UNSET leaves one out. Refuses: Invalid."""
        known = {one.encode_name for one in msgspec.structs.fields(shape)}
        found = {name: value for name, value in (self.typed() | more).items() if name in known and value is not msgspec.UNSET}
        try:
            return msgspec.convert(found, shape)
        except msgspec.ValidationError as error:
            raise Invalid(LOOK_AGAIN, fields=_placed(str(error))) from error

    def typed(self) -> dict[str, Any]:
        """Values by wire name: numbers, yes and no, lists; None for nothing. Refuses: Invalid."""
        found: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for one in self.fields:
            try:
                found[one.name] = _typed(one, self.values[one.name])
            except ValueError as error:
                errors[one.name] = [str(error)]
        if errors:
            raise Invalid(LOOK_AGAIN, fields=errors)
        return found

    def refused(self, error: Invalid) -> "Form":
        """The same form with the refusal next to its inputs; what belongs to no input stands on top."""
        names = {one.name for one in self.fields}
        placed = {name: reasons for name, reasons in error.fields.items() if name in names}
        rest = [f"{name}: {reason}" for name, reasons in error.fields.items() if name not in names for reason in reasons]
        return replace(self, errors=placed, general=" ".join([error.detail, *rest]))

    @property
    def bound(self) -> list[Bound]:
        return [Bound(one, self.values.get(one.name, ""), self.base.get(one.name, ""), list(self.errors.get(one.name, ()))) for one in self.fields]

    @property
    def faulty(self) -> list[Bound]:
        """Those with faults, for the note on top to lead to."""
        return [bound for bound in self.bound if bound.errors]

    @property
    def groups(self) -> list[tuple[str, list[Bound]]]:
        """Fields under their headings, in the order declared."""
        return [(heading, list(found)) for heading, found in groupby(self.bound, key=lambda bound: bound.field.group)]


def as_texts(value: Value) -> dict[str, str]:
    """A contract value as the text of inputs, by wire name with dots."""
    flat: dict[str, str] = {}
    _flatten("", msgspec.to_builtins(value, builtin_types=(Decimal,)), flat)
    return flat


def _flatten(name: str, value: Any, into: dict[str, str]) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(f"{name}.{key}" if name else key, inner, into)
    elif isinstance(value, list):
        into[name] = ",".join(one if isinstance(one, str) else str(one.get("id", "")) for one in value if isinstance(one, str | dict))
    else:
        into[name] = as_text(value)


def as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _whole(text: str) -> int:
    if not WHOLE.fullmatch(text) or len(text) > 18:
        raise ValueError("Write a whole number.")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not NUMBER.fullmatch(text) or len(text) > 60:
        raise ValueError("Write a number like 0.001, without spaces or thousands separators.")
    return Decimal(text)


READERS: Mapping[str, Callable[[str], Any]] = {"whole": _whole, "decimal": _decimal, "maybe": lambda text: text == "true"}


def _typed(one: Field, text: str) -> Any:
    if one.kind == "flag":
        return text == "true"
    if one.kind == "choices":
        return text.split(",") if text else []
    if not text:
        if one.is_required:
            raise ValueError("This is needed.")
        return None
    return READERS.get(one.kind, str)(text)


def _placed(message: str) -> dict[str, list[str]]:
    found = PATH.search(message)
    return {found[1] if found else "": [PATH.sub("", message).rstrip("`") + "."]}


def choices_of(named: Iterable[tuple[str, str]], *, empty: str | None = None) -> list[tuple[str, str]]:
    """Choices for a select, with a first line for "none" when `empty` names it."""
    return [*([("", empty)] if empty is not None else []), *named]
