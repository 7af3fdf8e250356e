"""What dashboards draw, against the records by the clocks of the zone."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.contracts.errors import Invalid, NotPermitted
from backoffice.contracts.timetable import zones
from backoffice.contracts.totals import MoneyQuery, SeriesQuery, TopQuery
from backoffice.history import rollups
from backoffice.services import back_api
from tests.api.callers import OWNER
from tests.history import totals_model as model
from tests.history.ledgers import NOBODY
from tests.history.totals_desk import BATCHES, MOMENTS, TIMES, write
from tests.history.totals_model import MARKETS, Record, Trade
from tests.money import bank

# Offsets of whole, half and quarter hours, clocks that change in the period, and one that changes at midnight.
ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "America/Havana"]
SEER = NOBODY.__class__(kind="client", id="seer", name="seer", door="api", operations=frozenset({"view-commissions"}))
SETTINGS = settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
STARTS = st.sampled_from(MOMENTS)
Figures = tuple[int, int, Decimal, Decimal, Decimal]


def label(at: datetime, step: str, zone: str) -> Any:
    """Which step an instant lies in, told in a way that repeated clocks cannot blur."""
    local = at.astimezone(ZoneInfo(zone))
    if step == "Hour":
        return at.astimezone(UTC) - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    day = local.date()
    return {"Day": day, "Week": day - timedelta(days=day.weekday()), "Month": day.replace(day=1)}[step]


def summed(records: list[Record], start: datetime, end: datetime, step: str, zone: str) -> dict[tuple[Any, str], list[Any]]:
    found: dict[tuple[Any, str], list[Any]] = defaultdict(lambda: [0, 0, Decimal(), Decimal(), Decimal()])
    with model.localcontext(model.EXACT):
        for record in records:
            if start <= record.at < end:
                row = found[label(record.at, step, zone), MARKETS[record.market][1]]
                if isinstance(record, Trade):
                    row[1:] = [row[1] + 1, row[2] + record.worth, row[3] + record.fee_in_rat, row[4] + record.markup]
                else:
                    row[0] += 1
    return found


@SETTINGS
@given(
    batches=BATCHES,
    is_folded=st.booleans(),
    zone=st.sampled_from(ZONES),
    step=st.sampled_from(["Hour", "Day", "Week", "Month"]),
    start=STARTS,
    length=st.sampled_from([timedelta(minutes=7), timedelta(hours=5), timedelta(days=1), timedelta(days=40), timedelta(days=2, minutes=15)]),
)
def test_a_series_is_the_records_by_the_zone_s_clocks(
    accounts: dict[str, str], batches: list[list[Record]], is_folded: bool, zone: str, step: Any, start: datetime, length: timedelta
) -> None:
    with transaction.atomic():
        records = [record for batch in batches for record in write(batch, accounts)]
        if is_folded:
            rollups.fold()
        points = back_api().totals.series(OWNER, SeriesQuery(from_=start, to=start + length, zone=zone, step=step))
        found = {
            (label(point.start, step, zone), point.market_type): [
                point.orders,
                point.trades,
                point.volume_in_rat,
                point.commission_in_rat,
                point.markup_in_rat,
            ]
            for point in points
        }
        expected = summed(records, start, start + length, step, zone)
        assert {key: row for key, row in found.items() if any(row)} == {key: row for key, row in expected.items() if any(row)}
        assert len(found) == len(points)
        assert [point.start for point in points] == sorted(point.start for point in points)
        assert {kind for _, kind in found} == {"Spot", "Cfd", "Perp"}
        transaction.set_rollback(True)


@SETTINGS
@given(
    batches=BATCHES,
    ends=st.tuples(st.none() | TIMES, st.none() | TIMES).filter(lambda ends: None in ends or ends[0] < ends[1]),  # type: ignore[operator]  # neither is None there
    types=st.none() | st.lists(st.sampled_from(["Spot", "Cfd"]), max_size=2),
    subject=st.sampled_from(["Markets", "Clients"]),
    measure=st.sampled_from(["Volume", "Commission", "Markup", "Trades"]),
)
def test_the_top_is_the_top_of_all(
    accounts: dict[str, str], batches: list[list[Record]], ends: tuple[datetime | None, datetime | None], types: Any, subject: Any, measure: Any
) -> None:
    start, end = ends
    with transaction.atomic():
        records = [record for batch in batches for record in write(batch, accounts)]
        found = back_api().totals.top(OWNER, TopQuery(subject=subject, measure=measure, from_=start, to=end, market_types=types, limit=2))
        rows: dict[str, list[Any]] = defaultdict(lambda: [0, Decimal(), Decimal(), Decimal()])
        with model.localcontext(model.EXACT):
            for trade in model.trades(records, []):
                if (start is None or trade.at >= start) and (end is None or trade.at < end) and (types is None or MARKETS[trade.market][1] in types):
                    row = rows[trade.market if subject == "Markets" else model.ACCOUNTS[trade.account][0]]
                    row[:] = [row[0] + 1, row[1] + trade.worth, row[2] + trade.fee_in_rat, row[3] + trade.markup]
        number = ["Trades", "Volume", "Commission", "Markup"].index(measure)
        expected = sorted(rows.items(), key=lambda item: (-item[1][number], item[0]))[:2]
        assert [(row.id, [row.trades, row.volume_in_rat, row.commission_in_rat, row.markup_in_rat]) for row in found] == expected
        transaction.set_rollback(True)


def test_names_stand_beside_the_top(accounts: dict[str, str]) -> None:
    trade = Trade(MOMENTS[0], "anna", "cfd.xau_usd", "Buy", Decimal(1), Decimal(5), Decimal(1), "usd", Decimal(1), Decimal(1), Decimal(1))
    write([trade], accounts)
    markets, clients = (back_api().totals.top(OWNER, query) for query in (TopQuery(subject="Markets"), TopQuery(subject="Clients")))
    assert [row.name for row in (*markets, *clients)] == ["XAU/USD", "anna@example.com"]


def test_markup_is_for_those_who_may_see_it(accounts: dict[str, str]) -> None:
    trade = Trade(MOMENTS[0], "anna", "cfd.xau_usd", "Buy", Decimal(1), Decimal(5), Decimal(1), "usd", Decimal(1), Decimal(1), Decimal(1))
    write([trade], accounts)
    totals = back_api().totals
    assert [row.markup_in_rat for row in totals.top(SEER, TopQuery(subject="Markets"))] == [None]
    day = SeriesQuery(from_=MOMENTS[0], to=MOMENTS[0] + timedelta(days=1))
    assert {point.markup_in_rat for point in totals.series(SEER, day)} == {None}
    with pytest.raises(NotPermitted, match="view-markup-revenue"):
        totals.top(SEER, TopQuery(subject="Markets", measure="Markup"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        (SeriesQuery(from_=MOMENTS[1], to=MOMENTS[0]), "to"),
        (SeriesQuery(from_=MOMENTS[0], to=MOMENTS[0] + timedelta(days=1), zone="Mars/Olympus"), "zone"),
        (SeriesQuery(from_=MOMENTS[0], to=MOMENTS[0] + timedelta(days=60), step="Hour"), "step"),
        (SeriesQuery(from_=MOMENTS[0].replace(tzinfo=None), to=MOMENTS[1]), "from"),
    ],
    ids=["backward", "zone", "steps", "naive"],
)
def test_senseless_series_are_refused(accounts: dict[str, str], query: SeriesQuery, field: str) -> None:
    for ask in (
        lambda: back_api().totals.series(OWNER, query),
        lambda: back_api().totals.money(OWNER, MoneyQuery(from_=query.from_, to=query.to, zone=query.zone, step=query.step)),
    ):
        with pytest.raises(Invalid) as refusal:
            ask()
        assert list(refusal.value.fields) == [field]


def test_the_database_knows_every_zone_that_we_offer(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT z FROM unnest(%s::text[]) z WHERE z NOT IN (SELECT name FROM pg_timezone_names)", [sorted(zones())])
        assert cursor.fetchall() == []


def test_money_in_and_out_by_day(db: None) -> None:
    bank.open_bank()
    anna = bank.open_account("anna")
    bank.deposit(anna, "100.5")
    bank.deposit(anna, "2", "btc")
    bank.withdraw(anna, "7")
    done = bank.withdraw(anna, "30")
    back_api().transfers.decide(OWNER, [done.transfer_id], "Completed")
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    points = back_api().totals.money(OWNER, MoneyQuery(from_=midnight - timedelta(days=1), to=midnight + timedelta(days=1)))
    found = [(point.start, point.type, point.count, point.amount_in_rat, point.unrated) for point in points]
    rate = Decimal("64000.5")
    assert found == [
        (midnight - timedelta(days=1), "Deposit", 0, 0, 0),
        (midnight - timedelta(days=1), "Withdrawal", 0, 0, 0),
        (midnight, "Deposit", 2, Decimal("100.5") + 2 * rate, 0),
        (midnight, "Withdrawal", 1, 30, 0),
    ]
