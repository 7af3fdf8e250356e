"""The hosted CommissionQuotes: the facts of a moment, matched and calculated by the pure modules. Four readings, however many rules there are."""

from decimal import Decimal
from typing import Any

import msgspec
from django.db import connection

from backoffice.commissions import book, checks, explain, match
from backoffice.commissions import quote as fees
from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_quotes import CommissionQuote, QuoteRequest
from backoffice.contracts.commissions import FeeSettings
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.markets import MarketType
from backoffice.markets.rules import Faults, amount_fault

# One row whatever exists: what is missing is empty in it.
FACTS = """
    SELECT json_build_object(
        'userId', a.user_id, 'accountGroupId', a.group_id,
        'marketType', m.type, 'marketGroupId', m.market_group_id, 'lotSize', m.lot_size,
        'quoteAssetId', m.quote_asset_id, 'quoteScale', q.scale, 'quoteRate', qr.rate::text, 'rootAssetId', t.id, 'rootScale', t.scale
    )::text
    FROM (VALUES (1)) one (row)
    LEFT JOIN accounts_account a ON a.id = %s
    LEFT JOIN markets_market m ON m.market_id = %s
    LEFT JOIN markets_asset q ON q.id = m.quote_asset_id
    LEFT JOIN markets_rootrate qr ON qr.asset_id = m.quote_asset_id
    LEFT JOIN markets_asset t ON t.is_root
"""


class Facts(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    user_id: str | None
    account_group_id: str | None
    market_type: MarketType | None
    market_group_id: str | None
    lot_size: int | None
    quote_asset_id: str | None
    quote_scale: int | None
    quote_rate: Decimal | None
    root_asset_id: str | None
    root_scale: int | None


_facts = msgspec.json.Decoder(Facts)


# What is known only once the rule is: the profile's name, and the rate of the asset that a fee per lot is given in.
NAMES = "SELECT p.name, (SELECT r.rate FROM markets_rootrate r WHERE r.asset_id = %s) FROM commissions_profile p WHERE p.id = %s"


def quote(actor: Actor, request: QuoteRequest) -> CommissionQuote:  # noqa: ARG001  verbs are told who asks
    facts = _facts_of(request)
    market = match.MarketFacts(request.market_id, facts.market_type or "Spot", facts.market_group_id)
    account = match.AccountFacts(request.account_id, facts.user_id or "", facts.account_group_id or "")
    amount, lots = _sizes(request, facts)
    assignments = book.assignments()
    assignment = match.winning_assignment(assignments, account)
    rules = book.rules(assignment.profile_id)
    rule = match.winning_rule(rules, market)
    asset_id = rule.fee.cfd.asset_id
    profile_name, size_rate = _row(NAMES, asset_id, assignment.profile_id)
    terms = _terms(facts, rule.fee)
    fill = fees.Fill(amount, request.price, lots, facts.quote_rate, fees.ONE if asset_id is None else size_rate)
    [fee] = fees.charges(terms, [fill])
    calculated, floor = fees.calculated(terms, fill), fees.floor(terms, fill)
    names = explain.Names(facts.quote_asset_id or "", facts.root_asset_id, asset_id)
    return CommissionQuote(
        account_id=account.account_id,
        user_id=account.user_id,
        account_group_id=account.account_group_id,
        market_id=market.market_id,
        market_type=market.type,
        market_group_id=market.market_group_id,
        side=request.side,
        amount=amount,
        lots=lots,
        price=request.price,
        fee=_trimmed(fee),
        fee_asset_id=names.charged(terms),
        fee_in_rat=_in_root(terms, fee, facts.quote_rate),
        root_asset_id=facts.root_asset_id,
        rate_to_root=facts.quote_rate,
        calculated=_trimmed(calculated),
        floor=_trimmed(floor),
        is_floor_applied=floor > fees.rounded_up(calculated, terms.scale),
        commission_profile_id=assignment.profile_id,
        commission_profile_name=profile_name,
        commission_assignment_id=assignment.id,
        commission_profile_rule_id=rule.id,
        fee_settings=checks.shown(rule.fee, facts.root_asset_id),
        assignments=match.tried_assignments(assignments, account),
        rules=match.tried_rules(rules, market),
        arithmetic=explain.lines(terms, fill, names),
    )


def _facts_of(request: QuoteRequest) -> Facts:
    """Refuses: NotFound, Invalid (`no_root_asset`)."""
    facts = _facts.decode(_row(FACTS, request.account_id, request.market_id)[0])
    if facts.user_id is None:
        raise NotFound(f"There is no account {request.account_id}.")
    if facts.market_type is None:
        raise NotFound(f"There is no market {request.market_id}.")
    if facts.market_type != "Spot" and facts.root_asset_id is None:
        raise Invalid("Fees of CFD and perpetual markets are in the root asset, and none is chosen yet.", code="no_root_asset")
    return facts


def _sizes(request: QuoteRequest, facts: Facts) -> tuple[Decimal, Decimal | None]:
    """Amount in units of the base asset, and lots where the market has them. Refuses: Invalid."""
    _refuse(_faults(request, facts))
    if request.lots is not None:
        return fees.product(request.lots, Decimal(facts.lot_size or 1)), request.lots
    amount = request.amount or Decimal(0)
    if facts.lot_size is None:
        return amount, None
    lots = fees.quotient_up(amount, Decimal(facts.lot_size), 18)
    if fees.product(lots, Decimal(facts.lot_size)) != amount:
        _refuse({"amount": [f"is no number of lots of {facts.lot_size}"]})
    return amount, _trimmed(lots)


def _faults(request: QuoteRequest, facts: Facts) -> Faults:
    if (request.amount is None) == (request.lots is None):
        return {"amount": ["give an amount or lots, one of them"]}
    if request.lots is not None and facts.lot_size is None:
        return {"lots": ["this market has no lots: give an amount"]}
    given = {"amount": request.amount, "lots": request.lots, "price": request.price}
    return {name: [reason] for name, value in given.items() if value is not None and (reason := _size_fault(value))}


def _size_fault(value: Decimal) -> str | None:
    return amount_fault(value) or (None if value > 0 else "must be greater than 0")


def _terms(facts: Facts, fee: FeeSettings) -> fees.Terms:
    is_spot = facts.market_type == "Spot"
    return fees.Terms(is_spot, fee, (facts.quote_scale if is_spot else facts.root_scale) or 0)


def _in_root(terms: fees.Terms, fee: Decimal, rate: Decimal | None) -> Decimal | None:
    if not terms.is_spot:
        return _trimmed(fee)
    return None if rate is None else _trimmed(fees.product(fee, rate))


def _trimmed(value: Decimal) -> Decimal:
    """Without the zeros at its end."""
    return Decimal(explain.plain(value))


def _refuse(found: Faults) -> None:
    if found:
        raise Invalid("The order to quote is not valid.", fields=found)


def _row(sql: str, *values: str | None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: tuple[Any, ...] = cursor.fetchone()
    return found
