"""Quotes: what an order would pay now, and why exactly that."""

from decimal import Decimal
from typing import Protocol

from msgspec import field

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import FeeSettings, Side
from backoffice.contracts.markets import MarketType
from backoffice.contracts.value import Value


class QuoteRequest(Value, frozen=True, kw_only=True):
    """An order filled at once. `amount` in units of the base asset, or `lots` on CFD and perpetual markets."""

    account_id: str
    market_id: str
    side: Side
    amount: Decimal | None = None
    lots: Decimal | None = None
    price: Decimal


class TriedAssignment(Value, frozen=True, kw_only=True):
    """`reason` says in words why it won or lost."""

    commission_assignment_id: str
    priority: int
    is_default: bool
    user_id: str | None
    account_id: str | None
    account_group_id: str | None
    commission_profile_id: str
    won: bool
    reason: str


class TriedRule(Value, frozen=True, kw_only=True):
    """`reason` says in words why it won or lost."""

    commission_profile_rule_id: str
    priority: int
    is_default: bool
    market_id: str | None
    market_group_id: str | None
    won: bool
    reason: str


class CommissionQuote(Value, frozen=True, kw_only=True):
    """`fee` is what is charged, floor and rounding done; in the root asset too where there is a rate.

    `floor` is the least that an order pays, in the asset of the fee; `rate_to_root` is one unit of the quote asset in the root asset.
    `arithmetic` has the calculation, a line a step.
    """

    account_id: str
    user_id: str
    account_group_id: str
    market_id: str
    market_type: MarketType
    market_group_id: str | None
    side: Side
    amount: Decimal
    lots: Decimal | None
    price: Decimal
    fee: Decimal
    fee_asset_id: str
    fee_in_rat: Decimal | None = field(name="feeInRAT")
    root_asset_id: str | None
    rate_to_root: Decimal | None
    calculated: Decimal
    floor: Decimal
    is_floor_applied: bool
    commission_profile_id: str
    commission_profile_name: str
    commission_assignment_id: str
    commission_profile_rule_id: str
    fee_settings: FeeSettings
    assignments: list[TriedAssignment]
    rules: list[TriedRule]
    arithmetic: list[str]


class CommissionQuotes(Protocol):
    def quote(self, actor: Actor, request: QuoteRequest) -> CommissionQuote:
        """By the live rates. Refuses: NotFound (account, market), Invalid (`no_rate`: an asset that the fee needs has no rate to the root asset)."""
