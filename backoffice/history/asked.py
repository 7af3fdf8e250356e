"""What a question about totals narrows: its period, the records that count, and of the sums those that are shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, get_args

import msgspec

from backoffice.contracts import periods
from backoffice.contracts.filters import Filter
from backoffice.contracts.markets import MarketType
from backoffice.contracts.users import UserStatus
from backoffice.core import filters as language
from backoffice.core.filters import Clause, Field, Fields
from backoffice.history.cover import Period

CREATED_AT = "createdAt"
SIDES = ("Buy", "Sell")


class Dimension(NamedTuple):
    """A table of what records are told apart by; `rows` has the column `key`, and those of the fields."""

    key: str
    rows: str
    fields: Fields


class Sql(NamedTuple):
    text: str
    values: tuple[Any, ...] = ()


ACCOUNT = Dimension(
    key="account_id",
    rows="""
        SELECT a.id AS account_id, a.name AS account_name, a.group_id AS account_group_id, a.user_id, u.email AS user_email, u.status
        FROM accounts_account a JOIN accounts_user u ON u.id = a.user_id
    """,
    fields={
        "userId": Field("user_id", "text"),
        "userEmail": Field("user_email", "text"),
        "status": Field("status", "word", get_args(UserStatus)),
        "accountId": Field("account_id", "text"),
        "accountName": Field("account_name", "text"),
        "accountGroupId": Field("account_group_id", "text"),
    },
)
MARKET = Dimension(
    key="market_id",
    rows="SELECT m.market_id, m.display_name, m.type AS market_type, m.market_group_id FROM markets_market m",
    fields={
        "marketId": Field("market_id", "text"),
        "displayName": Field("display_name", "text"),
        "marketType": Field("market_type", "word", get_args(MarketType)),
        "marketGroupId": Field("market_group_id", "text"),
    },
)
ASSET = Dimension(
    key="asset_id",
    rows="SELECT s.id AS asset_id, s.name AS asset_name FROM markets_asset s",
    fields={"assetId": Field("asset_id", "text"), "assetName": Field("asset_name", "text")},
)
SIDE = Dimension(key="side", rows="SELECT unnest('{Buy,Sell}'::text[]) AS side", fields={"side": Field("side", "word", SIDES)})


class Asked(NamedTuple):
    """`moments` are clauses on the very instant, r.at, that no whole unit can answer; `narrowed` those of each dimension."""

    period: Period
    moments: list[Clause]
    narrowed: list[tuple[Dimension, Field, Clause]]
    shown: list[Clause]

    def is_answered_by(self, columns: Collection[str]) -> bool:
        """Whether sums by these columns know enough."""
        return not self.moments and all(field.column in columns or dimension.key in columns for dimension, field, _ in self.narrowed)

    def condition(self, columns: Collection[str]) -> Sql:
        """On rows r with these columns; what they do not have themselves is looked up by the dimension's key."""
        direct = [clause for _, field, clause in self.narrowed if field.column in columns]
        looked_up: dict[str, tuple[Dimension, list[Clause]]] = {}
        for dimension, field, clause in self.narrowed:
            if field.column not in columns:
                looked_up.setdefault(dimension.key, (dimension, []))[1].append(clause)
        return joined([*direct, *(_in(dimension, clauses) for dimension, clauses in looked_up.values())])

    def of(self, dimension: Dimension) -> "Asked":
        """What is narrowed by this dimension, and nothing else."""
        return Asked(Period(), [], [found for found in self.narrowed if found[0] is dimension], [])

    def without(self, dimension: Dimension) -> "Asked":
        return self._replace(narrowed=[found for found in self.narrowed if found[0] is not dimension])


def asked(
    filters: Sequence[Filter], dimensions: Sequence[Dimension], figures: Fields, now: datetime, *, usual: Callable[[datetime], Period] | None = None
) -> Asked:
    """`usual` gives the period of a question that names none. Refuses: Invalid."""
    created = Field("at", "time")
    fields = {CREATED_AT: created, **{name: field for dimension in dimensions for name, field in dimension.fields.items()}, **figures}
    compiled = language.clauses(fields, filters)
    of_name = {name: dimension for dimension in dimensions for name in dimension.fields}
    found = Asked(Period(), [], [], [])
    for entry, clause in zip(filters, compiled, strict=True):
        if entry.field == CREATED_AT and entry.entry_type == "Range":
            found = found._replace(period=_both(found.period, _period(entry, created, now)))
        elif entry.field == CREATED_AT:
            found.moments.append(clause)
        elif entry.field in of_name:
            found.narrowed.append((of_name[entry.field], fields[entry.field], clause))
        else:
            found.shown.append(clause)
    is_timeless = all(entry.field != CREATED_AT for entry in filters)
    return found._replace(period=usual(now)) if is_timeless and usual else found


def joined(clauses: Sequence[Clause]) -> Sql:
    return Sql(" AND ".join(f"({clause.sql})" for clause in clauses) or "true", tuple(value for clause in clauses for value in clause.values))


def within(column: str, period: Period) -> Clause:
    ends = [(sign, end) for sign, end in ((">=", period.start), ("<", period.end)) if end is not None]
    return Clause(" AND ".join(f"{column} {sign} %s::timestamptz" for sign, _ in ends) or "true", tuple(end for _, end in ends))


def _in(dimension: Dimension, clauses: Sequence[Clause]) -> Clause:
    condition = joined(clauses)
    sql = f"r.{dimension.key} IN (SELECT r.{dimension.key} FROM ({dimension.rows}) r WHERE {condition.text})"  # noqa: S608  texts of ours only
    return Clause(sql, condition.values)


def _period(entry: Filter, field: Field, now: datetime) -> Period:
    """Of a filter that was found to be valid."""
    value: Mapping[str, Any] = entry.values if entry.value is msgspec.UNSET else entry.value
    if "relative" in value:
        value = periods.ends(value, now)
    start, end = (None if (text := value.get(name)) is None else language.parsed(field, text) for name in ("from", "to"))
    return Period(start, end)


def _both(one: Period, other: Period) -> Period:
    starts, ends = ([end for end in both if end is not None] for both in zip(one, other, strict=True))
    return Period(max(starts, default=None), min(ends, default=None))


def utc_now() -> datetime:
    return datetime.now(UTC)
