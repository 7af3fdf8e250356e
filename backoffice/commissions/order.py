"""Priorities: 1 to n without gaps. Pure; what puts, moves and takes out, and what a list of wishes must be."""

from collections.abc import Sequence

from backoffice.contracts.errors import Invalid

Priorities = dict[str, int]
Wishes = Sequence[tuple[str, int]]
# Stands for what has no id yet.
NEW = ""


def put(current: Priorities, priority: int | None, *, at: str) -> dict[str, int]:
    """With NEW at `priority`, those from there on one further; absent, behind all. Refuses: Invalid."""
    last = len(current) + 1
    if priority is not None and not 1 <= priority <= last:
        raise _invalid(f"must be from 1 to {last}", at=at)
    place = priority or last
    return {NEW: place} | {id: number + (number >= place) for id, number in current.items()}


def without(current: Priorities, gone: str) -> dict[str, int]:
    return {id: number - (number > current[gone]) for id, number in current.items() if id != gone}


def wished(current: Priorities, wishes: Wishes, *, at: str) -> dict[str, int]:
    """All as wished. Refuses: Invalid (`stale_priorities` names what the list lacks or what is gone)."""
    named = dict(wishes)
    if len(named) < len(wishes):
        raise _invalid("names one twice", at=at)
    reasons = [f"{id} is not there any more" for id in named if id not in current]
    reasons += [f"{id}, now of priority {number}, is missing" for id, number in current.items() if id not in named]
    if reasons:
        raise Invalid(f"What there is to order is not what your list has: {'; '.join(reasons)}.", code="stale_priorities", fields={at: reasons})
    if sorted(named.values()) != list(range(1, len(named) + 1)):
        raise _invalid(f"must be 1 to {len(named)}, each once", at=at)
    return named


def wished_with_new(current: Priorities, wishes: Wishes, priority: int | None, *, at: str) -> dict[str, int]:
    """As `wished`, over what there is and NEW; without a priority NEW is last."""
    last = len(current) + 1
    return wished(current | {NEW: last}, [*wishes, (NEW, priority or last)], at=at)


def _invalid(reason: str, *, at: str) -> Invalid:
    return Invalid("The priorities are not valid.", fields={at: [reason]})
