"""The demo's commissions: three profiles, their rules in order, and who has which."""

from collections.abc import Callable

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import FeeSettings, NewAssignment, NewCommissionProfile, NewRule, NewRuleDraft, RuleChange, RuleDraft
from backoffice.demo import broker
from backoffice.services import back_api


class ProfileFacts(msgspec.Struct):
    """`rest` is what its default rule charges."""

    profile: NewCommissionProfile
    rest: FeeSettings
    rules: list[NewRuleDraft]


class CommissionFacts(msgspec.Struct):
    profiles: list[ProfileFacts]
    assignments: list[NewAssignment]


def load(actor: Actor, *, progress: Callable[[str, int, int], None]) -> None:
    """Once: on a desk where somebody made a profile or a rule already, it stays as they left it."""
    api, facts = back_api(), broker.values("commissions.json", CommissionFacts)
    known = api.commission_profiles.find(actor)
    if len(known) > 1 or known[0].rule_count > 1:
        return
    markets = {market.market_id for market in api.markets.names(actor)}
    for number, one in enumerate(facts.profiles, start=1):
        _profile(actor, one, markets, is_there=one.profile.commission_profile_id == known[0].commission_profile_id)
        progress("commissions", number, len(facts.profiles))
    for assignment in facts.assignments:
        api.commission_assignments.create(actor, assignment)


def _profile(actor: Actor, facts: ProfileFacts, markets: set[str], *, is_there: bool) -> None:
    api, profile_id = back_api(), facts.profile.commission_profile_id or ""
    if not is_there:
        api.commission_profiles.create(actor, facts.profile)
    [rest] = api.commission_rules.find(actor, profile_id).value
    change = RuleChange(commission_profile_rule=RuleDraft(fee_settings=facts.rest))
    api.commission_rules.update(actor, profile_id, rest.commission_profile_rule_id, change)
    for rule in facts.rules:
        if rule.market_id is None or rule.market_id in markets:
            api.commission_rules.create(actor, profile_id, NewRule(commission_profile_rule=rule))
