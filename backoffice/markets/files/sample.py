"""The head of a file as it is, a guess at what its columns are, and the head read through a mapping."""

from collections.abc import Mapping
from itertools import islice

from backoffice.contracts.errors import Invalid
from backoffice.contracts.market_files import FieldSource, FileMapping, FileSample, MappedSample
from backoffice.markets.files import present, stage, storage
from backoffice.markets.files.columns import HEADER, NAMES
from backoffice.markets.files.header import is_ours
from backoffice.markets.models import MarketFile
from backoffice.tables.header import BadHeader
from backoffice.tables.read import Unreadable, opened

SHOWN = 20
LOOKED_AT = 5_000
DISTINCT_MOST = 25
COMMENT = "#"

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "quoteAssetId": ("quoteassetid", "quotecurrency", "quote", "quoteasset", "currency", "profitcurrency"),
    "baseAssetId": ("baseassetid", "base", "baseasset", "basecurrency"),
    "displayName": ("displayname", "symbol", "ticker", "instrument", "name", "symbolname"),
    "fullName": ("fullname", "description", "title", "longname", "instrumentname"),
    "tickSize": ("ticksize", "minimumpricevariation", "minpricevariation", "tick", "priceincrement", "minmove", "pricestep"),
    "lotSize": ("lotsize", "contractsize", "lot"),
    "minLotAmount": ("minlotamount", "minlot", "minvolume", "minlots", "volumemin"),
    "maxLotAmount": ("maxlotamount", "maxlot", "maxvolume", "maxlots", "volumemax"),
    "lotStep": ("lotstep", "volumestep", "stepvolume"),
    "maxLeverage": ("maxleverage", "leverage"),
    "priceScale": ("pricescale", "digits", "precision", "pricedecimals"),
    "subtype": ("subtype", "type", "assetclass", "category", "class", "sector", "group"),
    "minQuoteAmount": ("minquoteamount", "minnotional"),
    "maxBaseAmount": ("maxbaseamount", "maxquantity"),
}
MEANINGS = {
    "Fx": "forex fx currency currencies",
    "Crypto": "crypto cryptocurrency",
    "Metals": "metal metals",
    "Energies": "energy energies",
    "Commodities": "commodity commodities",
    "Indices": "index indices",
    "Stocks": "stock stocks equity equities share",
    "Etf": "etf",
    "Bonds": "bond bonds",
    "Ndf": "ndf",
}
SUBTYPES = {word: subtype for subtype, words in MEANINGS.items() for word in words.split()}
CONSTANTS = {
    "type": "Cfd",
    "status": "Disabled",
    "lotSize": "1",
    "minLotAmount": "1",
    "maxLotAmount": "1000",
    "lotStep": "1",
    "maxLeverage": "20",
    "isConstLeverage": "false",
}


def take(file: MarketFile) -> FileSample:
    lines = _head(file)
    headers, rows = (lines[0], lines[1:]) if lines else ([], [])
    distinct = {name: values for place, name in enumerate(headers) if (values := _few(rows, place))}
    return FileSample(headers=headers, rows=rows[:SHOWN], distinct=distinct, is_ours=is_ours(headers), guess=guess(headers, distinct))


def through(file: MarketFile, mapping: FileMapping) -> MappedSample:
    """Refuses: Invalid."""
    try:
        with opened(storage.path(file.stored_as), file.format) as source:
            layout = stage.header(source.rows, mapping)
            lines = list(islice(stage.data(source.rows, layout, mapping), SHOWN))
    except BadHeader as error:
        raise Invalid(str(error), code="mapping_invalid", fields={fault.column: [fault.reason] for fault in error.errors}) from error
    except Unreadable as error:
        raise Invalid(str(error), code="file_refused") from error
    checks = stage.checker(mapping, layout, takes_suggestions=False)
    whole = present.completed(lines, layout, needs_versions=False)
    errors = [fault for line in whole for fault in checks.check(line.line, line.texts, line.faults).errors]
    fields = [wire for wire, field in HEADER.items() if field in layout.fields]
    places = [NAMES.index(field) for field in layout.fields]
    return MappedSample(fields=fields, rows=[[line.texts[place] for place in places] for line in whole], errors=errors)


def guess(headers: list[str], distinct: Mapping[str, list[str]]) -> FileMapping:
    """What the columns are called decides; what is missing becomes a cautious constant, and everything arrives Disabled."""
    folded = {name.lower().replace("_", "").replace(" ", "").replace("-", ""): name for name in headers}
    columns = {
        field: next(folded[word] for word in words if word in folded) for field, words in SYNONYMS.items() if any(word in folded for word in words)
    }
    sources = [FieldSource(field=field, constant=constant) for field, constant in CONSTANTS.items() if field not in columns]
    for field, column in columns.items():
        sources.append(_source(field, column, distinct))
    if "baseAssetId" not in columns and {"displayName", "quoteAssetId"} <= set(columns):
        sources.append(FieldSource(field="baseAssetId", column=columns["displayName"], transform="WithoutQuote"))
    if "priceScale" not in columns and "tickSize" in columns:
        sources.append(FieldSource(field="priceScale", column=columns["tickSize"], transform="Decimals"))
    order = {wire: place for place, wire in enumerate(HEADER)}
    return FileMapping(sources=sorted(sources, key=lambda source: order[source.field]), comment_prefix=COMMENT, create_assets=True)


def _source(field: str, column: str, distinct: Mapping[str, list[str]]) -> FieldSource:
    if field == "subtype":
        values = {value: SUBTYPES.get(value.lower(), "Other") for value in distinct.get(column, [])}
        return FieldSource(field=field, column=column, values=values)
    return FieldSource(field=field, column=column, transform="Lower" if field in ("baseAssetId", "quoteAssetId") else None)


def _few(rows: list[list[str]], place: int) -> list[str]:
    """The values of a column that has few of them, in the order of their first row; nothing for others."""
    values = dict.fromkeys(row[place] for row in rows if place < len(row) and row[place])
    return list(values) if 1 <= len(values) <= DISTINCT_MOST and len(values) < max(len(rows) // 2, 2) else []


def _head(file: MarketFile) -> list[list[str]]:
    lines: list[list[str]] = []
    try:
        with opened(storage.path(file.stored_as), file.format) as source:
            for _, cells in islice(source.rows, LOOKED_AT):
                if not cells[0].lstrip().startswith(COMMENT) or not lines:
                    lines.append([cell.strip() for cell in cells])
    except Unreadable as error:
        raise Invalid(str(error), code="file_refused") from error
    return lines
