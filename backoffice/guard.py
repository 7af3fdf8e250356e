"""Every operation passes here: who may, what is recorded. A verb without an entry stops the start."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from types import SimpleNamespace
from typing import Any, TypeVar, cast, get_type_hints

from django.db import IntegrityError, OperationalError, transaction

from backoffice import masking, reasons
from backoffice.approvals import acts, gate
from backoffice.calls import Call, Gate
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted, Unavailable
from backoffice.core import audit, reach
from backoffice.operators import confirmations, scopes
from backoffice.permissions import RULES as RULES
from backoffice.permissions import Reads as Reads
from backoffice.permissions import Writes

# Rules that only the database can hold, since those who could break them know nothing of one another.
MEANINGS = {
    "asset_with_money_keeps_its_scale": "The scale of an asset stays once somebody has had some of it.",
    "market_group_has_commission_rules": "Commission rules name this market group; let them name something else first.",
    "account_group_has_commission_assignment": "A commission assignment names this account group; let it name something else first.",
}
# What is asked before a call, in this order: whether it is in reach, whether it says why, whether the person is there.
# Then: whether others must approve of it.
GATES: Sequence[Gate] = (scopes.check, reasons.check, confirmations.check)
Capability = TypeVar("Capability")


def permitted(actor: Actor, action: str) -> bool:
    """May this actor do that? What a door asks before it shows a button."""
    return actor.may(RULES[action].operation)


def guarded(name: str, implementation: Capability, protocol: object) -> Capability:
    """The same capability, with permission, approval and audit around each of its verbs."""
    verbs = {verb: value for verb, value in vars(protocol).items() if inspect.isfunction(value) and not verb.startswith("_")}
    waits: Mapping[str, acts.Waits] = getattr(implementation, "WAITS", {})
    around = {verb: _guard(f"{name}.{verb}", getattr(implementation, verb), value, waits.get(verb)) for verb, value in verbs.items()}
    return cast(Capability, SimpleNamespace(**around))


def _guard(action: str, act: Callable[..., Any], promised: Callable[..., Any], waits: acts.Waits | None) -> Callable[..., Any]:
    rule = RULES[action]  # KeyError here, at the start, is the default deny
    signature = inspect.signature(act)

    @wraps(act)
    def guarded_act(actor: Actor, *args: Any, **kwargs: Any) -> Any:
        if not actor.may(rule.operation):
            raise NotPermitted(rule.operation)
        with _store_refusals():
            if GATES or not isinstance(rule, Reads):
                _, *asked = signature.bind(actor, *args, **kwargs).arguments.items()
                call = Call(action, rule, dict(asked))
                for asks in GATES:
                    asks(actor, call)
                if not isinstance(rule, Reads) and (demand := gate.demanded(actor, call)):
                    return gate.hold(actor, call, demand)
            if isinstance(rule, Reads):
                with reach.within(actor, rule.operation):
                    return masking.shown(actor, act(actor, *args, **kwargs))
            if not isinstance(rule, Writes):
                return act(actor, *args, **kwargs)
            with transaction.atomic():
                return act(audit.open_record(actor, action), *args, **kwargs)

    acts.know(action, acts.Act(rule, act, guarded_act, get_type_hints(promised), waits))
    return guarded_act


@contextmanager
def _store_refusals() -> Iterator[None]:
    """What the database refuses, in our words: a race lost to a constraint, a lock or a connection not to be had in time."""
    try:
        yield
    except IntegrityError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if constraint in MEANINGS:
            raise Invalid(MEANINGS[constraint], code=constraint) from error
        raise Conflict(f"Somebody changed the same at this moment ({constraint}); read it again and repeat.") from error
    except OperationalError as error:
        raise Unavailable("The database is busy or away; repeating this later is safe.") from error
