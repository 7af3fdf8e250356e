"""What orders pay: fees, the floor, rounding, and charges over partial fills. Pure and exact: only the end result is rounded, against the trader."""

from collections.abc import Iterable
from decimal import Context, Decimal, Inexact
from typing import NamedTuple

from backoffice.contracts.commissions import FeeSettings
from backoffice.contracts.errors import Invalid

# Four factors of 38 digits fit many times; if anything had to be rounded after all, it would raise.
EXACT = Context(prec=1_000, traps=[Inexact])
ONE = Decimal(1)


class Terms(NamedTuple):
    """What counts for one order. `scale` is that of the asset the fee is charged in: spot the quote asset, else the root asset."""

    is_spot: bool
    fee: FeeSettings
    scale: int


class Fill(NamedTuple):
    """One execution. `rate` is the quote asset's to the root asset, `size_rate` that of the asset a fee per lot is given in (1 for the root)."""

    amount: Decimal
    price: Decimal
    lots: Decimal | None = None
    rate: Decimal | None = None
    size_rate: Decimal | None = ONE


def charges(terms: Terms, fills: Iterable[Fill]) -> list[Decimal]:
    """What each fill of one order is charged, in their order: the floor is reached once, and nothing is ever paid back."""
    charged: list[Decimal] = []
    total = paid = Decimal(0)
    for fill in fills:
        total = EXACT.add(total, calculated(terms, fill))
        due = max(paid, rounded_up(total, terms.scale), floor(terms, fill))
        charged.append(EXACT.subtract(due, paid))
        paid = due
    return charged


def calculated(terms: Terms, fill: Fill) -> Decimal:
    """The fee of one fill before floor and rounding, in the asset it is charged in. Refuses: Invalid (`no_rate`, `no_lots`)."""
    if terms.is_spot:
        return percent(volume(fill), terms.fee.spot.size)
    size = terms.fee.cfd.size
    if not size:
        return Decimal(0)
    if terms.fee.cfd.type == "PerLot":
        if fill.lots is None:
            raise Invalid("The market has no lot size, and its fee is per lot.", code="no_lots")
        return product(fill.lots, size, known(fill.size_rate, "the asset of the fee"))
    return product(percent(volume(fill), size), known(fill.rate, "the quote asset"))


def floor(terms: Terms, fill: Fill) -> Decimal:
    """The least that the order pays, in the asset of the fee, rounded up. Refuses: Invalid (`no_rate`)."""
    least = terms.fee.min_fee_rat
    if not least or not terms.is_spot:
        return rounded_up(least, terms.scale)
    return quotient_up(least, known(fill.rate, "the quote asset"), terms.scale)


def volume(fill: Fill) -> Decimal:
    return product(fill.amount, fill.price)


def percent(value: Decimal, size: Decimal) -> Decimal:
    return product(value, size).scaleb(-2, EXACT)


def product(*factors: Decimal) -> Decimal:
    found = ONE
    for factor in factors:
        found = EXACT.multiply(found, factor)
    return found


def rounded_up(value: Decimal, scale: int) -> Decimal:
    return quotient_up(value, ONE, scale)


def quotient_up(value: Decimal, by: Decimal, scale: int) -> Decimal:
    """value / by, both not negative, rounded up to `scale` decimals. In whole numbers: a quotient cut off first could lose what rounds it up."""
    (above, below), (over, under) = value.as_integer_ratio(), by.as_integer_ratio()
    whole = -(-above * under * 10**scale // (below * over))
    return Decimal(whole).scaleb(-scale, EXACT)


def known(rate: Decimal | None, of: str) -> Decimal:
    """Refuses: Invalid (`no_rate`)."""
    if rate is None:
        raise Invalid(f"There is no rate of {of} to the root asset, and the fee needs one.", code="no_rate")
    return rate
