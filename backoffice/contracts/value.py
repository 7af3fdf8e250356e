"""What every contract value has in common: frozen, camelCase on the wire, unknown fields refused."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Value(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A value of the back-API; its definition is its wire shape, its validation and its schema.

    Subclasses repeat frozen (mypy does not inherit it) and kw_only (msgspec does not).
    """


class Versioned(msgspec.Struct, Generic[T], frozen=True):
    """An object with the version that its ETag carries and that a change of it may demand."""

    value: T
    version: int
