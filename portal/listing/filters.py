"""What a list can be narrowed by: choices, a part of a text, a range of numbers, a period; each knows its keys, its words and its entry."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.utils import timezone

from backoffice.contracts import filters as language
from backoffice.contracts.actor import Actor
from portal.listing import period
from portal.listing.state import State

Choices = Sequence[tuple[str, str]]
Allowed = Mapping[str, Container[str] | None]
NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


class Chosen(NamedTuple):
    """A filter that is on, in words: Status `is` Completed, Amount `at least` 500."""

    verb: str
    words: str


class Numbers(Container[str]):
    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and NUMBER.fullmatch(text) is not None


@dataclass(frozen=True, kw_only=True)
class AnyFilter(ABC):
    """One chip. `field` is its name in the one filter language, where the list's service speaks it."""

    key: str
    label: str
    field: str = ""
    kind: ClassVar[str]

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the URL."""
        return (self.key,)

    @abstractmethod
    def allowed(self, choices: Choices) -> Allowed: ...

    @abstractmethod
    def chosen(self, state: State, choices: Choices) -> Chosen | None: ...

    @abstractmethod
    def value(self, state: State) -> Any:
        """As an entry of the filter language has it; None while the filter is off."""

    def entry(self, state: State) -> language.Filter | None:
        value = self.value(state)
        return None if value is None or not self.field else language.Filter(entry_type=self.entry_type, field=self.field, value=value)

    @property
    @abstractmethod
    def entry_type(self) -> language.EntryType: ...


class Offering(AnyFilter):
    """A filter that shows something to choose from."""

    choices: Choices | Callable[[Actor], Choices]

    def choices_for(self, actor: Actor) -> Choices:
        return self.choices(actor) if callable(self.choices) else self.choices


@dataclass(frozen=True, kw_only=True)
class Filter(Offering):
    """`choices` are fixed or asked from a service for each page; `is_single` allows one value only."""

    choices: Choices | Callable[[Actor], Choices]
    is_single: bool = False
    kind = "choice"
    entry_type = "Exact"

    def allowed(self, choices: Choices) -> Allowed:
        return {self.key: [value for value, _ in choices]}

    def chosen(self, state: State, choices: Choices) -> Chosen | None:
        values = state.many(self.key)
        labels = [label for value, label in choices if value in values]
        return Chosen("is" if len(labels) == 1 else "is any of", ", ".join(labels)) if labels else None

    def value(self, state: State) -> Any:
        return state.some(self.key)


@dataclass(frozen=True, kw_only=True)
class Text(Offering):
    """A part of a text, however cased; `is_whole`: the text as a whole, as ids are. `choices` are proposed, others are taken too."""

    choices: Choices | Callable[[Actor], Choices] = ()
    is_whole: bool = False
    hint: str = ""
    kind = "text"

    @property
    def entry_type(self) -> language.EntryType:
        return "Exact" if self.is_whole else "Like"

    def allowed(self, choices: Choices) -> Allowed:  # noqa: ARG002  the base class's signature
        return {self.key: None}

    def chosen(self, state: State, choices: Choices) -> Chosen | None:  # noqa: ARG002  the base class's signature
        text = state.one(self.key)
        return Chosen("is" if self.is_whole else "contains", text) if text else None

    def value(self, state: State) -> Any:
        return state.one(self.key) or None


@dataclass(frozen=True, kw_only=True)
class _Ends(AnyFilter):
    entry_type = "Range"

    @property
    def start_key(self) -> str:
        return f"{self.key}_from"

    @property
    def end_key(self) -> str:
        return f"{self.key}_to"


@dataclass(frozen=True, kw_only=True)
class Range(_Ends):
    """Numbers: from one on, up to but without another, as the filter language has it."""

    kind = "range"

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.start_key, self.end_key)

    def allowed(self, choices: Choices) -> Allowed:  # noqa: ARG002  the base class's signature
        return {self.start_key: Numbers(), self.end_key: Numbers()}

    def chosen(self, state: State, choices: Choices) -> Chosen | None:  # noqa: ARG002  the base class's signature
        start, end = state.one(self.start_key), state.one(self.end_key)
        if start and end:
            return Chosen("from", f"{start} to below {end}")
        return Chosen("at least", start) if start else Chosen("below", end) if end else None

    def value(self, state: State) -> Any:
        ends = {"from": state.one(self.start_key), "to": state.one(self.end_key)}
        return {name: Decimal(text) for name, text in ends.items() if text} or None


@dataclass(frozen=True, kw_only=True)
class Period(_Ends):
    """Times: by words that move along (`created=previous month`), or from a day, maybe at a time, to another."""

    kind = "period"
    offered = period.OFFERED

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.key, self.start_key, self.end_key)

    def allowed(self, choices: Choices) -> Allowed:  # noqa: ARG002  the base class's signature
        return {self.key: period.Words(), self.start_key: period.Moments(), self.end_key: period.Moments()}

    def chosen(self, state: State, choices: Choices) -> Chosen | None:  # noqa: ARG002  the base class's signature
        if words := state.one(self.key):
            return Chosen("in", words.capitalize())
        start, end = (period.words_of(state.many(key)) for key in (self.start_key, self.end_key))
        if start and end:
            return Chosen("in", start if start == end else f"{start} – {end}")
        return Chosen("from", start) if start else Chosen("until", end) if end else None

    def ends(self, state: State) -> period.Ends:
        """For services that take two times."""
        return period.ends_of(self.value(state), timezone.now())

    def value(self, state: State) -> Any:
        return period.value_of(state.one(self.key), state.many(self.start_key), state.many(self.end_key), state.zone)
