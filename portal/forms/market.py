"""The fields of a market: which a type has, what each one means, and how a bulk change is read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import Market, MarketPatch, MarketSettings, MarketStatus, MarketSubtype, NewMarket, SwapType
from backoffice.services import back_api
from portal.forms.form import Field, Form, as_text, choices_of
from portal.templatetags.desk import worded

IDENTITY, NAMES, TRADING, LOTS, SWAPS, LIQUIDITY = "Identity", "Names and place", "Prices and sizes", "Lots and leverage", "Swaps", "Liquidity"
SPOT, CFD, LEVERED = ("Spot",), ("Cfd",), ("Cfd", "Perp")
Choices = Sequence[tuple[str, str]]


# Field by field with the types of market that have it; None: all of them.
FIELDS: Sequence[tuple[Field, Sequence[str] | None]] = (
    (Field(name="displayName", label="Display name", group=NAMES, is_required=True, hint="Unique, up to 50: letters, digits and . , / - _"), None),
    (Field(name="fullName", label="Full name", group=NAMES, hint="Up to 50 of the same characters and blanks"), None),
    (
        Field(
            name="status",
            label="Status",
            kind="choice",
            choices=worded(MarketStatus),
            group=NAMES,
            is_required=True,
            hint="Without a calendar a market is Disabled",
        ),
        None,
    ),
    (Field(name="subtype", label="Subtype", kind="choice", choices=choices_of(worded(MarketSubtype), empty="None"), group=NAMES), CFD),
    (Field(name="calendarId", label="Calendar", kind="choice", group=NAMES, hint="When it may trade"), None),
    (Field(name="marketGroupId", label="Group", kind="choice", group=NAMES, hint="Commission rules and filters name groups"), None),
    (Field(name="priceScale", label="Price scale", kind="whole", group=TRADING, is_required=True, hint="Decimal places of a price, 2 to 8"), None),
    (Field(name="amountScale", label="Amount scale", kind="whole", group=TRADING, hint="Decimal places of an amount, 0 to 8"), SPOT),
    (Field(name="minAmount", label="Minimum amount", kind="decimal", group=TRADING, hint="Smallest order, in base units"), SPOT),
    (Field(name="maxBaseAmount", label="Maximum base amount", kind="decimal", group=TRADING, hint="Largest order, in base units"), None),
    (
        Field(name="minQuoteAmount", label="Minimum quote amount", kind="decimal", group=TRADING, hint="Smallest value of an order, in quote units"),
        None,
    ),
    (
        Field(
            name="priceDeviation",
            label="Price deviation",
            kind="decimal",
            group=TRADING,
            hint="0 to 1 of the best price, limit orders; 0 checks nothing",
        ),
        None,
    ),
    (Field(name="slippageRate", label="Slippage rate", kind="decimal", group=TRADING, hint="0 to 1: how far a market order may slip"), None),
    (Field(name="lotSize", label="Lot size", kind="whole", group=LOTS, hint="Base units in one lot"), LEVERED),
    (Field(name="minLotAmount", label="Smallest order, lots", kind="decimal", group=LOTS, hint="Above 0"), LEVERED),
    (Field(name="maxLotAmount", label="Largest order, lots", kind="whole", group=LOTS, hint="At least the smallest"), LEVERED),
    (Field(name="lotStep", label="Lot step", kind="decimal", group=LOTS, hint="Order sizes are multiples of it"), LEVERED),
    (Field(name="tickSize", label="Tick size", kind="decimal", group=LOTS, hint="Prices are multiples of it"), LEVERED),
    (Field(name="maxLeverage", label="Maximum leverage", kind="whole", group=LOTS, hint="At least 1"), LEVERED),
    (Field(name="isConstLeverage", label="Leverage is constant", kind="maybe", group=LOTS, hint="Every order uses exactly the maximum"), LEVERED),
    (Field(name="swapType", label="Swap type", kind="choice", choices=choices_of(worded(SwapType)[1:], empty="No swaps"), group=SWAPS), CFD),
    (Field(name="swapLongSize", label="Long swap", kind="decimal", group=SWAPS, hint="Positive: the client pays"), CFD),
    (Field(name="swapLongAssetId", label="Long swap asset", kind="choice", group=SWAPS, hint="Only with the type Fix"), CFD),
    (Field(name="swapShortSize", label="Short swap", kind="decimal", group=SWAPS, hint="Negative: the client receives"), CFD),
    (Field(name="swapShortAssetId", label="Short swap asset", kind="choice", group=SWAPS, hint="Only with the type Fix"), CFD),
    (Field(name="tradingSessionIds", label="Trading sessions", kind="choices", group=LIQUIDITY, hint="Where orders go"), None),
    (Field(name="marketDataSessionIds", label="Market data sessions", kind="choices", group=LIQUIDITY, hint="Where quotes come from"), None),
    (Field(name="externalTtl", label="External TTL, ms", kind="whole", group=LIQUIDITY, hint="Wait for the provider's answer, 1 to 600,000"), None),
    (Field(name="internalTtl", label="Internal TTL, ms", kind="whole", group=LIQUIDITY, hint="Wait before a retry, 1 to 600,000"), None),
    (Field(name="isSynchronized", label="Follows the liquidity hub", kind="flag", group=LIQUIDITY, hint="Its parameters are synchronised"), None),
)
# What MarketPatch can change, in its order.
PATCHABLE = tuple(one.encode_name for one in msgspec.structs.fields(MarketPatch))
LABELS: Mapping[str, str] = {one.name: one.label for one, _ in FIELDS}


def references(actor: Actor) -> dict[str, Choices]:
    """The choices of fields that point at other objects."""
    api = back_api()
    sessions = api.liquidity_sessions.find(actor)
    assets = [(asset.id, f"{asset.id} · {asset.name}") for asset in api.assets.find(actor)]
    return {
        "baseAssetId": assets,
        "quoteAssetId": assets,
        "calendarId": choices_of(((one.calendar_id, one.name) for one in api.calendars.find(actor)), empty="No calendar"),
        "marketGroupId": choices_of(((one.market_group_id, one.name) for one in api.market_groups.find(actor)), empty="No group"),
        "swapLongAssetId": choices_of(assets, empty="None"),
        "swapShortAssetId": choices_of(assets, empty="None"),
        "tradingSessionIds": [(one.id, one.name) for one in sessions if one.kind == "Trading"],
        "marketDataSessionIds": [(one.id, one.name) for one in sessions if one.kind == "MarketData"],
    }


def fields_of(actor: Actor, market_type: str) -> list[Field]:
    """What may be set on a market of that type."""
    found = references(actor)
    return [replace(one, choices=found.get(one.name, one.choices)) for one, types in FIELDS if types is None or market_type in types]


def creation_fields(actor: Actor, market_type: str) -> list[Field]:
    assets = choices_of(references(actor)["baseAssetId"], empty="Choose an asset")
    hint = "The id follows from type, base and quote, and stays"
    return [
        Field(name="baseAssetId", label="Base asset", kind="choice", choices=assets, group=IDENTITY, is_required=True, hint=hint),
        Field(
            name="quoteAssetId",
            label="Quote asset",
            kind="choice",
            choices=assets,
            group=IDENTITY,
            is_required=True,
            hint="Another asset than the base",
        ),
        *fields_of(actor, market_type),
    ]


def form_of(actor: Actor, market: Market, version: int) -> Form:
    fields = fields_of(actor, market.type)
    form = Form.of_value(fields, market, version)
    swap = market.swap_settings
    long, short = (swap.long_position_settings, swap.short_position_settings) if swap else (None, None)
    flat = {
        "tradingSessionIds": ",".join(one.id for one in market.trading_sessions),
        "marketDataSessionIds": ",".join(one.id for one in market.market_data_sessions),
        "swapType": swap.type if swap and swap.type != "None" else "",
        "swapLongSize": as_text(long and long.swap_size),
        "swapLongAssetId": as_text(long and long.asset_id),
        "swapShortSize": as_text(short and short.swap_size),
        "swapShortAssetId": as_text(short and short.asset_id),
    }
    values = dict(form.values) | {name: text for name, text in flat.items() if name in form.values}
    return replace(form, values=values, base=values)


def settings_of(form: Form) -> MarketSettings:
    return form.read(MarketSettings, swapSettings=_swap_of(form.typed()))


def draft_of(form: Form, market_type: str) -> NewMarket:
    return form.read(NewMarket, type=market_type, swapSettings=_swap_of(form.typed()))


def _swap_of(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """The contract nests swaps; a size without a type is passed on, for the service to refuse."""
    sides = {
        f"{side}PositionSettings": {"swapSize": typed[f"swap{name}Size"], "assetId": typed[f"swap{name}AssetId"]}
        for side, name in (("long", "Long"), ("short", "Short"))
        if typed.get(f"swap{name}Size") is not None
    }
    return {"type": typed.get("swapType") or "None", **sides} if typed.get("swapType") or sides else None


def patch_fields(actor: Actor) -> list[Field]:
    found = references(actor)
    by_name = {one.name: one for one, _ in FIELDS}
    return [replace(by_name[name], choices=found.get(name, by_name[name].choices), is_required=False, group="") for name in PATCHABLE]
