"""Every cell of every row against the rules of a market.

A row that is right costs a look-up per cell: what a cell's text means, and whether a row's settings go together, is found out once for
each distinct text. Only a row with something doubtful is examined cell by cell; that examination alone decides what is a fault.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from operator import getitem, itemgetter
from typing import Any, NamedTuple, cast

from backoffice.contracts.tables import CellError
from backoffice.markets import rules
from backoffice.markets.fields import MarketFields
from backoffice.markets.files import suggest
from backoffice.markets.files.columns import COLUMNS, HEADER, NAMES, NULL, REQUIRED, SESSIONS, as_copy
from backoffice.markets.files.header import IDENTITY
from backoffice.tables.cells import Wrong, plain
from backoffice.tables.header import RowFault
from backoffice.tables.suggest import Nearest

MEMORY_MOST = 4_096
EMPTY: Mapping[str, Any] = {"status": "Disabled", "is_synchronized": False, **dict.fromkeys(SESSIONS, ())}
CODE, NOTHING = re.compile(r"[a-z0-9][a-z0-9._-]{0,49}"), re.compile(r"(?!)")
OWN = ("market_id", "base_asset_id", "quote_asset_id", "display_name", "full_name")
SETTINGS = tuple(name for name in NAMES if name not in OWN)
TYPE, BASE, QUOTE, STATUS = (NAMES.index(name) for name in ("type", "base_asset_id", "quote_asset_id", "status"))
# When the first of these cannot be read, nothing is known about the others' relation to it.
LEADS = {"swap_type": rules.SWAP, "price_scale": ("tick_size",), "amount_scale": ("min_amount",), "lot_step": ("min_lot_amount",)}
ROUNDS = 4  # of suggestions, each of which may bring up a fault that the one before hid


class Checked(NamedTuple):
    """A row ready for COPY: values are in COPY's words, by NAMES; `errors` make it invalid."""

    market_id: str
    is_forced_disabled: bool
    values: Sequence[str]
    errors: Sequence[CellError] = ()
    texts: Sequence[str] = ()


class Anything(Mapping[str, str]):
    """The assets of a file that may bring new ones: any code will do, those not yet known count as internal."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def __getitem__(self, asset: str) -> str:
        return self.known.get(asset, "Internal")

    def __contains__(self, asset: object) -> bool:
        return asset in self.known or (isinstance(asset, str) and rules.ASSET_ID.fullmatch(asset) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


class Memory(dict[str, str | None]):
    """What each text of one column is in COPY's words; None for a text that has to be examined."""

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field
        self.plain = {"display_name": rules.DISPLAY_NAME, "full_name": rules.FULL_NAME}.get(field, CODE if COLUMNS[field].kind == "code" else NOTHING)

    def __missing__(self, text: str) -> str | None:
        if len(self) >= MEMORY_MOST:
            self.clear()
        # Ids and names differ from row to row: what obviously means itself is not read any further.
        meaning = text if self.plain.fullmatch(text) and text[-1] != " " != text[0] else self._meaning(text)
        self[text] = meaning
        return meaning

    def _meaning(self, text: str) -> str | None:
        try:
            value = read(self.field, text)
        except Wrong:
            return None
        if value is None:
            return None if self.field in REQUIRED else NULL
        return None if COLUMNS[self.field].kind == "name" and not self.plain.fullmatch(value) else as_copy(value)


class Checker:
    """Checks rows of one file against the references of one moment."""

    def __init__(self, references: rules.References, labels: Mapping[str, str], *, takes_suggestions: bool = False) -> None:
        self.references, self.labels, self.takes_suggestions = references, labels, takes_suggestions
        self.memories = [Memory(field) for field in NAMES]
        self.verdicts: dict[tuple[str, ...], int] = {}
        self.pairs: dict[tuple[str, str], bool] = {}
        self.settings = itemgetter(*(NAMES.index(name) for name in SETTINGS))
        self.nearest = Nearest()

    def check(self, line: int, texts: Sequence[str], faults: Sequence[RowFault] = ()) -> Checked:
        meanings = [*map(getitem, self.memories, texts)]
        if None in meanings or faults:
            return self.examine(line, texts, faults)
        values = cast(list[str], meanings)
        settings = self.settings(values)
        verdict = self.verdicts.get(settings)
        if verdict is None:
            verdict = self._verdict(settings)
        kind, base, quote = values[TYPE], values[BASE], values[QUOTE]
        market_id = f"{kind.lower()}.{base}_{quote}"
        named = values[0]
        if verdict < 0 or base == quote or (named != NULL and named != market_id) or not (self._pair(kind, base) and self._pair(kind, quote)):
            return self.examine(line, texts, faults)
        if verdict:
            values[STATUS] = "Disabled"
        return Checked(market_id, verdict == 1, values)

    def _verdict(self, settings: tuple[str, ...]) -> int:
        """Of settings without names and assets: 0 right, 1 right once Disabled, -1 to be examined."""
        if len(self.verdicts) >= MEMORY_MOST:
            self.verdicts.clear()
        wanted = MarketFields(
            **dict(zip(SETTINGS, map(from_copy, SETTINGS, settings), strict=True)), base_asset_id="", quote_asset_id="", display_name=""
        )
        settled = rules.settled(wanted)
        swap_faults = [wire for wire in rules.asset_faults(settled, self.references) if wire not in ("baseAssetId", "quoteAssetId")]
        wrong = rules.settings_faults(settled) or rules.reference_faults(settled, self.references) or swap_faults
        verdict = -1 if wrong else int(settled is not wanted)
        self.verdicts[settings] = verdict
        return verdict

    def _pair(self, kind: str, asset: str) -> bool:
        """May a market of this type have this asset?"""
        pair = (kind, asset)
        if pair not in self.pairs:
            if len(self.pairs) >= MEMORY_MOST:
                self.pairs.clear()
            probe = MarketFields(type=kind, base_asset_id=asset, quote_asset_id="", display_name="", price_scale=2)  # type: ignore[arg-type]  # with the settings it was found to be a type
            self.pairs[pair] = "baseAssetId" not in rules.asset_faults(probe, self.references)
        return self.pairs[pair]

    def examine(self, line: int, texts: Sequence[str], faults: Sequence[RowFault]) -> Checked:
        """Cell by cell, with a reason for every fault; with suggestions taken when the file takes them."""
        said = dict(zip(NAMES, texts, strict=True))
        for _ in range(ROUNDS if self.takes_suggestions else 1):
            values, found = self._faults(line, said, faults)
            better = {field: error.suggestion for field, error in found if error.suggestion is not None and said.get(field) != error.suggestion}
            if not self.takes_suggestions or not better:
                break
            said |= better
        market_id = _market_id(values) or NULL
        if not found:
            wanted = rules.settled(_fields(values))
            return Checked(market_id, wanted.status != values["status"], [as_copy(getattr(wanted, field, None)) for field in NAMES])
        # What is known of an invalid row takes part in the search for duplicates.
        wrong = {field for field, _ in found}
        blank = [as_copy(values[field]) if field == "display_name" and field not in wrong else NULL for field in NAMES]
        return Checked(
            NULL if len(market_id) > 40 or wrong & set(IDENTITY) else market_id, False, blank, [error for _, error in found], list(said.values())
        )

    def _faults(self, line: int, said: Mapping[str, str], faults: Sequence[RowFault]) -> tuple[dict[str, Any], list[tuple[str, CellError]]]:
        found: list[tuple[str, CellError]] = []
        told: set[str] = set()

        def tell(field: str, value: str, reason: str, suggestion: str | None) -> None:
            told.add(field)
            column = self.labels.get(field, field) or "row"
            found.append((field, CellError(row=line, column=column, value=value[:500], reason=reason[:500], suggestion=suggestion)))

        for field, value, reason in faults:
            tell(field, value, reason, None)
        if "market_id" in told:  # there is no such market, so nothing else can be said of it
            told |= set(REQUIRED)
        values: dict[str, Any] = {}
        for field in NAMES:
            try:
                values[field] = read(field, said[field])
            except Wrong as wrong:
                values[field] = EMPTY.get(field)
                tell(field, said[field], str(wrong), suggest.for_cell(field, plain(said[field]), self.nearest))
                continue
            if values[field] is None and field in REQUIRED and field not in told:
                tell(field, said[field], "is required", None)
        quiet = told | {follower for lead in told for follower in LEADS.get(lead, ())}
        for wire, reasons in self._rule_faults(values).items():
            field = HEADER[wire]
            if field not in quiet:
                suggestion = suggest.for_rule(field, plain(said[field]), reasons[0], self.references, self.nearest)
                tell(field, said[field], "; ".join(reasons), suggestion)
        derived = _market_id(values)
        if not told & {"market_id", *IDENTITY} and values["market_id"] not in (None, derived):
            same = derived if said["market_id"].strip().lower() == derived else None
            tell("market_id", said["market_id"], f"does not fit its type and assets, which make {derived}", same)
        return values, found

    def _rule_faults(self, values: Mapping[str, Any]) -> rules.Faults:
        probe = dict(values)
        probe |= {
            "base_asset_id": values["base_asset_id"] or "",
            "quote_asset_id": values["quote_asset_id"] or "",
            "display_name": values["display_name"] or "",
        }
        probe["price_scale"] = 8 if values["price_scale"] is None else values["price_scale"]
        knows_type = values["type"] is not None
        probe["type"] = values["type"] or "Cfd"
        wanted = rules.settled(_fields(probe))
        settings = rules.settings_faults(rules.anonymous(wanted)) if knows_type else {}
        return rules.joined(
            settings, rules.name_faults(wanted), rules.asset_faults(wanted, self.references), rules.reference_faults(wanted, self.references)
        )


def read(field: str, text: str) -> Any:
    """The value of a cell. Refuses: Wrong."""
    said = plain(text)
    return COLUMNS[field].read(said) if said else EMPTY.get(field)


def from_copy(field: str, text: str) -> Any:
    """A value back from COPY's words, for the few distinct settings of a file."""
    if text == NULL:
        return None
    if field in SESSIONS:
        return tuple(text[2:-2].split('","')) if text != "{}" else ()
    if COLUMNS[field].kind == "flag":
        return text == "t"
    return COLUMNS[field].read(text)


def _fields(values: Mapping[str, Any]) -> MarketFields:
    return MarketFields(**{name: values[name] for name in MarketFields.__struct_fields__})


def _market_id(values: Mapping[str, Any]) -> str | None:
    kind, base, quote = values["type"], values["base_asset_id"], values["quote_asset_id"]
    return f"{kind.lower()}.{base}_{quote}" if kind and base and quote else None
