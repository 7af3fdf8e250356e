"""Change sets: drafts of changes to commission rules and assignments, what they would have earned, applied now or at an instant, undone."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from msgspec import UNSET, Meta, UnsetType, field

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import FeeSettings, Priority
from backoffice.contracts.markets import FieldChange
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Value, Versioned

ChangeSetStatus = Literal["Draft", "Scheduled", "Applied", "Undone", "Discarded", "Failed"]
ImpactStatus = Literal["Queued", "Running", "Done", "Failed"]
ImpactKind = Literal["Market", "Client"]
DueWork = Literal["Apply", "Estimate"]
ChangeAction = Literal["Created", "Changed", "Deleted"]


# Edits, by their `type`. They are made one after another; ids of what an earlier one creates may be given, and used by later ones.


class Edit(Value, frozen=True, kw_only=True, tag=True, tag_field="type"):
    """One step of a draft."""


class CreateRule(Edit, frozen=True, kw_only=True):
    """A market or a market group. `priority`: where it is put, before the rule that has it then; absent, behind all others."""

    commission_profile_rule_id: str | None = None
    commission_profile_id: str
    priority: Priority | None = None
    market_id: str | None = None
    market_group_id: str | None = None
    fee_settings: FeeSettings


class ChangeRule(Edit, frozen=True, kw_only=True):
    """What is given takes the place of what is there; of a default rule only the fees can."""

    commission_profile_rule_id: str
    market_id: str | UnsetType | None = UNSET
    market_group_id: str | UnsetType | None = UNSET
    fee_settings: FeeSettings | UnsetType = UNSET


class DeleteRule(Edit, frozen=True, kw_only=True):
    """Those behind it move up."""

    commission_profile_rule_id: str


class OrderRules(Edit, frozen=True, kw_only=True):
    """Every rule of the profile but the default one, the first to be tried first."""

    commission_profile_id: str
    commission_profile_rule_ids: list[str]


class ListedRule(Value, frozen=True, kw_only=True):
    """One that there is, by its id, with what it is to name and charge from now on; or a new one."""

    commission_profile_rule_id: str | None = None
    market_id: str | None = None
    market_group_id: str | None = None
    fee_settings: FeeSettings


class ReplaceRules(Edit, frozen=True, kw_only=True):
    """The list of a profile becomes this one, the first to be tried first; rules that it lacks go. The default rule is not in it and stays."""

    commission_profile_id: str
    rules: Annotated[list[ListedRule], Meta(max_length=10_000)]


class CreateAssignment(Edit, frozen=True, kw_only=True):
    """Exactly one of user, account and account group."""

    commission_assignment_id: str | None = None
    priority: Priority | None = None
    user_id: str | None = None
    account_id: str | None = None
    account_group_id: str | None = None
    commission_profile_id: str


class ChangeAssignment(Edit, frozen=True, kw_only=True):
    """Another profile for whom it names."""

    commission_assignment_id: str
    commission_profile_id: str


class DeleteAssignment(Edit, frozen=True, kw_only=True):
    commission_assignment_id: str


class OrderAssignments(Edit, frozen=True, kw_only=True):
    """Every assignment but the default one, the first to be tried first."""

    commission_assignment_ids: list[str]


AnyEdit = CreateRule | ChangeRule | DeleteRule | OrderRules | ReplaceRules | CreateAssignment | ChangeAssignment | DeleteAssignment | OrderAssignments
Edits = Annotated[list[AnyEdit], Meta(max_length=1_000)]


class ChangeSetDraft(Value, frozen=True, kw_only=True):
    """`name`: 1 to 100 printable characters. The edits start from the rules as they are at that moment."""

    name: str
    note: str = ""
    edits: Edits = []


class Schedule(Value, frozen=True, kw_only=True):
    apply_at: datetime


class Period(Value, frozen=True, kw_only=True):
    """Executions from `from` on, before `to`."""

    from_: datetime = field(name="from")
    to: datetime


class BookChange(Value, frozen=True, kw_only=True):
    """One rule or assignment and what the change set does to it; `label` is how people know it."""

    object_type: Literal["commission_rule", "commission_assignment"]
    object_id: str
    commission_profile_id: str
    label: str
    action: ChangeAction
    fields: list[FieldChange]


class ImpactSummary(Value, frozen=True, kw_only=True):
    """How far the computation is, and its end: what the executions of the period pay by the rules before the change, and by those after it."""

    status: ImpactStatus
    period: Period
    rows_done: int
    rows_total: int | None
    reason: str | None
    executions: int
    old_in_rat: Decimal | None = field(name="oldInRAT")
    new_in_rat: Decimal | None = field(name="newInRAT")
    requested_by: str
    requested_at: datetime


class ImpactRow(Value, frozen=True, kw_only=True):
    """One market, or one client (`key` is the user id)."""

    kind: ImpactKind
    key: str
    label: str
    executions: int
    old_in_rat: Decimal = field(name="oldInRAT")
    new_in_rat: Decimal = field(name="newInRAT")


class ImpactQuery(Value, frozen=True, kw_only=True):
    """Those that change most first."""

    kind: ImpactKind = "Market"
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 100


class Impact(Value, frozen=True, kw_only=True):
    """`summary` is null until one is asked for."""

    summary: ImpactSummary | None
    rows: list[ImpactRow]
    next: str | None


class ChangeSet(Value, frozen=True, kw_only=True):
    """`reason` says why it failed. `change_count`: how many rules and assignments it changes."""

    change_set_id: str
    name: str
    note: str
    status: ChangeSetStatus
    reason: str | None
    change_count: int
    apply_at: datetime | None
    applied_at: datetime | None
    applied_by: str | None
    undone_at: datetime | None
    undone_by: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    impact: ImpactSummary | None


class ChangeSetDetail(Value, frozen=True, kw_only=True):
    change_set: ChangeSet
    edits: list[AnyEdit]
    changes: list[BookChange]


class ChangeSetQuery(Value, frozen=True, kw_only=True):
    status: ChangeSetStatus | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class DueChangeSet(Value, frozen=True, kw_only=True):
    """What a worker has to do with it, and in whose name."""

    change_set_id: str
    work: DueWork
    requester_kind: str
    requester_id: str


class CommissionChanges(Protocol):
    """Of a version: how often the draft or its status has changed; the computing of an impact changes none."""

    def find(self, actor: Actor, query: ChangeSetQuery) -> Page[ChangeSet]:
        """Newest first."""

    def get(self, actor: Actor, change_set_id: str) -> Versioned[ChangeSetDetail]:
        """Refuses: NotFound."""

    def draft(self, actor: Actor, draft: ChangeSetDraft) -> ChangeSetDetail:
        """Refuses: Invalid (`edits[n]...`, or what the rules would lack), NotFound (what an edit names)."""

    def edit(self, actor: Actor, change_set_id: str, draft: ChangeSetDraft, *, version: int | None = None) -> None:
        """Draft it anew, from the rules as they are now; its impact is forgotten. One that failed is a draft again.

        Refuses: NotFound, Stale, Conflict (`wrong_status`), Invalid.
        """

    def discard(self, actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Conflict (`wrong_status`)."""

    def estimate(self, actor: Actor, change_set_id: str, period: Period) -> ImpactSummary:
        """Queue the computing of its impact, in place of an earlier one. Refuses: NotFound, Conflict (`wrong_status`), Invalid (the period)."""

    def impact(self, actor: Actor, change_set_id: str, query: ImpactQuery) -> Impact:
        """Refuses: NotFound, Invalid (`after`)."""

    def cancel_estimate(self, actor: Actor, change_set_id: str) -> None:
        """Stop computing and forget it. Refuses: NotFound."""

    def apply(self, actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
        """Now, all of it or nothing.

        Refuses: NotFound, Stale, Conflict (`wrong_status`; `moved_since` names what others have changed since it was drafted), Invalid.
        """

    def schedule(self, actor: Actor, change_set_id: str, apply_at: datetime, *, version: int | None = None) -> None:
        """Have it applied then, with the rights that the actor has then. Refuses: NotFound, Stale, Conflict (`wrong_status`), Invalid."""

    def unschedule(self, actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
        """A draft again. Refuses: NotFound, Stale, Conflict (`wrong_status`)."""

    def undo(self, actor: Actor, change_set_id: str, *, version: int | None = None) -> None:
        """Put back what it changed.

        Refuses: NotFound, Stale, Conflict (`wrong_status`; `moved_since` names what others have changed since it was applied), Invalid.
        """

    def due(self, actor: Actor, work: DueWork) -> list[DueChangeSet]:
        """For the worker: those whose instant has come by the clock of the database, or impacts that nobody computes; first come, first."""

    def apply_due(self, actor: Actor, change_set_id: str) -> None:
        """For the worker, in the name of who scheduled it; once, however many try. One that cannot be applied any more fails, with a notification."""

    def fail(self, actor: Actor, change_set_id: str, *, reason: str) -> None:
        """For the worker: a scheduled one that nobody may apply any more."""

    def run(self, actor: Actor, change_set_id: str) -> None:
        """For the worker: claim the impact and compute it. One that is claimed elsewhere is left alone."""
