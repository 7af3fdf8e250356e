"""Who may do what, and why: the answer the guard would give, told step by step, and what everybody holds for a review."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value

WhoKind = Literal["operator", "role", "client"]
ObjectKind = Literal["account", "user", "market", "transfer", "account_group", "market_group"]
StepName = Literal["person", "operation", "limits", "object", "confirmation", "approval"]


class Who(Value, frozen=True, kw_only=True):
    """A person, a role as if somebody held it alone, or an API client."""

    kind: WhoKind
    id: str


class AccessQuestion(Value, frozen=True, kw_only=True):
    """`action` is the guard's word, as transfers.deposit. An `amount` is in units of the asset."""

    who: Who
    action: str
    object_kind: ObjectKind | None = None
    object_id: str | None = None
    asset_id: str | None = None
    amount: Decimal | None = None


class AccessStep(Value, frozen=True, kw_only=True):
    """What was looked at, in the guard's order; the first that does not hold decides. `is_met` None: it is asked for on the way."""

    name: StepName
    is_met: bool | None
    detail: str


class Explanation(Value, frozen=True, kw_only=True):
    """`status` is that of the API: 200 where nothing of this refuses, 202 where others must approve, 401, 403 or 404."""

    who: str
    action: str
    operation: str
    status: int
    steps: list[AccessStep]


class ReviewRow(Value, frozen=True, kw_only=True):
    """One operation that somebody holds through one role. `last_used_at` is of the trail: what is only read is not in it, and is None."""

    id: str
    kind: Literal["operator", "client"]
    name: str
    username: str
    is_active: bool
    role: str
    operation: str
    limits: str
    factors: str
    last_seen_at: datetime | None
    last_used_at: datetime | None


class Access(Protocol):
    def explain(self, actor: Actor, question: AccessQuestion) -> Explanation:
        """About oneself, or with manage-operators about anybody. Refuses: NotFound (who), Invalid (the action), NotPermitted."""

    def actions(self, actor: Actor) -> dict[str, list[str]]:
        """What can be asked about, by operation."""

    def review(self, actor: Actor) -> list[ReviewRow]:
        """Everybody with everything they hold, people first, by name."""
