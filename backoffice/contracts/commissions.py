"""Commissions: profiles of rules in priority order, who has which profile, and what an order pays by them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from msgspec import Meta, field

from backoffice.contracts.actor import Actor
from backoffice.contracts.value import Value, Versioned

FeeType = Literal["PerVolume", "PerLot"]
Side = Literal["Buy", "Sell"]
Priority = Annotated[int, Meta(ge=1, le=1_000_000)]


class SpotFee(Value, frozen=True, kw_only=True):
    """Percent of the volume, charged in the quote asset."""

    type: Literal["PerVolume"]
    size: Decimal


class CfdFee(Value, frozen=True, kw_only=True):
    """Charged in the root asset. `size`: percent of the volume, or an amount of `asset_id` a lot; absent, that is the root asset."""

    type: FeeType
    size: Decimal
    asset_id: str | None = None


class FeeSettings(Value, frozen=True, kw_only=True):
    """`min_fee_rat` is the least that an order pays, in the root asset, once over all its fills."""

    spot: SpotFee
    cfd: CfdFee
    min_fee_rat: Decimal = field(name="minFeeRAT", default=Decimal(0))


# Profiles


class CommissionProfile(Value, frozen=True, kw_only=True):
    """Exactly one is the default: it cannot be deleted."""

    commission_profile_id: str
    name: str
    is_default: bool
    rule_count: int
    assignment_count: int
    created_at: datetime
    updated_at: datetime


class NewCommissionProfile(Value, frozen=True, kw_only=True):
    """`commission_profile_id`: as of a market group. With `copy_of`, a profile's id, it begins with the rules of that one."""

    commission_profile_id: str | None = None
    name: str
    copy_of: str | None = None


class CommissionProfileChange(Value, frozen=True, kw_only=True):
    name: str


class RuleCoverage(Value, frozen=True, kw_only=True):
    """The markets that fall to one rule, by id. A dead rule can win none, whatever is traded: `reason` says why."""

    commission_profile_rule_id: str
    priority: int
    market_count: int
    market_ids: list[str]
    is_dead: bool
    reason: str | None


class Coverage(Value, frozen=True, kw_only=True):
    """`rules` in the order they are tried, the default rule last."""

    commission_profile_id: str
    market_count: int
    rules: list[RuleCoverage]


class CommissionProfiles(Protocol):
    def find(self, actor: Actor) -> list[CommissionProfile]:
        """The default one, then the others by name."""

    def get(self, actor: Actor, profile_id: str) -> Versioned[CommissionProfile]:
        """Its version counts the changes of its rules too. Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewCommissionProfile) -> CommissionProfile:
        """Without `copy_of` it has a default rule that charges nothing. Refuses: Invalid."""

    def update(self, actor: Actor, profile_id: str, change: CommissionProfileChange, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid."""

    def delete(self, actor: Actor, profile_id: str, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid (`default_profile`), InUse (names who is assigned)."""

    def coverage(self, actor: Actor, profile_id: str) -> Coverage:
        """Which markets fall to which rule. Refuses: NotFound."""


# Rules of a profile


class CommissionRule(Value, frozen=True, kw_only=True):
    """A market, a market group, or for the default rule neither. Priority 1 wins; the default rule is always last."""

    commission_profile_rule_id: str
    priority: int
    is_default: bool
    fee_settings: FeeSettings
    market_id: str | None
    market_name: str | None
    market_group_id: str | None
    market_group_name: str | None
    commission_profile_id: str
    commission_profile_name: str


class RulePriority(Value, frozen=True, kw_only=True):
    commission_profile_rule_id: str
    priority: Priority


class RuleTarget(Value, frozen=True, kw_only=True):
    """What a rule is to name: a market or a market group. Of the default rule: neither."""

    market_id: str | None = None
    market_group_id: str | None = None


class RuleDraft(RuleTarget, frozen=True, kw_only=True):
    fee_settings: FeeSettings


class NewRuleDraft(RuleDraft, frozen=True, kw_only=True):
    """`priority`: where it is put, before the rule that has it now; absent, behind all others."""

    priority: Priority | None = None


class NewRule(Value, frozen=True, kw_only=True):
    """`priorities` are those of the other rules after the call; with them, all together must be 1 to n, each once."""

    commission_profile_rule: NewRuleDraft
    priorities: list[RulePriority] | None = None


class RuleChange(Value, frozen=True, kw_only=True):
    """`priorities`, if given, names every rule but the default one."""

    commission_profile_rule: RuleDraft
    priorities: list[RulePriority] | None = None


class RuleCheck(Value, frozen=True, kw_only=True):
    """A change of what a rule names."""

    commission_profile_rule: RuleTarget


class RuleCreated(Value, frozen=True, kw_only=True):
    id: str


class CommissionRules(Protocol):
    """Versions: of a list, its profile's; of a rule, how often what it names or charges has changed."""

    def find(self, actor: Actor, profile_id: str) -> Versioned[list[CommissionRule]]:
        """In the order they are tried. Refuses: NotFound."""

    def get(self, actor: Actor, profile_id: str, rule_id: str) -> Versioned[CommissionRule]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, profile_id: str, draft: NewRule, *, version: int | None = None) -> RuleCreated:
        """`version` is the list's. Refuses: NotFound, Stale, Invalid (`stale_priorities` names what the list lacks or does not know)."""

    def update(self, actor: Actor, profile_id: str, rule_id: str, change: RuleChange, *, version: int | None = None) -> None:
        """`version` is the rule's. Refuses: NotFound, Stale, Invalid (`default_rule`: only its fees change; `stale_priorities`)."""

    def delete(self, actor: Actor, profile_id: str, rule_id: str, *, version: int | None = None) -> None:
        """Those behind it move up. Refuses: NotFound, Stale, Invalid (`default_rule`)."""

    def validate_update(self, actor: Actor, profile_id: str, rule_id: str, check: RuleCheck) -> None:
        """Whether `update` would be allowed; changes nothing. Refuses: NotFound, Invalid."""

    def validate_delete(self, actor: Actor, profile_id: str, rule_id: str) -> None:
        """Whether `delete` would be allowed; changes nothing. Refuses: NotFound, Invalid (`default_rule`)."""

    def set_priorities(self, actor: Actor, profile_id: str, priorities: list[RulePriority], *, version: int | None = None) -> None:
        """1 to n, each once, over every rule but the default one. Refuses: NotFound, Stale, Invalid (`stale_priorities`)."""


# Assignments: who has which profile


class CommissionAssignment(Value, frozen=True, kw_only=True):
    """A user, an account, an account group, or for the default assignment nobody. Priority 1 wins; the default one is always last."""

    commission_assignment_id: str
    priority: int
    is_default: bool
    user_id: str | None
    account_id: str | None
    account_group_id: str | None
    commission_profile_id: str
    commission_profile_name: str


class AssignmentPriority(Value, frozen=True, kw_only=True):
    commission_assignment_id: str
    priority: Priority


class AssignmentDraft(Value, frozen=True, kw_only=True):
    """Exactly one of user, account and account group; each at most once in the list."""

    user_id: str | None = None
    account_id: str | None = None
    account_group_id: str | None = None
    commission_profile_id: str


class NewAssignment(AssignmentDraft, frozen=True, kw_only=True):
    """`priority`: where it is put, before the one that has it now; absent, behind all others."""

    priority: Priority | None = None


class CommissionAssignments(Protocol):
    """Versions: of the list, how often anything in it has changed; of an assignment, how often itself has but for its priority."""

    def find(self, actor: Actor) -> Versioned[list[CommissionAssignment]]:
        """In the order they are tried."""

    def get(self, actor: Actor, assignment_id: str) -> Versioned[CommissionAssignment]:
        """Refuses: NotFound."""

    def create(self, actor: Actor, draft: NewAssignment, *, version: int | None = None) -> CommissionAssignment:
        """`version` is the list's. Refuses: Stale, Invalid."""

    def update(self, actor: Actor, assignment_id: str, change: AssignmentDraft, *, version: int | None = None) -> None:
        """Refuses: NotFound, Stale, Invalid (`default_assignment`)."""

    def delete(self, actor: Actor, assignment_id: str, *, version: int | None = None) -> None:
        """Those behind it move up. Refuses: NotFound, Stale, Invalid (`default_assignment`)."""

    def set_priorities(self, actor: Actor, priorities: list[AssignmentPriority], *, version: int | None = None) -> None:
        """1 to n, each once, over every assignment but the default one. Refuses: Stale, Invalid (`stale_priorities`)."""
