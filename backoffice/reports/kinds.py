"""Kinds of sources: lists of records, totals of a period, and the accounts that were active in one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args, get_type_hints

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.filters import Filter
from backoffice.core import filters as language
from backoffice.core.filters import Clause, Field, Fields
from backoffice.core.sources import Source
from backoffice.history import activity, totals_lists
from backoffice.history.asked import ACCOUNT, CREATED_AT, Sql
from backoffice.history.totals_lists import TotalsList

CellKind = Literal["text", "number", "time", "flag"]
AT = Field("at", "time")


class Column(NamedTuple):
    """`name` is the one of the API, `attribute` the column of the source's rows."""

    name: str
    attribute: str
    kind: CellKind


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`operation` is what it takes to see these rows anywhere. `row` has all columns that there are, `usual` those that a report has unless it
    names some; `paper` those of a PDF that names none, since paper is narrow. `time`: the field that windows are of. `sums` are of attributes in
    the root asset; `asset_sums` of attributes that count in the asset of `asset`, and so one for each."""

    name: str
    operation: str
    source: Source
    row: type[msgspec.Struct]
    usual: type[msgspec.Struct] | None = None
    paper: tuple[str, ...] = ()
    time: str | None = CREATED_AT
    sums: tuple[str, ...] = ()
    asset: str | None = None
    asset_sums: tuple[str, ...] = ()
    needs_user: bool = False

    @property
    def fields(self) -> Fields:
        """What a filter may name."""
        return self.source.fields

    @property
    def advice(self) -> str:
        return self.source.advice

    def rows(self, filters: Sequence[Filter], now: datetime) -> tuple[Sql, list[Clause]]:  # noqa: ARG002  the base class's signature
        """A query of rows r, and what else must hold of each. Refuses: Invalid."""
        return Sql(self.source.rows), language.clauses(self.source.fields, filters)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return _columns(self.row)

    @cached_property
    def usual_columns(self) -> tuple[Column, ...]:
        return self.columns if self.usual is None else _columns(self.usual)

    def permit(self, actor: Actor) -> None:
        """Refuses: NotPermitted."""
        if not actor.may(self.operation):
            raise NotPermitted(self.operation)


@dataclass(frozen=True, kw_only=True)
class Totals(Kind):
    """What records of a period come to."""

    of: TotalsList[Any]

    @property
    def fields(self) -> Fields:
        dimensions = {name: field for dimension in self.of.dimensions for name, field in dimension.fields.items()}
        return {CREATED_AT: AT, **dimensions, **self.of.figures}

    def rows(self, filters: Sequence[Filter], now: datetime) -> tuple[Sql, list[Clause]]:
        return totals_lists.whole(self.of, filters, now), []


@dataclass(frozen=True, kw_only=True)
class Active(Kind):
    """Accounts with anything in a period."""

    @property
    def fields(self) -> Fields:
        return {CREATED_AT: AT, **ACCOUNT.fields}

    def rows(self, filters: Sequence[Filter], now: datetime) -> tuple[Sql, list[Clause]]:
        found = activity.accounts(filters, now)
        sql = f"SELECT a.*, g.name AS account_group_name FROM ({found.text}) active JOIN ({ACCOUNT.rows}) a USING (account_id) {GROUPS}"  # noqa: S608  texts of ours only
        return Sql(sql, found.values), []


GROUPS = "JOIN accounts_accountgroup g ON g.id = a.account_group_id"


def _columns(row: type[msgspec.Struct]) -> tuple[Column, ...]:
    hints = get_type_hints(row)
    names = zip(row.__struct_encode_fields__, row.__struct_fields__, strict=True)
    return tuple(Column(wire, attribute, _cell(hints[attribute])) for wire, attribute in names)


def _cell(hint: Any) -> CellKind:
    kinds = get_args(hint) or (hint,)
    if bool in kinds:
        return "flag"
    return "number" if Decimal in kinds or int in kinds else "time" if datetime in kinds else "text"
