"""The first line of a file: names in any order, and clear words for every name that is not known."""

from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from operator import itemgetter
from typing import NamedTuple

from backoffice.contracts.tables import CellError

# Columns whose name begins so are notes of ours (row number, reasons) or of the file's owner.
NOTE = "#"

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


def recognised(line: int, cells: list[str], header: Mapping[str, str], missing: Callable[[Collection[str]], tuple[str, str] | None]) -> Layout:
    """`header`: name in a file -> field. `missing` says of the fields that are there which column lacks, and why. Refuses: BadHeader."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    errors = [*_unknown(line, names, header), *_repeated(line, names, header)]
    known = {header[name]: place for place, name in enumerate(names) if name in header}
    if not errors and (lack := missing(known)):
        errors.append(CellError(row=line, column=lack[0], value="", reason=lack[1]))
    if errors:
        raise BadHeader(_summary(errors), errors)
    fields = tuple(field for field in header.values() if field in known)
    return Layout(fields, {field: name for name, field in header.items()}, _reader([known[field] for field in fields], len(names)))


def _unknown(line: int, names: list[str], header: Mapping[str, str]) -> list[CellError]:
    errors = []
    for place, name in enumerate(names, start=1):
        if not name:
            errors.append(CellError(row=line, column=f"column {place}", value="", reason="has no name"))
        elif name not in header and not name.startswith(NOTE):
            errors.append(
                CellError(row=line, column=name[:200], value=name[:200], reason="is not a column that we know", suggestion=nearest(name, header))
            )
    return errors


def _repeated(line: int, names: list[str], header: Mapping[str, str]) -> list[CellError]:
    seen: set[str] = set()
    errors = []
    for name in names:
        if name in seen and name in header:
            errors.append(CellError(row=line, column=name, value=name, reason="is there twice"))
        seen.add(name)
    return errors


def nearest(name: str, header: Mapping[str, str]) -> str | None:
    folded = {wire.lower(): wire for wire in header}
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
