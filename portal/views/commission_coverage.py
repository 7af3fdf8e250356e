"""Which markets fall to which rule of a profile: a bar of all of them, and rule by rule; dead rules say why they are."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from backoffice.contracts.commissions import CommissionRule, RuleCoverage
from backoffice.services import back_api
from portal import respond
from portal.fees import FeeWords, fee_words
from portal.session import DeskRequest
from portal.views.commission_profiles import found_profile
from portal.views.commission_rules import target_of
from portal.worth import worth_of

WIDE, COLOURS, NAMED = 1000, 8, 200


class Share(NamedTuple):
    """A rule's part of the bar, in thousandths, and its markets; `more` is how many of them are not named."""

    rule: CommissionRule
    target: str
    fee: FeeWords
    covered: RuleCoverage
    colour: int
    left: int
    wide: int
    markets: list[tuple[str, str]]
    more: int


@require_safe
def show(request: DeskRequest, profile_id: str) -> HttpResponse:
    profile, _, found = found_profile(request, profile_id, "Coverage")
    coverage = back_api().commission_profiles.coverage(request.actor, profile_id)
    rules = {rule.commission_profile_rule_id: rule for rule in back_api().commission_rules.find(request.actor, profile_id).value}
    names = {market.market_id: market.display_name for market in back_api().markets.names(request.actor)}
    root = worth_of(request.actor).root
    shares, seen = list[Share](), 0
    for at, one in enumerate(coverage.rules):
        rule = rules.get(one.commission_profile_rule_id)
        if rule is None:
            continue
        left, seen = _thousandths(seen, coverage.market_count), seen + one.market_count
        markets = [(id, names.get(id, id)) for id in one.market_ids[:NAMED]]
        wide = _thousandths(seen, coverage.market_count) - left
        fee = fee_words(rule.fee_settings, root)
        shares.append(Share(rule, target_of(rule), fee, one, at % COLOURS, left, wide, markets, one.market_count - len(markets)))
    context: dict[str, Any] = {**found, "profile": profile, "shares": shares, "total": coverage.market_count}
    context["dead"] = sum(share.covered.is_dead for share in shares)
    return respond.page(request, "portal/commissions/coverage.html", "", context)


def _thousandths(part: int, whole: int) -> int:
    return part * WIDE // whole if whole else 0
