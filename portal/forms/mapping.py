"""A foreign layout's mapping as a form: what each of our fields comes from, and which rows are data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
from django.http import QueryDict

from backoffice.contracts.market_files import FieldSource, FileMapping, FileSample, RowFilter, Transform
from portal.forms.market_columns import COLUMNS, MarketColumn, Words

NOTHING, CONSTANT, COLUMN = "", "=", "column:"
FEW = 30
NUMBER = re.compile(r"-?[0-9.,]+")
WITHOUT_QUOTE: tuple[Transform, str] = ("WithoutQuote", "without its quote asset")
DECIMALS: tuple[Transform, str] = ("Decimals", "its decimal places")
LOWER: tuple[Transform, str] = ("Lower", "in lower case")


class ValueLine(NamedTuple):
    """One value of a column and what it becomes; empty stays as it is."""

    was: str
    becomes: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """One of our fields on the mapping page."""

    column: MarketColumn
    source: FieldSource | None
    words: Words
    sample: FileSample

    @property
    def chosen(self) -> str:
        if self.source is None:
            return NOTHING
        return CONSTANT if self.source.column is None else COLUMN + self.source.column

    @property
    def is_constant(self) -> bool:
        return self.chosen == CONSTANT

    @property
    def constant(self) -> str:
        return (self.source and self.source.constant) or ""

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(COLUMN + header, header) for header in self.sample.headers if header]

    @property
    def lost(self) -> str:
        """A column that the mapping names and the file does not have."""
        named = self.source.column if self.source else None
        return named if named and named not in self.sample.headers else ""

    @property
    def transforms(self) -> list[tuple[str, str, bool]]:
        known = {"baseAssetId": (WITHOUT_QUOTE, LOWER), "priceScale": (DECIMALS,), "amountScale": (DECIMALS,)}.get(self.column.field, (LOWER,))
        now = self.source.transform if self.source else None
        return [("", "as it is", now is None), *((word, label, word == now) for word, label in known)]

    @property
    def values(self) -> list[ValueLine]:
        """The column's distinct values, when they are few, beside what each becomes."""
        if self.source is None or self.source.column is None:
            return []
        found = self.sample.distinct.get(self.source.column, []) if self.words or self.source.values else []
        known = dict.fromkeys([*(found if len(found) <= FEW else []), *self.source.values])
        return [ValueLine(was, self.source.values.get(was, "")) for was in known]

    @property
    def is_untold(self) -> bool:
        """Some value of the column is no word that the field knows."""
        words = {word for word, _ in self.words}
        return bool(words) and any((line.becomes or line.was) not in words for line in self.values)


class Choice(NamedTuple):
    value: str
    is_kept: bool


class Filtered(NamedTuple):
    """A column with few values, of which some rows may be left out."""

    column: str
    choices: list[Choice]
    is_open: bool

    @property
    def kept(self) -> int:
        return sum(choice.is_kept for choice in self.choices)


@dataclass(frozen=True, kw_only=True)
class MappingForm:
    mapping: FileMapping
    sample: FileSample
    words: Mapping[str, Words]

    @property
    def sources(self) -> list[Source]:
        by_field = {source.field: source for source in self.mapping.sources}
        return [Source(column=one, source=by_field.get(one.field), words=self.words.get(one.field, ()), sample=self.sample) for one in COLUMNS]

    def source_of(self, field: str) -> Source | None:
        return next((one for one in self.sources if one.column.field == field), None)

    @property
    def filled(self) -> list[Source]:
        """Those that a market needs or that the mapping gives."""
        return [one for one in self.sources if one.source or one.column.is_required]

    @property
    def unfilled(self) -> list[Source]:
        return [one for one in self.sources if not one.source and not one.column.is_required]

    @property
    def missing(self) -> list[str]:
        """Required fields without a source; an update by market id needs none of them."""
        given = {source.field for source in self.mapping.sources}
        return [] if "marketId" in given else [one.label for one in COLUMNS if one.is_required and one.field not in given]

    @property
    def filters(self) -> list[Filtered]:
        chosen = {one.column: one.values for one in self.mapping.row_filters}
        few: dict[str, list[str]] = {column: values for column, values in self.sample.distinct.items() if 1 < len(values) <= FEW}
        named = {column: few.get(column, []) for column in (*few, *chosen)}
        used = {source.column for source in self.mapping.sources}
        # A column that no field is made of, as a provider's name, is the likeliest to tell which rows are wanted.
        return [
            _filtered(column, values, chosen.get(column), is_open=column in chosen or column not in used)
            for column, values in named.items()
            if column in chosen or not all(NUMBER.fullmatch(value) for value in values)
        ]

    @property
    def columns(self) -> list[tuple[str, list[str], int, list[str]]]:
        """The file's own columns: header, the first values that differ, how many there are if few, our fields made of it."""
        return [self._column(place, header) for place, header in enumerate(self.sample.headers)]

    def _column(self, place: int, header: str) -> tuple[str, list[str], int, list[str]]:
        cells = dict.fromkeys(row[place] for row in self.sample.rows if place < len(row) and row[place])
        used = [source.column.label for source in self.sources if source.source and source.source.column == header]
        return header, list(cells)[:4], len(self.sample.distinct.get(header, ())), used


def _filtered(column: str, values: Sequence[str], chosen: Sequence[str] | None, *, is_open: bool) -> Filtered:
    known = dict.fromkeys([*values, *(chosen or ())])
    return Filtered(column, [Choice(value, chosen is None or value in chosen) for value in known], is_open)


def read(post: QueryDict) -> FileMapping:
    """The mapping that a posted form says; whether it makes sense is for the service to say."""
    return FileMapping(
        sources=[source for one in COLUMNS if (source := _source(post, one.field))],
        row_filters=[kept for column in dict.fromkeys(post.getlist("filtered")) if (kept := _filter(post, column))],
        comment_prefix=post.get("comment", "").strip()[:5] or None,
        create_assets=post.get("create_assets") == "true",
    )


def with_guess(mapping: FileMapping, sample: FileSample, field: str) -> FileMapping:
    """A field that has just got the column that was guessed for it gets the rest of the guess as well."""
    guessed = {source.field: source for source in sample.guess.sources}.get(field)
    sources = [guessed if guessed and one.field == field and one.column == guessed.column else one for one in mapping.sources]
    return msgspec.structs.replace(mapping, sources=sources)


def _source(post: QueryDict, field: str) -> FieldSource | None:
    chosen = post.get(f"source.{field}", NOTHING)
    if chosen == CONSTANT:
        return FieldSource(field=field, constant=post.get(f"constant.{field}", "").strip())
    if not chosen.startswith(COLUMN):
        return None
    column = chosen.removeprefix(COLUMN)
    # The lines below the select belong to the column that stood there when the page was drawn.
    is_same = post.get(f"of.{field}") == column
    pairs = zip(post.getlist(f"was.{field}"), post.getlist(f"becomes.{field}"), strict=False) if is_same else ()
    values = {was: becomes.strip() for was, becomes in pairs if becomes.strip()}
    return FieldSource(field=field, column=column, values=values, transform=_transform(post.get(f"how.{field}", "")))


def _transform(word: str) -> Transform | None:
    return next((known for known, _ in (WITHOUT_QUOTE, DECIMALS, LOWER) if known == word), None)


def _filter(post: QueryDict, column: str) -> RowFilter | None:
    """None when every value is kept: then there is nothing to filter."""
    kept, known = post.getlist(f"keep.{column}"), post.getlist(f"known.{column}")
    return RowFilter(column=column, values=kept) if set(kept) != set(known) else None
