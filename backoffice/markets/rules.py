"""What a market must be: every rule that requests, bulk changes and files are held to. Pure; faults are {wire field: [reasons]}."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from backoffice.markets.fields import WIRE, MarketFields

Faults = dict[str, list[str]]

DISPLAY_NAME = re.compile(r"[A-Za-z0-9.,/_-]{1,50}")
FULL_NAME = re.compile(r"[A-Za-z0-9.,/_ -]{1,50}")
ASSET_ID = re.compile(r"[a-z0-9]{1,15}")
ASSET_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ]{0,28}[A-Za-z0-9])?")

SPOT_ONLY = ("amount_scale", "min_amount")
LEVERED_ONLY = ("lot_size", "min_lot_amount", "max_lot_amount", "lot_step", "tick_size", "max_leverage", "is_const_leverage")
SWAP = ("swap_type", "swap_long_size", "swap_long_asset_id", "swap_short_size", "swap_short_asset_id")
CFD_ONLY = ("subtype", *SWAP)
# A market may be drafted Disabled without these; it opens only with them.
NEEDED = {"Spot": ("amount_scale",), "Cfd": LEVERED_ONLY[:6], "Perp": LEVERED_ONLY[:6]}

WHOLE = {
    "price_scale": (2, 8),
    "amount_scale": (0, 8),
    "lot_size": (1, 1_000_000_000),
    "max_lot_amount": (1, 1_000_000_000),
    "max_leverage": (1, 10_000),
    "external_ttl": (1, 600_000),
    "internal_ttl": (1, 600_000),
}
RATES = ("price_deviation", "slippage_rate")
POSITIVE = ("min_amount", "min_quote_amount", "max_base_amount", "min_lot_amount", "lot_step", "tick_size")
SIGNED = ("swap_long_size", "swap_short_size")


class References(msgspec.Struct, frozen=True, kw_only=True):
    """What exists: asset id -> source, and the ids of groups, calendars and sessions by kind."""

    assets: Mapping[str, str]
    market_groups: frozenset[str]
    calendars: frozenset[str]
    trading_sessions: frozenset[str]
    market_data_sessions: frozenset[str]


def faults(fields: MarketFields, references: References) -> Faults:
    """Everything that is wrong with a market, apart from names that another market holds."""
    return joined(settings_faults(anonymous(fields)), name_faults(fields), asset_faults(fields, references), reference_faults(fields, references))


def anonymous(fields: MarketFields) -> MarketFields:
    """Without what differs from market to market, so that `settings_faults` answers most of a file from its cache."""
    return msgspec.structs.replace(fields, base_asset_id="", quote_asset_id="", display_name="", full_name=None)


@lru_cache(maxsize=4096)
def settings_faults(fields: MarketFields) -> Mapping[str, list[str]]:
    found: Faults = {}
    _kinds(fields, found)
    _ranges(fields, found)
    _relations(_finite(fields), found)
    _swaps(fields, found)
    if fields.status != "Disabled":
        for name in NEEDED[fields.type]:
            if getattr(fields, name) is None:
                add(found, name, f"is needed before a {fields.type} market leaves Disabled")
    return found


def name_faults(fields: MarketFields) -> Faults:
    found: Faults = {}
    if not DISPLAY_NAME.fullmatch(fields.display_name):
        add(found, "display_name", "must be 1 to 50 Latin letters, digits or . , / - _")
    if fields.full_name is not None and not FULL_NAME.fullmatch(fields.full_name):
        add(found, "full_name", "must be up to 50 Latin letters, digits, blanks or . , / - _")
    return found


def asset_faults(fields: MarketFields, references: References) -> Faults:
    found: Faults = {}
    for name in ("base_asset_id", "quote_asset_id", "swap_long_asset_id", "swap_short_asset_id"):
        asset = getattr(fields, name)
        if asset is None:
            continue
        if asset not in references.assets:
            add(found, name, f"there is no asset {asset}" if asset else "is required")
        elif fields.type == "Spot" and references.assets[asset] == "Internal":
            add(found, name, f"{asset} is an internal asset: these are for Cfd and Perp markets")
    if fields.base_asset_id and fields.base_asset_id == fields.quote_asset_id:
        add(found, "quote_asset_id", "must differ from the base asset")
    return found


def reference_faults(fields: MarketFields, references: References) -> Faults:
    found: Faults = {}
    if fields.market_group_id is not None and fields.market_group_id not in references.market_groups:
        add(found, "market_group_id", f"there is no market group {fields.market_group_id}")
    if fields.calendar_id is not None and fields.calendar_id not in references.calendars:
        add(found, "calendar_id", f"there is no calendar {fields.calendar_id}")
    for name, known in (("trading_session_ids", references.trading_sessions), ("market_data_session_ids", references.market_data_sessions)):
        for session in getattr(fields, name):
            if session not in known:
                add(found, name, f"there is no such liquidity session: {session}")
    return found


def settled(fields: MarketFields) -> MarketFields:
    """A market without a calendar is Disabled, whatever was asked."""
    return fields if fields.calendar_id is not None or fields.status == "Disabled" else msgspec.structs.replace(fields, status="Disabled")


def joined(*parts: Mapping[str, list[str]]) -> Faults:
    found: Faults = {}
    for part in parts:
        for name, reasons in part.items():
            found.setdefault(name, []).extend(reasons)
    return found


def add(found: Faults, name: str, reason: str) -> None:
    found.setdefault(WIRE.get(name, name), []).append(reason)


def decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def amount_fault(value: Decimal, *, places: int = 18) -> str | None:
    """Why it is no amount that we store, or None."""
    if not value.is_finite():
        return "must be a finite number"
    if value.adjusted() >= 20:
        return "has more than 20 digits before the point"
    return f"has more than {places} decimal places" if decimals(value.normalize()) > places else None


def _kinds(fields: MarketFields, found: Faults) -> None:
    for names, kinds in ((SPOT_ONLY, ("Spot",)), (LEVERED_ONLY, ("Cfd", "Perp")), (CFD_ONLY, ("Cfd",))):
        if fields.type not in kinds:
            for name in names:
                if getattr(fields, name) is not None:
                    add(found, name, f"is only for {' and '.join(kinds)} markets")


def _ranges(fields: MarketFields, found: Faults) -> None:
    for name, (least, most) in WHOLE.items():
        value: Any = getattr(fields, name)
        if value is not None and not least <= value <= most:
            add(found, name, f"must be a whole number from {least} to {most}")
    for name in (*POSITIVE, *SIGNED, *RATES):
        value = getattr(fields, name)
        if value is None:
            continue
        if reason := amount_fault(value, places=4 if name in RATES else 18):
            add(found, name, reason)
        elif name in RATES and not 0 <= value <= 1:
            add(found, name, "must be from 0 to 1")
        elif name in POSITIVE and value <= 0:
            add(found, name, "must be greater than 0")


def _finite(fields: MarketFields) -> MarketFields:
    """Numbers that cannot be compared are faults already; the relations leave them out."""
    odd = {name: None for name in (*POSITIVE, *RATES) if (value := getattr(fields, name)) is not None and not value.is_finite()}
    return msgspec.structs.replace(fields, **odd) if odd else fields


def _relations(fields: MarketFields, found: Faults) -> None:
    if (
        WIRE["min_amount"] not in found
        and fields.min_amount is not None
        and fields.amount_scale is not None
        and decimals(fields.min_amount) > fields.amount_scale
    ):
        add(found, "min_amount", f"has more decimal places than the amount scale of {fields.amount_scale}")
    if fields.min_amount is not None and fields.max_base_amount is not None and fields.max_base_amount < fields.min_amount:
        add(found, "max_base_amount", "must not be less than the minimum amount")
    if fields.tick_size is not None and WIRE["tick_size"] not in found and decimals(fields.tick_size) > fields.price_scale:
        add(found, "tick_size", f"has more decimal places than the price scale of {fields.price_scale}")
    if fields.min_lot_amount is not None and WIRE["min_lot_amount"] not in found:
        if fields.max_lot_amount is not None and fields.max_lot_amount < fields.min_lot_amount:
            add(found, "max_lot_amount", "must not be less than the minimum lots")
        if fields.lot_step is not None and WIRE["lot_step"] not in found and fields.min_lot_amount % fields.lot_step:
            add(found, "min_lot_amount", f"must be a multiple of the lot step {fields.lot_step}")


def _swaps(fields: MarketFields, found: Faults) -> None:
    if fields.type != "Cfd":
        return
    for side in ("long", "short"):
        size, asset = getattr(fields, f"swap_{side}_size"), getattr(fields, f"swap_{side}_asset_id")
        if fields.swap_type is None:
            if size is not None or asset is not None:
                add(found, f"swap_{side}_size" if size is not None else f"swap_{side}_asset_id", "needs a swap type")
            continue
        if size is None:
            add(found, f"swap_{side}_size", f"is required with swap type {fields.swap_type}")
        if (asset is None) == (fields.swap_type == "Fix"):
            add(found, f"swap_{side}_asset_id", "is required with swap type Fix" if fields.swap_type == "Fix" else "is only for swap type Fix")
