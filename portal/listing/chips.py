"""Filters as chips: what is chosen in words, how it is taken back, and what the form that changes it shows and keeps."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from portal.listing.filters import AnyFilter, Choices, Period
from portal.listing.state import State


class Chip(NamedTuple):
    """A filter, on (`words` are not empty) or off, with the query that removes it, and what the form that changes it shows and keeps.

    `offers` are choices at one click: label, query, whether it is on.
    """

    filter: AnyFilter
    verb: str
    words: str
    choices: list[tuple[str, str, bool]]
    offers: list[tuple[str, str, bool]]
    given: Mapping[str, Sequence[str]]
    without: str
    others: list[tuple[str, str]]
    zone: str


def chip_of(one: AnyFilter, state: State, choices: Choices) -> Chip:
    verb, words = one.chosen(state, choices) or ("", "")
    nothing = dict.fromkeys(one.keys)
    offered = one.offered if isinstance(one, Period) else ()
    return Chip(
        filter=one,
        verb=verb,
        words=words,
        choices=[(value, label, value in state.many(one.key)) for value, label in choices],
        offers=[(label, state.query(**{**nothing, one.key: value}), value == state.one(one.key)) for value, label in offered],
        given={key: state.many(key) for key in one.keys},
        without=state.query(**nothing),
        others=state.pairs(*one.keys),
        zone=state.zone,
    )
