"""Writers, folds, a rebuild and readers all at once, and folds that die: whatever a snapshot shows sums up to its own records."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from backoffice.contracts.filters import Filter
from backoffice.contracts.totals import PeriodQuery, RankedQuery, SeriesQuery, TotalsQuery
from backoffice.history import rollups
from backoffice.history.models import Delta
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.commissions.conftest import accounts as make_accounts
from tests.commissions.conftest import api as make_api
from tests.history.totals_desk import write
from tests.history.totals_model import MARKETS, Trade

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
START, WEEK = datetime(2026, 10, 1, tzinfo=UTC), timedelta(days=7)
EVER = [Filter(entry_type="Range", field="createdAt", value={"from": "2026-01-01T12:00:00Z"})]
BATCHES, EACH, WRITERS = 12, 15, 3


# Of a fixture the function itself, which pytest keeps but does not tell of.
@pytest.fixture
def api(transactional_db: None) -> BackApi:
    return make_api.__wrapped__(None)  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def accounts(api: BackApi) -> dict[str, str]:
    return make_accounts.__wrapped__(api)  # type: ignore[attr-defined,no-any-return]


def trade(number: int) -> Trade:
    """Late ones among them: the same months come again and again."""
    market = list(MARKETS)[number % len(MARKETS)]
    amount = Decimal(number % 97 + 1) / 64
    at = START + WEEK * (number % 9) + timedelta(minutes=number % 50_000)
    return Trade(
        at, ("anna", "savings", "boris")[number % 3], market, "Buy", amount, Decimal(number % 13 + 1), Decimal("1.25"), "usd", amount, amount, amount
    )


def at_once(*acts: Callable[[], None]) -> None:
    def run(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result(120)


@contextmanager
def snapshot() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def check() -> int:
    """Every kind of answer against the records of the same moment; gives how many trades there were."""
    totals = back_api().totals
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(*), coalesce(sum(commission_in_rat), 0), coalesce(sum(base_amount * price * rate_to_root), 0),
                coalesce(sum(markup_in_rat), 0), (SELECT count(*) FROM trading_order), (SELECT count(DISTINCT account_id) FROM trading_order)
            FROM trading_execution
        """)
        count, paid, worth, markup, orders, active = cursor.fetchone()
        users, markets = totals.users(OWNER, RankedQuery()).items, totals.revenue(OWNER, RankedQuery(filters=EVER)).items
        assert sum(row.total_commission_in_rat for row in users) == paid
        assert sum(row.total_traded_volume_in_rat for row in users) == worth
        assert [sum(getattr(row, name) for row in markets) for name in ("trades_count", "commission_profit_in_rat", "markup_profit_in_rat")] == [
            count,
            paid,
            markup,
        ]
        assert sum(row.total_asset_amount_in_rat for row in totals.assets(OWNER, TotalsQuery(filters=EVER)).items) == 2 * worth
        assert sum(row.total_asset_commission_in_rat for row in totals.user_assets(OWNER, TotalsQuery()).items) == paid
        billing = totals.billing(OWNER, PeriodQuery())
        assert (billing.active_accounts, billing.traded_volume_total_in_rat) == (active, worth)
        points = totals.series(OWNER, SeriesQuery(from_=START, to=START + 20 * WEEK, zone="Asia/Kathmandu"))
        assert (sum(point.trades for point in points), sum(point.orders for point in points)) == (count, orders)
    return int(count)


def test_every_snapshot_is_exact_while_many_write_and_fold(accounts: dict[str, str]) -> None:
    written = threading.Event()
    left = [WRITERS]
    seen: list[int] = []

    def writer(first: int) -> Callable[[], None]:
        def run() -> None:
            try:
                for batch in range(BATCHES):
                    start = first * 100_000 + batch * EACH
                    with transaction.atomic():
                        write([trade(number) for number in range(start, start + EACH)], accounts)
            finally:
                left[0] -= 1
                if not left[0]:
                    written.set()

        return run

    def until_written(act: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            while not written.wait(0.01):
                act()

        return run

    folds, looks = until_written(rollups.fold), until_written(lambda: seen.append(check()))
    at_once(*(writer(number) for number in range(WRITERS)), folds, folds, until_written(rollups.rebuild), looks, looks)
    assert check() == WRITERS * BATCHES * EACH
    rollups.fold()
    assert not Delta.objects.exists()
    assert check() == WRITERS * BATCHES * EACH
    assert len(seen) > 2


def test_a_fold_that_dies_has_done_nothing(accounts: dict[str, str]) -> None:
    write([trade(number) for number in range(40)], accounts)

    def dies() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [rollups.LOCK])
            cursor.execute(rollups.FOLD, [25])
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(OperationalError):
        at_once(dies)
    assert Delta.objects.count() == 80
    assert check() == 40
    assert rollups.fold() == 80
    assert check() == 40


def test_a_second_fold_leaves_the_first_alone(accounts: dict[str, str]) -> None:
    write([trade(number) for number in range(5)], accounts)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [rollups.LOCK])
        at_once(_folds_nothing)
    assert rollups.fold() == 10


def _folds_nothing() -> None:
    assert rollups.fold() == 0


def test_a_writer_waits_for_no_fold(accounts: dict[str, str]) -> None:
    write([trade(number) for number in range(5)], accounts)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(rollups.FOLD, [100])
        at_once(lambda: _write_hurried(accounts))
    assert check() == 10


def _write_hurried(accounts: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 1000")
    write([trade(number) for number in range(5)], accounts)
