"""Every cell of every row, and the rows of a profile with one another: all faults at once, with better values where only one is likely."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from backoffice.commission_files import lists
from backoffice.commission_files.columns import FEE_TYPES, NAMES, REQUIRED, read
from backoffice.commission_files.references import References
from backoffice.commission_files.rows import Line, Row
from backoffice.commissions import checks
from backoffice.contracts.commissions import CfdFee, FeeSettings, SpotFee
from backoffice.contracts.tables import CellError
from backoffice.tables import suggest
from backoffice.tables.cells import Wrong, plain

THINGS = {"profile_id": "commission profile", "market_id": "market", "market_group_id": "market group", "cfd_asset_id": "asset"}
FEES = {"spot.size": "spot_size", "cfd.size": "cfd_size", "cfd.assetId": "cfd_asset_id", "minFeeRAT": "min_fee_rat"}


class Checker:
    def __init__(self, references: References) -> None:
        self.known = references
        self.nearest = suggest.Nearest()
        self.names: Mapping[str, frozenset[str]] = {
            "profile_id": references.profiles,
            "market_id": references.markets,
            "market_group_id": references.market_groups,
            "cfd_asset_id": frozenset(references.assets.scales),
        }

    def check(self, lines: Sequence[Line]) -> list[Row]:
        rows = [self._row(line) for line in lines]
        lists.check(rows)
        return rows

    def _row(self, line: Line) -> Row:
        row = Row(line)
        for field, value, reason in line.faults:
            row.tell(field, reason, value=value)
        for field in NAMES:
            self._cell(row, field)
        self._target(row)
        self._fee(row)
        return row

    def _cell(self, row: Row, field: str) -> None:
        text = row.said[field]
        row.values[field] = None
        try:
            value = read(field, text)
        except Wrong as wrong:
            row.tell(field, str(wrong), self._better(field, plain(text)))
            return
        if value is None and field in REQUIRED:
            row.tell(field, "is required", "0" if field == "min_fee_rat" else None)
        elif value is not None and field in self.names and value not in self.names[field]:
            row.tell(field, f"there is no {THINGS[field]} {value}", self.nearest.of(value, self.names[field]))
        else:
            row.values[field] = value

    def _better(self, field: str, text: str) -> str | None:
        if field == "is_default":
            return suggest.flag(text)
        if field == "cfd_type":
            return self.nearest.of(text, FEE_TYPES)
        if field in self.names:
            return self.nearest.of(text, self.names[field])
        return suggest.number(text, is_whole=field == "priority")

    def _target(self, row: Row) -> None:
        """A market, a market group, or the default rule."""
        if "is_default" in row.faults:
            return
        named = [field for field in ("market_id", "market_group_id") if row.said[field]]
        if row.values["is_default"]:
            for field in named:
                row.tell(field, "must be empty: the default rule names neither a market nor a group", "")
        elif len(named) == 2:
            row.tell("market_group_id", "name a market or a market group, not both")
        elif not named:
            row.tell("market_id", "name a market or a market group; the default rule has isDefault true")

    def _fee(self, row: Row) -> None:
        values, told = row.values, {field for field in FEES.values() if field in row.faults}
        kind = values["cfd_type"]
        fee = checks.stored(
            FeeSettings(
                spot=SpotFee(type="PerVolume", size=values["spot_size"] or Decimal(0)),
                cfd=CfdFee(type=kind or "PerVolume", size=values["cfd_size"] or Decimal(0), asset_id=values["cfd_asset_id"]),
                min_fee_rat=values["min_fee_rat"] or Decimal(0),
            ),
            self.known.assets,
        )
        if kind is None or "cfd_asset_id" in told:
            told |= {"cfd_size"} | ({"cfd_asset_id"} if kind is None else set())
        for name, reasons in checks.fee_faults(fee, self.known.assets, at="fee").items():
            field = FEES[name.removeprefix("fee.")]
            if field not in told:
                row.tell(field, "; ".join(reasons), "" if reasons[0].startswith("is only for") else None)
        row.fee = fee


def faults(rows: Sequence[Row]) -> Iterator[CellError]:
    """By row, then in the order of columns."""
    places = {field: place for place, field in enumerate(NAMES)}
    for row in rows:
        yield from (error for _, error in sorted(row.faults.items(), key=lambda one: places.get(one[0], len(places))))
