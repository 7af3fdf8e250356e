"""The arithmetic of a quote, a line a step, so that it can be followed by hand. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from backoffice.commissions.quote import EXACT, Fill, Terms, calculated, floor, percent, product, rounded_up, volume


class Names(NamedTuple):
    """Of the assets: what the price is in, what totals are in, and what a fee per lot is given in."""

    quote: str
    root: str | None
    size: str | None

    def charged(self, terms: Terms) -> str:
        return self.quote if terms.is_spot else self.root or ""


def lines(terms: Terms, fill: Fill, names: Names) -> list[str]:
    return [*_fee(terms, fill, names), *_floor(terms, fill, names), *_charged(terms, fill, names)]


def _fee(terms: Terms, fill: Fill, names: Names) -> Iterator[str]:
    if not terms.is_spot and terms.fee.cfd.type == "PerLot":
        yield from _per_lot(terms, fill, names)
        return
    size = terms.fee.spot.size if terms.is_spot else terms.fee.cfd.size
    fee = percent(volume(fill), size)
    yield f"{plain(fill.amount)} x {plain(fill.price)} = {plain(volume(fill))} {names.quote}"
    yield f"{plain(volume(fill))} {names.quote} x {plain(size)} % = {plain(fee)} {names.quote}"
    if not terms.is_spot and size and fill.rate is not None and names.quote != names.root:
        yield f"{plain(fee)} {names.quote} x {plain(fill.rate)} = {plain(calculated(terms, fill))} {names.root}"


def _per_lot(terms: Terms, fill: Fill, names: Names) -> Iterator[str]:
    size, asset = terms.fee.cfd.size, names.size or names.root
    if fill.lots is None or not size:
        yield f"{plain(size)} {asset} a lot"
        return
    fee = product(fill.lots, size)
    yield f"{plain(fill.lots)} lots x {plain(size)} {asset} = {plain(fee)} {asset}"
    if asset != names.root and fill.size_rate is not None:
        yield f"{plain(fee)} {asset} x {plain(fill.size_rate)} = {plain(calculated(terms, fill))} {names.root}"


def _floor(terms: Terms, fill: Fill, names: Names) -> Iterator[str]:
    least = terms.fee.min_fee_rat
    if not least:
        return
    found, asset = floor(terms, fill), names.charged(terms)
    is_converted = terms.is_spot and fill.rate is not None and names.quote != names.root
    source = f"{plain(least)} {names.root} / {plain(fill.rate)} = {plain(found)} {asset}, rounded up" if is_converted else f"{plain(found)} {asset}"
    applies = found > rounded_up(calculated(terms, fill), terms.scale)
    yield f"an order pays at least {source}: {'more than its fee, so this is charged' if applies else 'its fee reaches that'}"


def _charged(terms: Terms, fill: Fill, names: Names) -> Iterator[str]:
    fee = max(rounded_up(calculated(terms, fill), terms.scale), floor(terms, fill))
    yield f"charged, rounded up to {terms.scale} decimals: {plain(fee)} {names.charged(terms)}"
    if terms.is_spot and fill.rate is not None and names.quote != names.root:
        yield f"in the root asset: {plain(fee)} {names.quote} x {plain(fill.rate)} = {plain(EXACT.multiply(fee, fill.rate))} {names.root}"


def plain(value: Decimal | None) -> str:
    """Every digit, without the zeros at its end."""
    text = format(value, "f") if value is not None else ""
    return text.rstrip("0").rstrip(".") if "." in text else text
