"""Four eyes: which calls wait until others approve of them, and what becomes of those that wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from backoffice.contracts.actor import Actor
from backoffice.contracts.audit import AuditChange
from backoffice.contracts.paging import Slice
from backoffice.contracts.value import Value, Versioned

# Waiting for approvers; Approved by enough of them and about to be carried out; the others are final.
ApprovalState = Literal["Waiting", "Approved", "Done", "Failed", "Denied", "Cancelled", "Expired", "Stale"]
Verdict = Literal["Approved", "Denied", "BrokenGlass"]
MOST_APPROVERS = 5


class ApprovalPolicyDraft(Value, frozen=True, kw_only=True):
    """Which calls wait for how many others.

    `covers` is an operation (`manage-transfers`: all its changing verbs) or one verb (`transfers.confirm`). Conditions that are set must all hold:
    `amount_from` is in the root asset, and an amount without a rate is over every limit; of each list one must be named by the call, and a call that
    names none of the kind may reach all of it, so it counts as naming one. `maker_roles` are of people: programs have no roles.
    `approver_roles` empty: whoever holds the call's operation; nobody of `excluded_roles` may. Lists hold ids.
    """

    name: str
    covers: str
    amount_from: Decimal | None = None
    asset_ids: list[str] = []
    market_group_ids: list[str] = []
    account_group_ids: list[str] = []
    maker_roles: list[str] = []
    approvers_needed: int = 1
    approver_roles: list[str] = []
    excluded_roles: list[str] = []
    expires_after_minutes: int = 1_440
    is_active: bool = True


class ApprovalPolicy(ApprovalPolicyDraft, frozen=True, kw_only=True):
    id: str


class ApprovalDecision(Value, frozen=True, kw_only=True):
    """What one person said; BrokenGlass is the maker's own word in an emergency."""

    verdict: Verdict
    approver_id: str
    approver_name: str
    door: str
    reason: str
    at: datetime


class Approval(Value, frozen=True, kw_only=True):
    """A call that waits, as whoever asks may see it.

    `changes` is what it would change, tried and taken back when it was asked for; empty where it cannot be tried, and `about` tells of its subject.
    New objects are named new-1, new-2...; times and secrets of the moment are not shown. `shown_hash` binds an approval to exactly this.
    `outcome` says why it failed, was denied or is stale. `refusal` says why the asking actor may not decide; "" when they may.
    `has_result`: the maker may fetch once what the call answered.
    """

    id: str
    action: str
    operation: str
    state: ApprovalState
    maker_kind: str
    maker_id: str
    maker_name: str
    door: str
    reason: str
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    needed: int
    policies: list[str]
    decisions: list[ApprovalDecision]
    about: dict[str, str]
    changes: list[AuditChange]
    shown_hash: str
    outcome: str
    is_own: bool
    refusal: str
    has_result: bool


class ApprovalGiven(Value, frozen=True, kw_only=True):
    """`shown_hash` is that of the approval as its approver saw it."""

    shown_hash: str
    reason: str = ""


class ApprovalReason(Value, frozen=True, kw_only=True):
    reason: str


class HeldCall(Value, frozen=True, kw_only=True):
    """What the API answers, with 202, where a policy holds a call."""

    approval_id: str
    state: ApprovalState


class Approvals(Protocol):
    """One sees what one asked for, what one may decide on, and with `view-audit` everything; all else is NotFound."""

    def find(
        self,
        actor: Actor,
        *,
        states: Sequence[ApprovalState] = (),
        object_type: str | None = None,
        object_id: str | None = None,
        is_own: bool | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Slice[Approval]:
        """Newest first; `object_type` and `object_id` are of their changes; `after` is the id of the last one seen."""

    def waiting(self, actor: Actor) -> list[Approval]:
        """What the actor may decide on now, oldest first, up to 500."""

    def get(self, actor: Actor, approval_id: str) -> Approval:
        """Refuses: NotFound."""

    def approve(self, actor: Actor, approval_id: str, shown_hash: str, *, reason: str = "") -> Approval:
        """The last one needed carries the call out, as its maker, with the rights that the maker has then.

        Refuses: NotFound, NotPermitted (own, an excluded role, without the operation), Conflict (`approval_ended`, `approval_decided`;
        `approval_stale`: what the call would change is no longer what was shown, so it ends here).
        """

    def deny(self, actor: Actor, approval_id: str, *, reason: str) -> Approval:
        """One is enough. Refuses: as approve, Invalid (no reason)."""

    def cancel(self, actor: Actor, approval_id: str) -> Approval:
        """The maker wants it no more. Refuses: NotFound, NotPermitted (another's), Conflict (`approval_ended`)."""

    def break_glass(self, actor: Actor, approval_id: str, *, reason: str) -> Approval:
        """The maker carries it out without others, and everybody is told. Refuses: as cancel, Invalid (no reason)."""

    def broken_glass(self, actor: Actor) -> list[Approval]:
        """Those of the last 24 hours, newest first, for everybody; without their changes."""

    def result(self, actor: Actor, approval_id: str) -> Mapping[str, Any]:
        """What the call answered, once and to its maker only: it may hold a secret. Refuses: NotFound."""

    def sweep(self, actor: Actor) -> int:
        """Ends what expired, carries out what a crash left; how many."""


class ApprovalPolicies(Protocol):
    """A change holds everywhere within seconds."""

    def find(self, actor: Actor) -> list[ApprovalPolicy]:
        """By name."""

    def get(self, actor: Actor, policy_id: str) -> Versioned[ApprovalPolicy]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: ApprovalPolicyDraft) -> ApprovalPolicy:
        """Refuses: Invalid."""

    def update(self, actor: Actor, policy_id: str, draft: ApprovalPolicyDraft, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, policy_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale."""

    def covered(self, actor: Actor) -> dict[str, list[str]]:
        """What a policy may name: each operation with its changing verbs that can be held."""
