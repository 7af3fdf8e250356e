"""For every verb of the guard's table that changes something: a policy holds it, others approve, it is carried out once, with what it was given."""

import inspect
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from backoffice import services
from backoffice.approvals import acts, coverage
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Refused
from backoffice.core import audit
from backoffice.guard import guarded
from backoffice.permissions import RULES, Reads, Writes
from tests.approvals.desk_of_two import approve, held, person, policy, role, rows

AREAS = {**get_type_hints(services.BackApi), **get_type_hints(services.Desk)}
HOLDABLE = sorted(action for action in RULES if coverage.is_holdable(action))
# They wait in the shape of their answers: test_money.py.
SHAPED = {"transfers.deposit", "transfers.withdraw"}
DEEPEST = 6


def sample(kind: Any, depth: int = 0) -> Any:
    """A value of the type, made from the type alone."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return "anything"
    if kind is type(None):
        return None
    if origin is Literal:
        return inner[0]
    if origin in (Union, UnionType):
        return sample(next(option for option in inner if option is not type(None)), depth) if depth < DEEPEST else None
    if hasattr(kind, "__metadata__"):
        return sample(inner[0], depth)
    if inspect.isclass(kind) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        needed = [field for field in msgspec.structs.fields(kind) if field.required]
        return kind(**{field.name: sample(hints[field.name], depth + 1) for field in needed})
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return {sample(inner[0], depth + 1): sample(inner[1], depth + 1)}
    if origin is not None and hasattr(origin, "__iter__"):
        return [sample(inner[0], depth + 1)]
    plain: dict[Any, Any] = {
        str: "some",
        int: 3,
        bool: True,
        Decimal: Decimal("1.50"),
        datetime: datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        date: date(2026, 11, 24),
        time: time(9, 30),
        bytes: b"some",
    }
    return plain[kind]


def promised(action: str) -> Any:
    area, _, verb = action.partition(".")
    return vars(AREAS[area])[verb]


def arguments(action: str) -> dict[str, Any]:
    """One for each parameter, also where there is a default: what is sealed must come back whole."""
    hints = get_type_hints(promised(action))
    names = [name for name in inspect.signature(promised(action)).parameters if name not in ("self", "actor")]
    return {name: sample(hints[name]) for name in names}


class Recording:
    """Stands where a domain app stands: does nothing but note what it was called with."""

    def __init__(self, action: str) -> None:
        self.calls: list[tuple[Actor, dict[str, Any]]] = []
        area, _, verb = action.partition(".")
        signature = inspect.signature(promised(action))

        def act(actor: Actor, *args: Any, **kwargs: Any) -> None:
            bound = signature.bind(None, actor, *args, **kwargs).arguments
            self.calls.append((actor, {name: value for name, value in bound.items() if name not in ("self", "actor")}))
            if isinstance(RULES[action], Writes):
                audit.changed(actor, "test", "1", {"done": "no"}, {"done": "yes"})

        act.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
        protocol = type("One", (), {verb: promised(action)})
        self.verb = getattr(guarded(area, SimpleNamespace(**{verb: act}), protocol), verb)


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """The guard knows it instead of the real one while the test runs."""
    services.desk()
    action = request.getfixturevalue("action")
    real = acts.known(action)
    assert real
    yield Recording(action)
    acts.know(action, real)


@pytest.mark.parametrize("action", [action for action in HOLDABLE if action not in SHAPED])
@pytest.mark.parametrize("covers", ["its operation", "the verb itself"])
def test_a_policy_holds_it_and_approval_carries_it_out_once(db: None, action: str, covers: str, recording: Recording) -> None:
    operation = RULES[action].operation
    may = role("May", operation, "decide-approvals")
    maker, checker, stranger = person("mary", may), person("charles", may), person("stranger", role("Other", "decide-approvals"))
    given = arguments(action)
    policy(operation if covers == "its operation" else action)
    waiting = held(recording.verb, maker, **given)
    # A verb that is one transaction was tried; nothing of that is left.
    assert rows("SELECT count(*) FROM core_auditchange WHERE object_type = 'test'") == [(0,)]
    assert held(recording.verb, maker, **given) == waiting
    for refused in (maker, stranger):
        with pytest.raises(Refused):
            approve(refused, waiting)
    recording.calls.clear()
    assert approve(checker, waiting).state == "Done"
    with pytest.raises(Refused):
        approve(checker, waiting)
    done = [(actor, asked) for actor, asked in recording.calls if actor.approval == waiting]
    assert [(actor.id, actor.door, asked) for actor, asked in done] == [(maker.id, "portal", given)]
    # What was approved once is held again the next time.
    assert held(recording.verb, maker, **given) != waiting


@pytest.mark.parametrize(
    "action", sorted(action for action, rule in RULES.items() if not isinstance(rule, Reads) and not coverage.is_holdable(action))
)
def test_what_cannot_be_held_belongs_to_the_desk_to_oneself_or_to_the_list(action: str) -> None:
    assert RULES[action].operation in ("own", "worker") or action in coverage.NEVER_HELD
