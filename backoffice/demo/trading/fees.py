"""What the demo's orders pay: the rule of each account on each market, found by the pure functions once, and their charges."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from backoffice.commissions import quote
from backoffice.commissions.match import AccountFacts, winner
from backoffice.commissions.quote import Terms
from backoffice.contracts.rule_book import RuleBook
from backoffice.demo.trading.rates import SCALE, Rates
from backoffice.demo.trading.texts import whole
from backoffice.demo.trading.venues import Venue


class Charged(NamedTuple):
    """`units` of each fill in the asset of the fee, `in_rat` in the root asset at the scale `in_rat_scale`."""

    rule_id: str
    units: list[int]
    in_rat: list[int]
    in_rat_scale: int


class Fees:
    def __init__(self, book: RuleBook, scales: Mapping[str, int], rates: Rates) -> None:
        self.book, self.scales, self.rates, self.root = book, scales, rates, rates.root
        self.known: dict[tuple[str, str], tuple[str, Terms]] = {}

    def of(self, account: AccountFacts, venue: Venue) -> tuple[str, Terms]:
        place = (account.account_id, venue.facts.market_id)
        if place not in self.known:
            rule = winner(self.book, account, venue.facts).rule
            self.known[place] = (rule.id, Terms(is_spot=venue.is_spot, fee=rule.fee, scale=self.scales[self.asset(venue)]))
        return self.known[place]

    def asset(self, venue: Venue) -> str:
        return venue.quote if venue.is_spot else self.root

    def charged(self, account: AccountFacts, venue: Venue, at: int, fills: Sequence[tuple[int, int]]) -> Charged:
        """Fills are steps and ticks; all at the rate of the moment `at`."""
        rule_id, terms = self.of(account, venue)
        rate, sized_in = self.rates.at(venue.quote, at), terms.fee.cfd.asset_id
        size_rate = quote.ONE if sized_in is None else self.rates.at(sized_in, at)
        parts = [
            quote.Fill(
                Decimal(steps * venue.step).scaleb(-venue.size_scale),
                Decimal(ticks * venue.tick).scaleb(-venue.price_scale),
                None if venue.is_spot else Decimal(steps * venue.lot_step).scaleb(-venue.lot_scale),
                rate,
                size_rate,
            )
            for steps, ticks in fills
        ]
        units = [whole(charge, terms.scale) for charge in quote.charges(terms, parts)]
        if not venue.is_spot:
            return Charged(rule_id, units, units, terms.scale)
        rate_units = self.rates.units(venue.quote, at)
        return Charged(rule_id, units, [charge * rate_units for charge in units], terms.scale + SCALE)
