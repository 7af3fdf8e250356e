"""What rows of a file may name, at one moment."""

from typing import NamedTuple

from backoffice.commissions.checks import Assets
from backoffice.contracts.rule_book import RuleBook
from backoffice.markets.models import Asset, Market, MarketGroup


class References(NamedTuple):
    profiles: frozenset[str]
    markets: frozenset[str]
    market_groups: frozenset[str]
    assets: Assets


def load(book: RuleBook) -> References:
    assets = list(Asset.objects.values_list("id", "scale", "is_root"))
    return References(
        profiles=frozenset(profile.id for profile in book.profiles),
        markets=frozenset(Market.objects.values_list("market_id", flat=True)),
        market_groups=frozenset(MarketGroup.objects.values_list("id", flat=True)),
        assets=Assets(scales={id: scale for id, scale, _ in assets}, root=next((id for id, _, is_root in assets if is_root), None)),
    )
