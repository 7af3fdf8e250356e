"""Foreign layouts: a mapping says which column, constant or transformation becomes which of our fields."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from backoffice.contracts.errors import Invalid
from backoffice.contracts.market_files import FieldSource, FileMapping
from backoffice.contracts.tables import CellError
from backoffice.core.sheets import NUMBER
from backoffice.markets.files.columns import HEADER
from backoffice.markets.files.header import ours
from backoffice.tables.header import BadHeader, Layout, RowFault

DECIMALS_LEAST = 2


def layout(line: int, cells: list[str], mapping: FileMapping | None) -> Layout:
    """Refuses: BadHeader."""
    if mapping is None or not mapping.sources:
        return ours(line, cells)
    places = _places(line, [cell.strip() for cell in cells], mapping)
    # WithoutQuote needs the quote, so it comes last.
    sources = sorted(mapping.sources, key=lambda source: source.transform == "WithoutQuote")
    fields = tuple(field for wire, field in HEADER.items() if any(source.field == wire for source in sources))
    labels = {field: wire for wire, field in HEADER.items()} | {HEADER[s.field]: s.column for s in sources if s.column is not None}
    filters = [(places[part.column], frozenset(part.values)) for part in mapping.row_filters]
    quote = next((source.column or source.field for source in sources if source.field == "quoteAssetId"), "")

    def read(cells: list[str]) -> tuple[Sequence[str], Sequence[RowFault]] | None:
        cells = [cell.strip() for cell in cells] + [""] * (len(places) - len(cells))
        if any(cells[place] not in values for place, values in filters):
            return None
        values: dict[str, str] = {}
        faults: list[RowFault] = []
        for source in sources:
            values[HEADER[source.field]] = _value(source, cells, places, values, quote, faults)
        return [values[field] for field in fields], faults

    return Layout(fields, labels, read)


def check(mapping: FileMapping) -> FileMapping:
    """The mapping itself, apart from any file. Refuses: Invalid."""
    wrong: dict[str, list[str]] = {}
    fields = [source.field for source in mapping.sources]
    for source in mapping.sources:
        if source.field not in HEADER:
            wrong.setdefault(source.field[:60], []).append("is not a field of a market")
        elif fields.count(source.field) > 1:
            wrong[source.field] = ["has two sources"]
        elif (source.column is None) == (source.constant is None):
            wrong[source.field] = ["needs either a column or a constant"]
        elif source.transform == "WithoutQuote" and (source.field != "baseAssetId" or "quoteAssetId" not in fields):
            wrong[source.field] = ["is for baseAssetId only, beside a source of quoteAssetId"]
    if fields and "marketId" not in fields and any(wire not in fields for wire in ("type", "baseAssetId", "quoteAssetId")):
        wrong["sources"] = ["must give marketId, or type, baseAssetId and quoteAssetId"]
    if wrong:
        raise Invalid("The mapping is not valid.", code="mapping_invalid", fields=wrong)
    return mapping


def decoded(stored: Any) -> FileMapping:
    """A mapping as the database keeps it."""
    return msgspec.convert(stored, FileMapping)


def is_comment(cells: list[str], mapping: FileMapping | None) -> bool:
    prefix = mapping.comment_prefix if mapping else None
    return bool(prefix) and cells[0].lstrip().startswith(prefix or "")


def _places(line: int, names: list[str], mapping: FileMapping) -> dict[str, int]:
    wanted = {source.column for source in mapping.sources if source.column is not None} | {part.column for part in mapping.row_filters}
    errors = [CellError(row=line, column=name[:200], value="", reason="is not in the file's header") for name in sorted(wanted - set(names))]
    errors += [CellError(row=line, column=name[:200], value=name[:200], reason="is there twice") for name in sorted(wanted) if names.count(name) > 1]
    if errors:
        raise BadHeader(f"The mapping does not fit the file: {'; '.join(f'{error.column} {error.reason}' for error in errors)}."[:500], errors)
    return {name: place for place, name in enumerate(names)}


def _value(source: FieldSource, cells: list[str], places: Mapping[str, int], values: Mapping[str, str], quote: str, faults: list[RowFault]) -> str:
    if source.column is None:
        return source.constant or ""
    text = cells[places[source.column]]
    text = source.values.get(text, text)
    if source.transform == "Lower":
        return text.lower()
    if source.transform == "Decimals":
        return str(max(DECIMALS_LEAST, len(text.partition(".")[2].rstrip("0")))) if NUMBER.fullmatch(text) else text
    if source.transform == "WithoutQuote":
        ending = values["quote_asset_id"]
        if ending and len(text) > len(ending) and text.lower().endswith(ending.lower()):
            return text[: -len(ending)].lower()
        faults.append(("base_asset_id", text, f"{text} does not end with {ending.upper()}, its {quote}; the row contradicts itself"))
        return ""
    return text
