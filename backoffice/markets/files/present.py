"""What markets are now, in the words of a file: for columns that a file leaves out, and to know later what a preview was made from."""

from collections.abc import Sequence
from typing import NamedTuple

from backoffice.markets import rows
from backoffice.markets.files.columns import NAMES, as_cell
from backoffice.markets.files.header import IDENTITY
from backoffice.markets.models import Market
from backoffice.tables.header import Layout

ALIAS = {"perpetual": "perp"}


class Line(NamedTuple):
    """A row of the file with a cell for each of our columns, and the version of the market that it is about."""

    line: int
    texts: Sequence[str]
    faults: Sequence[tuple[str, str, str]]
    version: int | None = None


def completed(batch: list[Line], layout: Layout, *, needs_versions: bool) -> list[Line]:
    """Missing columns keep what the market has; a market that is new gets empty ones."""
    if layout.fields == NAMES:
        return _with_versions(batch) if needs_versions else batch
    places = {field: place for place, field in enumerate(layout.fields)}
    ids = [_wanted_id(line.texts, places) for line in batch]
    found = {row.market_id: row for row in Market.objects.filter(pk__in={wanted for wanted in ids if wanted}).prefetch_related("sessions")}
    return [_complete(line, places, wanted, found.get(wanted)) for line, wanted in zip(batch, ids, strict=True)]


def _with_versions(batch: list[Line]) -> list[Line]:
    places = {field: place for place, field in enumerate(NAMES)}
    ids = [_wanted_id(line.texts, places) for line in batch]
    versions = dict(Market.objects.filter(pk__in=set(ids)).values_list("market_id", "version"))
    return [line._replace(version=versions.get(wanted)) for line, wanted in zip(batch, ids, strict=True)]


def _complete(line: Line, places: dict[str, int], wanted: str, row: Market | None) -> Line:
    faults = line.faults
    if row is None:
        texts = [line.texts[places[field]] if field in places else "" for field in NAMES]
        if not all(field in places for field in IDENTITY):
            faults = (*faults, ("market_id", wanted, f"there is no market {wanted}, and a new one needs type, baseAssetId and quoteAssetId"))
        return line._replace(texts=texts, faults=faults)
    fields = rows.as_fields(row)
    texts = [line.texts[places[field]] if field in places else as_cell(getattr(fields, field)) if field != "market_id" else wanted for field in NAMES]
    return line._replace(texts=texts, version=row.version)


def _wanted_id(texts: Sequence[str], places: dict[str, int]) -> str:
    if "market_id" in places and (named := texts[places["market_id"]]):
        return named
    kind, base, quote = (texts[places[field]] if field in places else "" for field in IDENTITY)
    return f"{ALIAS.get(kind.lower(), kind.lower())}.{base}_{quote}"
