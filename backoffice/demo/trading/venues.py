"""Markets as the demo's traders need them: what an order may be, what it pays, when it is open and what it costs at any moment."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from backoffice.commissions.match import MarketFacts
from backoffice.contracts.markets import ListedMarket, SwapSettings
from backoffice.demo.trading.hours import Hours
from backoffice.demo.trading.prices import ONE, Asset, Chart
from backoffice.demo.trading.texts import POWERS, number, whole

# Charts of more markets than these would be most of what is loaded; nobody trades the rest.
MOST = 300
# A price of fewer ticks than this is too coarse to move.
LEAST_TICKS = 100


class Venue(NamedTuple):
    """Sizes are counted in steps, of `step` units of the base asset at `size_scale`, or of `lot_step` lots at `lot_scale`; prices in ticks, of
    `tick` units at `price_scale`."""

    facts: MarketFacts
    base: str
    quote: str
    quote_scale: int
    step: int
    size_scale: int
    lot_step: int
    lot_scale: int
    least: int
    most: int
    tick: int
    price_scale: int
    leverage: int
    swaps: SwapSettings | None
    sessions: tuple[str, ...]
    hours: Hours
    chart: Chart

    @property
    def is_spot(self) -> bool:
        return self.facts.type == "Spot"

    def size(self, steps: int) -> str:
        return number(steps * self.step, self.size_scale)

    def lots(self, steps: int) -> str:
        return number(steps * self.lot_step, self.lot_scale)

    def price(self, ticks: int) -> str:
        return number(ticks * self.tick, self.price_scale)


class Priced(NamedTuple):
    """What assets have of digits, what they are worth in the root asset, and how that moves."""

    scales: Mapping[str, int]
    levels: Mapping[str, Decimal]
    assets: Mapping[str, Asset]


def of(markets: Iterable[ListedMarket], hours: Mapping[str, Hours], priced: Priced) -> list[Venue]:
    """Markets that can trade and whose price can be told, as many as have charts."""
    found = [_venue(market, hours[market.calendar_id], priced) for market in markets if market.calendar_id and _trades(market, priced)]
    return [venue for venue in found if venue.hours.next_open(0) is not None][:MOST]


def _trades(market: ListedMarket, priced: Priced) -> bool:
    base, quote = priced.levels.get(market.base_asset_id), priced.levels.get(market.quote_asset_id)
    return market.status == "Open" and base is not None and quote is not None and base / quote > LEAST_TICKS * _tick(market)


def _tick(market: ListedMarket) -> Decimal:
    return market.tick_size or Decimal(1).scaleb(-market.price_scale)


def _venue(market: ListedMarket, hours: Hours, priced: Priced) -> Venue:
    tick, lot = _tick(market), Decimal(market.lot_size or 1)
    # Of an asset itself nothing finer can be had than its own digits; of a contract on it anything.
    digits = min(market.amount_scale or 0, priced.scales[market.base_asset_id])
    step = market.lot_step or Decimal(1).scaleb(-digits)
    least = max(market.min_lot_amount or market.min_amount or step, step)
    most = Decimal(market.max_lot_amount) if market.max_lot_amount else market.max_base_amount or least * 1_000_000
    level = priced.levels[market.base_asset_id] / priced.levels[market.quote_asset_id]
    size_scale, lot_scale, price_scale = _digits(step * lot), _digits(step), _digits(tick)
    return Venue(
        facts=MarketFacts(market.market_id, market.type, market.market_group_id),
        base=market.base_asset_id,
        quote=market.quote_asset_id,
        quote_scale=priced.scales[market.quote_asset_id],
        step=whole(step * lot, size_scale),
        size_scale=size_scale,
        lot_step=whole(step, lot_scale),
        lot_scale=lot_scale,
        least=-int(-least // step),
        most=int(most // step),
        tick=whole(tick, price_scale),
        price_scale=price_scale,
        leverage=int(market.max_leverage or 1),
        swaps=market.swap_settings if market.type == "Cfd" else None,
        sessions=tuple(session.id for session in market.trading_sessions if session.status == "Connected"),
        hours=hours,
        chart=Chart(market.market_id, priced.assets[market.base_asset_id], priced.assets[market.quote_asset_id], int(level / tick * ONE)),
    )


def _digits(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return max(-int(exponent), 0)


def worth(venue: Venue, ticks: int, steps: int) -> int:
    """In the quote asset, to the last digit: at the scale `exact(venue)`."""
    return steps * venue.step * ticks * venue.tick


def exact(venue: Venue) -> int:
    return venue.size_scale + venue.price_scale


def quote_units(venue: Venue, worth: int, *, up: bool) -> int:
    """At the scale of the quote asset: what a client pays rounded up, what he gets down."""
    more = exact(venue) - venue.quote_scale
    if more <= 0:
        return worth * POWERS[-more]
    return -(-worth // POWERS[more]) if up else worth // POWERS[more]
