"""What an object was at an instant, out of its changes alone: they begin with all of it, and each says what differed."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import WHOLE, AsOf, AsOfPart
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.core import reach
from backoffice.core.models import AuditChange
from backoffice.operators.seeing import refuse_unseen, seen_with

State = Mapping[str, str | None]
# What an object holds that has changes of its own: their type, and the field that names their owner.
NAME = "name"
PARTS = {"commission_profile": ("commission_rule", "profileId")}


class Step(NamedTuple):
    at: datetime
    by: str
    before: State
    after: State


def as_of(actor: Actor, object_type: str, object_id: str, *, at: datetime) -> AsOf:
    refuse_unseen(actor, object_type, object_id)
    if object_type not in WHOLE:
        raise Invalid(f"What a {object_type.replace('_', ' ')} was cannot be told from its changes.")
    if at > timezone.now():
        raise Invalid("That is still to come.", fields={"at": ["must not lie in the future"]})
    with reach.within(actor, seen_with(actor, object_type)):
        steps = _steps(object_type, [object_id]).get(object_id, [])
    if not steps:
        raise NotFound(f"Nothing is on record of {object_id}.")
    is_partial = bool(steps[0].before)
    if is_partial:
        steps.insert(0, _before(steps))
    until = [step for step in steps if step.at <= at]
    last = until[-1] if until else None
    return AsOf(
        at=at,
        state=fold(until),
        now=fold(steps),
        is_partial=is_partial,
        changes_since=len(steps) - len(until),
        changed_at=last.at if last and last.by else None,
        changed_by=last.by if last else "",
        parts=_parts(object_type, object_id, at),
    )


def _before(steps: list[Step]) -> Step:
    """What an object that is older than the trail was: of each field that ever changed, what stood there before its first change."""
    first: dict[str, str | None] = {}
    for step in steps:
        first = {**step.before, **dict.fromkeys(name for name in step.after if name not in step.before), **first}
    return Step(datetime.min.replace(tzinfo=UTC), "", {}, first)


def fold(steps: Iterable[Step]) -> dict[str, str | None] | None:
    """None while there is no such object; without what is empty."""
    state: dict[str, str | None] | None = None
    for step in steps:
        held = state or {}
        if not step.after and (NAME in step.before or all(step.before.get(name) == value for name, value in held.items() if value is not None)):
            state = None
        else:
            state = {**held, **dict.fromkeys(step.before), **step.after}
    return None if state is None else {name: value for name, value in state.items() if value is not None}


def _parts(object_type: str, object_id: str, at: datetime) -> list[AsOfPart]:
    if object_type not in PARTS:
        return []
    kind, owner = PARTS[object_type]
    ids = AuditChange.objects.filter(object_type=kind, read_rows=None, after__contains={owner: object_id}).values_list("object_id", flat=True)
    found = []
    for id, steps in _steps(kind, sorted(set(ids))).items():
        if steps[0].before:
            steps.insert(0, _before(steps))
        then, now = fold(step for step in steps if step.at <= at), fold(steps)
        if then is not None or now is not None:
            found.append(AsOfPart(object_type=kind, object_id=id, state=then, now=now))
    return found


def _steps(object_type: str, ids: list[str]) -> dict[str, list[Step]]:
    """In the order in which they took effect: a change is written while its object is locked, its record before that."""
    rows = AuditChange.objects.filter(object_type=object_type, object_id__in=ids, read_rows=None).select_related("record").order_by("pk")
    found: dict[str, list[Step]] = {}
    for row in rows:
        steps = found.setdefault(row.object_id, [])
        at = max(row.record.at, steps[-1].at) if steps else row.record.at
        steps.append(Step(at, row.record.actor_name, row.before, row.after))
    return found
