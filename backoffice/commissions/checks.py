"""What fees and targets of rules must be. Pure; faults are {wire field: [reasons]}."""

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from backoffice.contracts.commissions import FeeSettings, RuleTarget
from backoffice.contracts.rule_book import BookRule
from backoffice.markets.rules import Faults, amount_fault

PERCENT_PLACES, MOST_PERCENT = 4, 100


class Assets(msgspec.Struct, frozen=True, kw_only=True):
    """The scale of each asset, and the root asset once there is one."""

    scales: dict[str, int]
    root: str | None


def stored(fee: FeeSettings, assets: Assets) -> FeeSettings:
    """With the root asset unnamed, as rows have it: a fee in the root asset stays one when another root asset is chosen."""
    if fee.cfd.asset_id is None or fee.cfd.asset_id != assets.root:
        return fee
    return msgspec.structs.replace(fee, cfd=msgspec.structs.replace(fee.cfd, asset_id=None))


def shown(fee: FeeSettings, root: str | None) -> FeeSettings:
    """With the root asset named where the fee is an amount of it."""
    if fee.cfd.type == "PerVolume" or fee.cfd.asset_id is not None:
        return fee
    return msgspec.structs.replace(fee, cfd=msgspec.structs.replace(fee.cfd, asset_id=root))


def fee_faults(fee: FeeSettings, assets: Assets, *, at: str) -> Faults:
    """Of a fee as `stored`."""
    found = {
        "spot.size": _percent_fault(fee.spot.size),
        "cfd.size": _percent_fault(fee.cfd.size)
        if fee.cfd.type == "PerVolume"
        else _amount_fault(fee.cfd.size, fee.cfd.asset_id or assets.root, assets),
        "cfd.assetId": _asset_fault(fee, assets),
        "minFeeRAT": _amount_fault(fee.min_fee_rat, assets.root, assets) if fee.min_fee_rat else None,
    }
    return {f"{at}.{name}": [reason] for name, reason in found.items() if reason}


def target_faults(target: RuleTarget, others: Iterable[BookRule], *, at: str) -> Faults:
    """Of a rule that is not the default one: what it names, and whether another rule of the profile names it already."""
    if target.market_id is not None and target.market_group_id is not None:
        return {f"{at}.marketGroupId": ["name a market or a market group, not both"]}
    if target.market_id is None and target.market_group_id is None:
        return {f"{at}.marketId": ["name a market or a market group"]}
    name = "marketId" if target.market_id is not None else "marketGroupId"
    same = [other for other in others if (other.market_id, other.market_group_id) == (target.market_id, target.market_group_id)]
    return {f"{at}.{name}": [f"the rule of priority {other.priority} names it already"] for other in same}


def _percent_fault(size: Decimal) -> str | None:
    if reason := amount_fault(size, places=PERCENT_PLACES):
        return reason
    return None if 0 <= size <= MOST_PERCENT else f"must be from 0 to {MOST_PERCENT} percent"


def _amount_fault(size: Decimal, asset_id: str | None, assets: Assets) -> str | None:
    if asset_id is None:
        return "needs a root asset, and none is chosen yet"
    scale = assets.scales.get(asset_id)
    if reason := amount_fault(size):
        return reason
    if size < 0:
        return "must not be negative"
    # An unknown asset is a fault of its own.
    return None if scale is None or not amount_fault(size, places=scale) else f"has more than the {scale} decimal places of {asset_id}"


def _asset_fault(fee: FeeSettings, assets: Assets) -> str | None:
    if fee.cfd.asset_id is None:
        return None
    if fee.cfd.type == "PerVolume":
        return "is only for fees per lot: those per volume are charged in the root asset"
    return None if fee.cfd.asset_id in assets.scales else f"there is no asset {fee.cfd.asset_id}"
