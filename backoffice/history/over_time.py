"""What dashboards draw: totals step by step, the markets and clients of most, and money in and out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar, get_args

from backoffice.contracts import wire
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import NotPermitted
from backoffice.contracts.markets import MarketType
from backoffice.contracts.timetable import zones
from backoffice.contracts.totals import (
    POINTS_MOST,
    TOP_MOST,
    Measure,
    MoneyPoint,
    MoneyQuery,
    SeriesPoint,
    SeriesQuery,
    Step,
    Subject,
    TopQuery,
    TopRow,
)
from backoffice.core import keyset
from backoffice.core.filters import Clause
from backoffice.history import asking
from backoffice.history.asked import MARKET, Asked, Sql, utc_now
from backoffice.history.cover import Period
from backoffice.history.parts import parts
from backoffice.history.rollups import ACCOUNTS, MARKETS, TYPES

Row = TypeVar("Row")

MARKUP = "view-markup-revenue"
ADVICE = "Ask for a shorter period, or for whole months."
SHORTEST: Mapping[Step, timedelta] = {"Hour": timedelta(hours=1), "Day": timedelta(hours=23), "Week": timedelta(days=6), "Month": timedelta(days=28)}
COLUMN: Mapping[Measure, str] = {"Volume": "volume_in_rat", "Commission": "commission_in_rat", "Markup": "markup_in_rat", "Trades": "trades"}
# Steps are those of the zone's clocks; the placeholders are the first instant, the end, the step and the zone.
STEPS = """
    SELECT s.start FROM (SELECT %s::timestamptz AS first, %s::timestamptz AS behind, %s AS step, %s AS zone) q
    CROSS JOIN LATERAL generate_series(
        date_trunc(q.step, q.first, q.zone), q.behind - interval '1 microsecond', ('1 ' || q.step)::interval, q.zone
    ) s (start)
"""
SERIES = f"""
    WITH found AS (
        SELECT date_trunc(%s, p.at, %s) AS start, p.market_type, {", ".join(f"sum(p.{name}) AS {name}" for name in TYPES.sums)}
        FROM ({{parts}}) p GROUP BY 1, 2
    )
    SELECT coalesce(json_agg(d), '[]')::text FROM (
        SELECT s.start, t.market_type AS "marketType", coalesce(f.orders, 0) AS orders, coalesce(f.trades, 0) AS trades,
            trim_scale(coalesce(f.volume_in_rat, 0))::text AS "volumeInRat", trim_scale(coalesce(f.commission_in_rat, 0))::text AS "commissionInRat",
            CASE WHEN %s THEN trim_scale(coalesce(f.markup_in_rat, 0))::text END AS "markupInRat"
        FROM ({STEPS}) s CROSS JOIN unnest(%s::text[]) WITH ORDINALITY t (market_type, number)
        LEFT JOIN found f ON f.start = s.start AND f.market_type = t.market_type
        ORDER BY s.start, t.number
    ) d
"""  # noqa: S608  texts of ours only
TOP: Mapping[Subject, str] = {
    "Markets": """
        SELECT p.market_id AS id, sum(p.trades) AS trades, sum(p.volume_in_rat) AS volume_in_rat, sum(p.commission_in_rat) AS commission_in_rat,
            sum(p.markup_in_rat) AS markup_in_rat
        FROM ({parts}) p GROUP BY p.market_id HAVING sum(p.trades) > 0
    """,
    "Clients": """
        SELECT a.user_id AS id, sum(p.trades) AS trades, sum(p.volume_in_rat) AS volume_in_rat, sum(p.commission_in_rat) AS commission_in_rat,
            sum(p.markup_in_rat) AS markup_in_rat
        FROM ({parts}) p JOIN accounts_account a ON a.id = p.account_id GROUP BY a.user_id HAVING sum(p.trades) > 0
    """,
}
NAME: Mapping[Subject, str] = {
    "Markets": "(SELECT m.display_name FROM markets_market m WHERE m.market_id = r.id)",
    "Clients": "(SELECT u.email FROM accounts_user u WHERE u.id = r.id)",
}
RANKED = """
    SELECT coalesce(json_agg(d), '[]')::text FROM (
        SELECT r.id, {name} AS name, r.trades::bigint AS trades, trim_scale(r.volume_in_rat)::text AS "volumeInRat",
            trim_scale(r.commission_in_rat)::text AS "commissionInRat", CASE WHEN %s THEN trim_scale(r.markup_in_rat)::text END AS "markupInRat"
        FROM ({top}) r ORDER BY r.{column} DESC, r.id LIMIT %s
    ) d
"""
MONEY = f"""
    WITH found AS (
        SELECT date_trunc(%s, t.created_at, %s) AS start, t.type, count(*) AS count, sum(t.amount * t.rate_to_root) AS amount_in_rat,
            count(*) FILTER (WHERE t.rate_to_root IS NULL) AS unrated
        FROM transfers_transfer t WHERE t.created_at >= %s AND t.created_at < %s AND t.status = 'Completed' GROUP BY 1, 2
    )
    SELECT coalesce(json_agg(d), '[]')::text FROM (
        SELECT s.start, t.type, coalesce(f.count, 0) AS count, trim_scale(coalesce(f.amount_in_rat, 0))::text AS "amountInRat",
            coalesce(f.unrated, 0) AS unrated
        FROM ({STEPS}) s CROSS JOIN unnest('{{Deposit,Withdrawal}}'::text[]) WITH ORDINALITY t (type, number)
        LEFT JOIN found f ON f.start = s.start AND f.type = t.type
        ORDER BY s.start, t.number
    ) d
"""  # noqa: S608  texts of ours only


def series(actor: Actor, query: SeriesQuery) -> list[SeriesPoint]:
    asking.refuse(_faults(query))
    types = get_args(MarketType) if query.market_types is None else query.market_types
    _, found = parts((TYPES,), _of_types(Period(query.from_, query.to), query.market_types), utc_now(), with_orders=True)
    step, ends = query.step.lower(), (query.from_, query.to)
    values = (step, query.zone, *found.values, actor.may(MARKUP), *ends, step, query.zone, list(dict.fromkeys(types)))
    return _rows(Sql(SERIES.format(parts=found.text), values), SeriesPoint)


def top(actor: Actor, query: TopQuery) -> list[TopRow]:
    if query.measure == "Markup" and not actor.may(MARKUP):
        raise NotPermitted(MARKUP)
    asking.refuse(_period_faults(query.from_, query.to) | keyset.limit_fault(query.limit, TOP_MOST))
    rollup = MARKETS if query.subject == "Markets" else ACCOUNTS
    _, found = parts((rollup,), _of_types(Period(query.from_, query.to), query.market_types), utc_now())
    summed = TOP[query.subject].format(parts=found.text)
    sql = RANKED.format(name=NAME[query.subject], top=summed, column=COLUMN[query.measure])
    return _rows(Sql(sql, (actor.may(MARKUP), *found.values, query.limit)), TopRow)


def money(actor: Actor, query: MoneyQuery) -> list[MoneyPoint]:  # noqa: ARG001  verbs are told who asks
    asking.refuse(_faults(query))
    step, ends = query.step.lower(), (query.from_, query.to)
    return _rows(Sql(MONEY, (step, query.zone, *ends, *ends, step, query.zone)), MoneyPoint)


def _of_types(period: Period, types: Sequence[str] | None) -> Asked:
    field = MARKET.fields["marketType"]
    narrowed = [] if types is None else [(MARKET, field, Clause(f"r.{field.column} = ANY(%s::text[])", (list(types),)))]
    return Asked(period, [], narrowed, [])


def _rows(sql: Sql, row: type[Row]) -> list[Row]:
    (found,) = asking.one(sql, ADVICE)
    return wire.decode_list(found, row)


def _faults(query: SeriesQuery | MoneyQuery) -> dict[str, list[str]]:
    wrong = _period_faults(query.from_, query.to)
    if query.zone not in zones():
        wrong["zone"] = ["must be the name of a time zone, like Europe/Berlin"]
    if not wrong and (query.to - query.from_) / SHORTEST[query.step] > POINTS_MOST:
        wrong["step"] = [f"makes more than {POINTS_MOST} steps of this period"]
    return wrong


def _period_faults(start: datetime | None, end: datetime | None) -> dict[str, list[str]]:
    wrong = {name: ["needs a zone"] for name, at in (("from", start), ("to", end)) if at is not None and at.tzinfo is None}
    if not wrong and start is not None and end is not None and start >= end:
        wrong["to"] = ["must be behind from"]
    return wrong
