"""The first line of a file in our own layout: names in any order, and clear words for every name we do not know."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from operator import itemgetter
from typing import NamedTuple

from backoffice.contracts.market_files import CellError
from backoffice.markets.files.columns import HEADER

# Columns whose name begins so are notes of ours (row number, reasons) or of the file's owner.
NOTE = "#"
IDENTITY = ("type", "base_asset_id", "quote_asset_id")

# Why a row cannot be mapped: field, the cell, the reason.
RowFault = tuple[str, str, str]
Read = Callable[[list[str]], tuple[Sequence[str], Sequence[RowFault]] | None]


class BadHeader(Exception):
    """The file has no header that we understand; `errors` are its faults."""

    def __init__(self, reason: str, errors: list[CellError]) -> None:
        super().__init__(reason)
        self.errors = errors


class Layout(NamedTuple):
    """`fields` are ours, in our order; `labels` is what the file calls them; `read` gives a row's cells for them, None for no data."""

    fields: tuple[str, ...]
    labels: dict[str, str]
    read: Read


def ours(line: int, cells: list[str]) -> Layout:
    """Refuses: BadHeader."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    errors = [*_unknown(line, names), *_repeated(line, names)]
    known = {HEADER[name]: place for place, name in enumerate(names) if name in HEADER}
    if "market_id" not in known and not all(field in known for field in IDENTITY) and not errors:
        errors.append(
            CellError(row=line, column="marketId", value="", reason="is missing: a file has marketId, or type, baseAssetId and quoteAssetId")
        )
    if errors:
        raise BadHeader(_summary(errors), errors)
    fields = tuple(field for field in HEADER.values() if field in known)
    return Layout(fields, {field: wire for wire, field in HEADER.items()}, _reader([known[field] for field in fields], len(names)))


def is_ours(cells: list[str]) -> bool:
    names = [cell.strip() for cell in cells if cell.strip() and not cell.startswith(NOTE)]
    return bool(names) and all(name in HEADER for name in names)


def _unknown(line: int, names: list[str]) -> list[CellError]:
    errors = []
    for place, name in enumerate(names, start=1):
        if not name:
            errors.append(CellError(row=line, column=f"column {place}", value="", reason="has no name"))
        elif name not in HEADER and not name.startswith(NOTE):
            errors.append(CellError(row=line, column=name[:200], value=name[:200], reason="is not a column that we know", suggestion=nearest(name)))
    return errors


def _repeated(line: int, names: list[str]) -> list[CellError]:
    seen: set[str] = set()
    errors = []
    for name in names:
        if name in seen and name in HEADER:
            errors.append(CellError(row=line, column=name, value=name, reason="is there twice"))
        seen.add(name)
    return errors


def nearest(name: str) -> str | None:
    folded = {wire.lower(): wire for wire in HEADER}
    found = get_close_matches(name[:50].lower().replace("_", "").replace(" ", ""), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def _summary(errors: list[CellError]) -> str:
    said = [f"{error.column} {error.reason}" + (f" (did you mean {error.suggestion}?)" if error.suggestion else "") for error in errors[:5]]
    more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
    return f"The header is not understood: {'; '.join(said)}{more}."[:500]


def _reader(places: list[int], width: int) -> Read:
    several = itemgetter(*places) if len(places) > 1 else None
    nothing: Sequence[RowFault] = ()

    def read(cells: list[str]) -> tuple[Sequence[str], Sequence[RowFault]]:
        faults = nothing
        if len(cells) != width:
            if any(cells[width:]):
                faults = (("", next(cell for cell in cells[width:] if cell), f"the row has {len(cells)} cells, the header has {width}"),)
            cells = cells + [""] * (width - len(cells))
        return (several(cells) if several else (cells[places[0]],)), faults

    return read
