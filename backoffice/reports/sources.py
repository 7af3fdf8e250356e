"""What reports can be made of: the rows of history under the names that people know, what they need, and which sums stand in a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.history import TransferRow, UserBalance
from backoffice.contracts.reports import ReportSource
from backoffice.core.sources import Source
from backoffice.history.sources import TRANSFERS, USER_BALANCES

CellKind = Literal["text", "number", "time", "flag"]


class Column(NamedTuple):
    """`name` is the one of the API, `attribute` the column of the source's rows."""

    name: str
    attribute: str
    kind: CellKind


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`operation` is what it takes to see these rows anywhere. `time`: the field that windows are of. `sums` are of attributes in the root
    asset; `asset_sums` of attributes that count in the asset of `asset`, and so one for each."""

    name: str
    operation: str
    source: Source
    row: type[msgspec.Struct]
    time: str | None = None
    sums: tuple[str, ...] = ()
    asset: str | None = None
    asset_sums: tuple[str, ...] = ()
    needs_user: bool = False

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        hints = get_type_hints(self.row)
        names = zip(self.row.__struct_encode_fields__, self.row.__struct_fields__, strict=True)
        return tuple(Column(wire, attribute, _cell(hints[attribute])) for wire, attribute in names)

    def permit(self, actor: Actor) -> None:
        """Refuses: NotPermitted."""
        if not actor.may(self.operation):
            raise NotPermitted(self.operation)


def _cell(hint: Any) -> CellKind:
    kinds = get_args(hint) or (hint,)
    if bool in kinds:
        return "flag"
    return "number" if Decimal in kinds or int in kinds else "time" if datetime in kinds else "text"


def _transfers(name: str, *, needs_user: bool) -> Kind:
    return Kind(
        name=name,
        operation="view-transfers",
        source=TRANSFERS,
        row=TransferRow,
        time="createdAt",
        sums=("asset_amount_in_rat",),
        asset="asset_id",
        asset_sums=("asset_amount",),
        needs_user=needs_user,
    )


KINDS: Mapping[ReportSource, Kind] = {
    "UserBalances": Kind(
        name="Balances by user",
        operation="view-balances",
        source=USER_BALANCES,
        row=UserBalance,
        sums=("total_asset_amount_in_rat", "available_asset_amount_in_rat", "locked_asset_amount_in_rat"),
        asset="asset_id",
        asset_sums=("total_asset_amount", "available_asset_amount", "locked_asset_amount"),
    ),
    "UserTransfers": _transfers("Transfers of a user", needs_user=True),
    "Transfers": _transfers("Transfers", needs_user=False),
}


def seen_by(actor: Actor) -> list[ReportSource]:
    """Sources whose reports exist for the actor."""
    return [name for name, kind in KINDS.items() if actor.may(kind.operation)]
