"""The columns of a rule file: their order and what a cell of each may say."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, get_args

from backoffice.contracts.commissions import FeeType
from backoffice.tables import cells
from backoffice.tables.cells import Wrong
from backoffice.tables.header import Layout, recognised

# Name in a file -> field, in the order of the file's columns.
HEADER: Final[Mapping[str, str]] = {
    "profileId": "profile_id",
    "priority": "priority",
    "marketId": "market_id",
    "marketGroupId": "market_group_id",
    "isDefault": "is_default",
    "spotSize": "spot_size",
    "cfdType": "cfd_type",
    "cfdSize": "cfd_size",
    "cfdAssetId": "cfd_asset_id",
    "minFeeRAT": "min_fee_rat",
}
NAMES: Final = tuple(HEADER.values())
LABELS: Final = {field: name for name, field in HEADER.items()}
# A list says all of a rule: a column left out would charge nothing where something was charged.
NEEDED: Final = ("profileId", "priority", "spotSize", "cfdType", "cfdSize", "minFeeRAT")
REQUIRED: Final = ("profile_id", "spot_size", "cfd_type", "cfd_size", "min_fee_rat")
TARGETS: Final = ("market_id", "market_group_id", "is_default")
FEE_TYPES: Final[tuple[str, ...]] = get_args(FeeType)


def layout(line: int, names: list[str]) -> Layout:
    """Refuses: BadHeader."""
    return recognised(line, names, HEADER, _missing)


def _missing(known: Collection[str]) -> tuple[str, str] | None:
    for name in NEEDED:
        if HEADER[name] not in known:
            return name, "is missing: a rule list says all of its rules"
    if not any(field in known for field in TARGETS):
        return "marketId", "is missing: a file has marketId, marketGroupId or isDefault"
    return None


def fee_type(text: str) -> str:
    if text not in FEE_TYPES:
        raise Wrong(f"must be {' or '.join(FEE_TYPES)}")
    return text


READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "profile_id": cells.code,
    "priority": cells.whole,
    "market_id": cells.code,
    "market_group_id": cells.code,
    "is_default": cells.flag,
    "spot_size": cells.amount,
    "cfd_type": fee_type,
    "cfd_size": cells.amount,
    "cfd_asset_id": cells.code,
    "min_fee_rat": cells.amount,
}


def read(field: str, text: str) -> Any:
    """The value of a cell, None for an empty one. Refuses: Wrong."""
    said = cells.plain(text)
    return READERS[field](said) if said else None
