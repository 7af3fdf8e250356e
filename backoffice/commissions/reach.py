"""Which markets fall to which rule of a profile, and which rules can win none. Pure."""

from collections.abc import Iterable, Sequence

from backoffice.commissions.match import MarketFacts, covers, in_order, winning_rule
from backoffice.contracts.commissions import RuleCoverage
from backoffice.contracts.rule_book import BookRule


def of(rules: Iterable[BookRule], markets: Sequence[MarketFacts]) -> list[RuleCoverage]:
    """In the order rules are tried."""
    ordered = sorted(rules, key=in_order)
    won: dict[str, list[str]] = {rule.id: [] for rule in ordered}
    for market in markets:
        won[winning_rule(ordered, market).id].append(market.market_id)
    return [_covered(rule, ordered[:above], markets, sorted(won[rule.id])) for above, rule in enumerate(ordered)]


def _covered(rule: BookRule, above: list[BookRule], markets: Sequence[MarketFacts], won: list[str]) -> RuleCoverage:
    reason = None if won else _why_dead(rule, above, [market for market in markets if covers(rule, market)])
    return RuleCoverage(
        commission_profile_rule_id=rule.id,
        priority=len(above) + 1,
        market_count=len(won),
        market_ids=won,
        is_dead=reason is not None,
        reason=reason,
    )


def _why_dead(rule: BookRule, above: list[BookRule], could: list[MarketFacts]) -> str | None:
    """Of a rule that wins nothing. The default rule is never dead: the next market may fall to it."""
    if rule.is_default:
        return None
    if not could:
        return f"the group {rule.market_group_id} has no markets" if rule.market_group_id is not None else "there is no such market"
    takers = sorted({number for number, other in enumerate(above, start=1) if any(covers(other, market) for market in could)})
    numbers = ", ".join(map(str, takers))
    if rule.market_id is not None:
        return f"rule {takers[0]} above it names the group of this market"
    return f"every market of the group {rule.market_group_id} falls to rules above it: {numbers}"
