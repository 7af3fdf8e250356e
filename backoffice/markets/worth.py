"""What each asset is worth in the root asset, out of the prices of pairs. Pure and exact: rounded once, at the end, half to even."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

PLACES = 18
# Beyond 20 digits before the point it is no amount that we store.
TOO_MUCH = 10**20


class Quoted(NamedTuple):
    """The price of one unit of a base asset, who told it, and when."""

    price: Decimal
    source: str
    at: datetime


class Worth(NamedTuple):
    """`path` names the prices used, `at` is the time of the oldest, `source` has the source of each."""

    rate: Decimal
    path: str
    source: str
    at: datetime


class Leg(NamedTuple):
    factor: Fraction
    name: str
    quoted: Quoted


Prices = Mapping[tuple[str, str], Quoted]


def of_all(assets: Iterable[str], root: str, prices: Prices, *, now: datetime) -> dict[str, Worth]:
    """By asset; one without a path of prices to the root asset is left out."""
    found = {asset: of(asset, root, prices) for asset in assets if asset != root}
    own = {root: Worth(Decimal(1), root, "", now)}
    return own | {asset: worth for asset, worth in found.items() if worth is not None}


def of(asset: str, root: str, prices: Prices) -> Worth | None:
    """A direct price goes before an inverse one, either before two over an intermediate; of intermediates the first by id."""
    one = _leg(asset, root, prices)
    if one is not None:
        return _worth(one)
    between = sorted({name for pair in prices if asset in pair for name in pair} - {asset, root})
    for first, second in ((_leg(asset, name, prices), _leg(name, root, prices)) for name in between):
        if first is not None and second is not None:
            return _worth(first, second)
    return None


def _leg(base: str, quote: str, prices: Prices) -> Leg | None:
    if (base, quote) in prices:
        return Leg(Fraction(prices[base, quote].price), f"{base}_{quote}", prices[base, quote])
    if (quote, base) in prices:
        return Leg(1 / Fraction(prices[quote, base].price), f"1/{quote}_{base}", prices[quote, base])
    return None


def _worth(*legs: Leg) -> Worth | None:
    factor = Fraction(1)
    for leg in legs:
        factor *= leg.factor
    rate = _rounded(factor)
    if not 0 < rate < TOO_MUCH:
        return None
    sources = sorted({leg.quoted.source for leg in legs})
    return Worth(rate, " x ".join(leg.name for leg in legs), " + ".join(sources), min(leg.quoted.at for leg in legs))


def _rounded(value: Fraction) -> Decimal:
    """Without the zeros at its end; Decimal's own arithmetic would round to the digits of its context first."""
    whole = Decimal(f"{round(value * 10**PLACES)}E-{PLACES}")
    text = format(whole, "f").rstrip("0").rstrip(".")
    return Decimal(text)
