"""All settings of one market as plain values, wherever they came from: a request, a table row or a line of a file."""

from decimal import Decimal
from typing import Any

import msgspec

from backoffice.contracts.markets import (
    FieldChange,
    MarketPatch,
    MarketSettings,
    MarketStatus,
    MarketSubtype,
    MarketType,
    NewMarket,
    PositionSwap,
    SwapSettings,
)
from backoffice.core import audit
from backoffice.tables import cells


class MarketFields(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`swap_type` None means no swap. Hashable, so that what is found out about equal fields is found out once."""

    type: MarketType
    base_asset_id: str
    quote_asset_id: str
    display_name: str
    price_scale: int
    status: MarketStatus = "Disabled"
    full_name: str | None = None
    subtype: MarketSubtype | None = None
    market_group_id: str | None = None
    calendar_id: str | None = None
    amount_scale: int | None = None
    min_amount: Decimal | None = None
    min_quote_amount: Decimal | None = None
    max_base_amount: Decimal | None = None
    price_deviation: Decimal | None = None
    slippage_rate: Decimal | None = None
    lot_size: int | None = None
    min_lot_amount: Decimal | None = None
    max_lot_amount: int | None = None
    lot_step: Decimal | None = None
    tick_size: Decimal | None = None
    max_leverage: int | None = None
    is_const_leverage: bool | None = None
    swap_type: str | None = None
    swap_long_size: Decimal | None = None
    swap_long_asset_id: str | None = None
    swap_short_size: Decimal | None = None
    swap_short_asset_id: str | None = None
    external_ttl: int | None = None
    internal_ttl: int | None = None
    is_synchronized: bool = False
    trading_session_ids: tuple[str, ...] = ()
    market_data_session_ids: tuple[str, ...] = ()

    @property
    def market_id(self) -> str:
        return f"{self.type.lower()}.{self.base_asset_id}_{self.quote_asset_id}"


# The columns of a market in the table, by our names; sessions live in a table of their own.
COLUMNS = tuple(name for name in MarketFields.__struct_fields__ if name not in ("trading_session_ids", "market_data_session_ids"))
WIRE = dict(zip(MarketFields.__struct_fields__, MarketFields.__struct_encode_fields__, strict=True))
PLAIN = tuple(name for name in MarketSettings.__struct_fields__ if name not in ("swap_settings", "trading_session_ids", "market_data_session_ids"))


def normal(value: Any) -> Any:
    """Decimals without trailing zeros, texts without outer blanks: equal values are stored alike."""
    if isinstance(value, Decimal):
        return cells.normal(value)
    return (value.strip() or None) if isinstance(value, str) else value


def of_settings(settings: MarketSettings, *, type: MarketType, base_asset_id: str, quote_asset_id: str) -> MarketFields:
    plain = {name: normal(getattr(settings, name)) for name in PLAIN}
    plain["display_name"] = plain["display_name"] or ""
    return MarketFields(
        type=type,
        base_asset_id=base_asset_id,
        quote_asset_id=quote_asset_id,
        trading_session_ids=tuple(sorted(set(settings.trading_session_ids))),
        market_data_session_ids=tuple(sorted(set(settings.market_data_session_ids))),
        **plain,
        **_flat_swap(settings.swap_settings),
    )


def of_draft(draft: NewMarket) -> MarketFields:
    kind: MarketType = "Perp" if draft.type == "Perpetual" else draft.type
    return of_settings(draft, type=kind, base_asset_id=draft.base_asset_id.strip(), quote_asset_id=draft.quote_asset_id.strip())


def patched(fields: MarketFields, patch: MarketPatch) -> MarketFields:
    changes = {name: normal(value) for name in patch.__struct_fields__ if (value := getattr(patch, name)) is not msgspec.UNSET}
    for name in ("trading_session_ids", "market_data_session_ids"):
        if name in changes:
            changes[name] = tuple(sorted(set(changes[name])))
    return msgspec.structs.replace(fields, **changes)


def swap_of(kind: Any, long_size: Decimal | None, long_asset: str | None, short_size: Decimal | None, short_asset: str | None) -> SwapSettings:
    """The nested shape of the contract, from the five flat fields."""
    return SwapSettings(
        type=kind, long_position_settings=_position(long_size, long_asset), short_position_settings=_position(short_size, short_asset)
    )


def state(fields: MarketFields) -> dict[str, str | None]:
    """As the audit trail keeps it: flat, by wire name, as text."""
    return {name: (value or None) for name, value in audit.as_state(fields).items()}


def changes(before: MarketFields, after: MarketFields) -> list[FieldChange]:
    old, new = state(before), state(after)
    return [FieldChange(field=name, before=old.get(name), after=new.get(name)) for name in audit.differing(old, new)]


def _flat_swap(swap: SwapSettings | None) -> dict[str, Any]:
    if swap is None or swap.type == "None":
        return {}
    long, short = swap.long_position_settings, swap.short_position_settings
    return {
        "swap_type": swap.type,
        "swap_long_size": normal(long.swap_size) if long else None,
        "swap_long_asset_id": normal(long.asset_id) if long else None,
        "swap_short_size": normal(short.swap_size) if short else None,
        "swap_short_asset_id": normal(short.asset_id) if short else None,
    }


def _position(size: Decimal | None, asset_id: str | None) -> PositionSwap | None:
    return None if size is None else PositionSwap(swap_size=size, asset_id=asset_id)
