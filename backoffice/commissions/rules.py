"""The hosted CommissionRules: each change works out the whole list anew, under the profile's lock."""

from collections.abc import Sequence
from uuid import uuid4

import msgspec
from django.db.models import Q

from backoffice.commissions import book, checks, defaults, order, storing
from backoffice.commissions.models import Profile
from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import (
    CommissionRule,
    FeeSettings,
    NewRule,
    RuleChange,
    RuleCheck,
    RuleCreated,
    RulePriority,
    RuleTarget,
)
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.contracts.rule_book import BookRule
from backoffice.contracts.value import Versioned
from backoffice.core import versions
from backoffice.markets.models import Asset, Market, MarketGroup
from backoffice.markets.rules import Faults, joined

RULE, FEES = "commissionProfileRule", "commissionProfileRule.feeSettings"


def find(actor: Actor, profile_id: str) -> Versioned[list[CommissionRule]]:  # noqa: ARG001  verbs are told who asks
    profile = _profile(profile_id)
    return Versioned(value=_shown(profile, book.rules(profile_id)), version=profile.version)


def get(actor: Actor, profile_id: str, rule_id: str) -> Versioned[CommissionRule]:
    rule = _one(book.rules(profile_id), rule_id)
    shown = next(found for found in find(actor, profile_id).value if found.commission_profile_rule_id == rule_id)
    return Versioned(value=shown, version=rule.version)


def create(actor: Actor, profile_id: str, draft: NewRule, *, version: int | None = None) -> RuleCreated:
    profile = lock(profile_id, version=version)
    before, wanted = book.rules(profile_id), draft.commission_profile_rule
    current, wishes = _priorities(before), draft.priorities
    fee = _stored(wanted.fee_settings)
    _refuse(joined(_target_faults(wanted, before), _fee_faults(fee)))
    at = f"{RULE}.priority"
    numbers = (
        order.put(current, wanted.priority, at=at)
        if wishes is None
        else order.wished_with_new(current, _pairs(wishes), wanted.priority, at="priorities")
    )
    new = BookRule(
        id=str(uuid4()),
        profile_id=profile_id,
        priority=numbers[order.NEW],
        market_id=wanted.market_id,
        market_group_id=wanted.market_group_id,
        fee=fee,
    )
    storing.store_rules(actor, profile.pk, before, [*_numbered(before, numbers), new])
    return RuleCreated(id=new.id)


def update(actor: Actor, profile_id: str, rule_id: str, change: RuleChange, *, version: int | None = None) -> None:
    lock(profile_id, version=None)
    before, wanted = book.rules(profile_id), change.commission_profile_rule
    rule = _one(before, rule_id)
    if version is not None and version != rule.version:
        raise Stale(version=rule.version)
    fee = _stored(wanted.fee_settings)
    _refuse(joined(_change_faults(wanted, rule, before), _fee_faults(fee)))
    changed = msgspec.structs.replace(rule, market_id=wanted.market_id, market_group_id=wanted.market_group_id, fee=fee)
    after = [changed if one is rule else one for one in before]
    if change.priorities is not None:
        after = _numbered(after, order.wished(_priorities(before), _pairs(change.priorities), at="priorities"))
    storing.store_rules(actor, profile_id, before, after)


def delete(actor: Actor, profile_id: str, rule_id: str, *, version: int | None = None) -> None:
    lock(profile_id, version=None)
    before = book.rules(profile_id)
    rule = _one(before, rule_id)
    if version is not None and version != rule.version:
        raise Stale(version=rule.version)
    _refuse_default(rule)
    rest = [one for one in before if one is not rule]
    storing.store_rules(actor, profile_id, before, _numbered(rest, order.without(_priorities(before), rule_id)))


def validate_update(actor: Actor, profile_id: str, rule_id: str, check: RuleCheck) -> None:  # noqa: ARG001  verbs are told who asks
    _profile(profile_id)
    rules = book.rules(profile_id)
    _refuse(_change_faults(check.commission_profile_rule, _one(rules, rule_id), rules))


def validate_delete(actor: Actor, profile_id: str, rule_id: str) -> None:  # noqa: ARG001  verbs are told who asks
    _profile(profile_id)
    _refuse_default(_one(book.rules(profile_id), rule_id))


def set_priorities(actor: Actor, profile_id: str, priorities: list[RulePriority], *, version: int | None = None) -> None:
    lock(profile_id, version=version)
    before = book.rules(profile_id)
    storing.store_rules(actor, profile_id, before, _numbered(before, order.wished(_priorities(before), _pairs(priorities), at="body")))


def lock(profile_id: str, *, version: int | None) -> Profile:
    """Refuses: NotFound, Stale."""
    defaults.ready()
    return versions.lock(Profile.objects.all(), profile_id, version=version, name="commission profile")


def assets_for(fee: FeeSettings) -> checks.Assets:
    rows = list(Asset.objects.filter(Q(is_root=True) | Q(pk=fee.cfd.asset_id)).values_list("id", "scale", "is_root"))
    return checks.Assets(scales={id: scale for id, scale, _ in rows}, root=next((id for id, _, is_root in rows if is_root), None))


def _profile(profile_id: str) -> Profile:
    defaults.ready()
    found = Profile.objects.filter(pk=profile_id).first()
    if found is None:
        raise NotFound(f"There is no commission profile {profile_id}.")
    return found


def _one(rules: Sequence[BookRule], rule_id: str) -> BookRule:
    found = next((rule for rule in rules if rule.id == rule_id), None)
    if found is None:
        raise NotFound(f"There is no rule {rule_id} in this commission profile.")
    return found


def _priorities(rules: Sequence[BookRule]) -> dict[str, int]:
    return {rule.id: rule.priority for rule in rules if rule.priority is not None}


def _pairs(priorities: Sequence[RulePriority]) -> list[tuple[str, int]]:
    return [(wish.commission_profile_rule_id, wish.priority) for wish in priorities]


def _numbered(rules: Sequence[BookRule], numbers: dict[str, int]) -> list[BookRule]:
    return [msgspec.structs.replace(rule, priority=numbers.get(rule.id)) for rule in rules]


def _stored(fee: FeeSettings) -> FeeSettings:
    return checks.stored(fee, assets_for(fee))


def _fee_faults(fee: FeeSettings) -> Faults:
    return checks.fee_faults(fee, assets_for(fee), at=FEES)


def _change_faults(target: RuleTarget, rule: BookRule, rules: Sequence[BookRule]) -> Faults:
    """Refuses: Invalid (`default_rule`)."""
    if not rule.is_default:
        return _target_faults(target, [other for other in rules if other is not rule])
    named = {"marketId": target.market_id, "marketGroupId": target.market_group_id}
    found = {f"{RULE}.{name}": ["the default rule names neither a market nor a group"] for name, value in named.items() if value is not None}
    if found:
        raise Invalid("Of the default rule only the fee changes.", code="default_rule", fields=found)
    return found


def _target_faults(target: RuleTarget, others: Sequence[BookRule]) -> Faults:
    found = checks.target_faults(target, others, at=RULE)
    if target.market_id is not None and not Market.objects.filter(pk=target.market_id).exists():
        found.setdefault(f"{RULE}.marketId", []).append(f"there is no market {target.market_id}")
    if target.market_group_id is not None and not MarketGroup.objects.filter(pk=target.market_group_id).exists():
        found.setdefault(f"{RULE}.marketGroupId", []).append(f"there is no market group {target.market_group_id}")
    return found


def _refuse_default(rule: BookRule) -> None:
    if rule.is_default:
        raise Invalid("The default rule of a profile cannot be deleted: it catches what no other rule does.", code="default_rule")


def _refuse(found: Faults) -> None:
    if found:
        raise Invalid("The commission rule is not valid.", fields=found)


def _shown(profile: Profile, rules: Sequence[BookRule]) -> list[CommissionRule]:
    markets = dict(Market.objects.filter(pk__in=[rule.market_id for rule in rules]).values_list("market_id", "display_name"))
    groups = dict(MarketGroup.objects.filter(pk__in=[rule.market_group_id for rule in rules]).values_list("id", "name"))
    root = Asset.objects.filter(is_root=True).values_list("id", flat=True).first()
    return [
        CommissionRule(
            commission_profile_rule_id=rule.id,
            priority=number,
            is_default=rule.is_default,
            fee_settings=checks.shown(rule.fee, root),
            market_id=rule.market_id,
            market_name=markets.get(rule.market_id or ""),
            market_group_id=rule.market_group_id,
            market_group_name=groups.get(rule.market_group_id or ""),
            commission_profile_id=profile.pk,
            commission_profile_name=profile.name,
        )
        for number, rule in enumerate(rules, start=1)
    ]
