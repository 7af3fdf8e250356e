"""No cursor skips what is committed late, whoever numbers how many at once (F63)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import pytest
from django.db import connection, connections, transaction

from backoffice.notifications import arrivals
from backoffice.notifications.models import AdminNotification
from backoffice.services import back_api
from tests.notifications.people import WORKER, intervals, operator, timed_out

ANNA = operator("anna")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@contextmanager
def open_transaction() -> Iterator[tuple[str, Callable[[], None]]]:
    """One that has told of something and waits; the interval it told of, and how to commit it."""
    told: list[str] = []
    is_told, may_end = Event(), Event()

    def tell() -> None:
        with transaction.atomic():
            told.append(timed_out())
            is_told.set()
            may_end.wait(30)
        connections.close_all()

    thread = Thread(target=tell)
    thread.start()
    is_told.wait(30)

    def commit() -> None:
        may_end.set()
        thread.join(30)

    try:
        yield told[0], commit
    finally:
        commit()


def test_one_that_commits_late_comes_behind_those_that_were_seen() -> None:
    with open_transaction() as (late, commit):
        early = timed_out()
        (seen,) = back_api().notifications.find(ANNA)
        head = back_api().notifications.head(WORKER)
        assert seen.data.interval == early
        back_api().notifications.mark_all_read(ANNA)
        commit()
    assert AdminNotification.objects.get(data__interval=late).pk < AdminNotification.objects.get(data__interval=early).pk
    assert intervals(ANNA, after=seen.id) == [late], "whoever follows by a cursor gets it"
    assert intervals(ANNA, is_unread=True) == [late], "nobody has read it"
    assert back_api().notifications.head(WORKER)[0] > head[0], "and live pages hear of it"
    assert intervals(ANNA) == [late, early]


def test_pages_by_a_cursor_hold_everything_once_whatever_arrives_meanwhile() -> None:
    told = [timed_out() for _ in range(6)]
    found: list[str] = []
    with open_transaction() as (late, commit):
        page = back_api().notifications.find(ANNA, limit=2)
        while page:
            found += [one.data.interval for one in page]
            commit()
            page = back_api().notifications.find(ANNA, before=page[-1].id, limit=2)
    assert found == told[::-1]
    assert intervals(ANNA)[0] == late


def test_many_who_number_at_once_give_each_one_number() -> None:
    told = [timed_out() for _ in range(40)]
    ready = Barrier(6)

    def number(_: int) -> None:
        ready.wait(30)
        arrivals.number()
        connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(number, range(6)))
    numbers = list(AdminNotification.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == sorted(set(numbers))
    assert intervals(ANNA) == told[::-1]


def test_who_reads_inside_a_transaction_does_not_wait_for_anothers_turn() -> None:
    timed_out()
    is_held, may_end = Event(), Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [arrivals.LOCK])
            is_held.set()
            may_end.wait(30)
        connections.close_all()

    thread = Thread(target=hold)
    thread.start()
    is_held.wait(30)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '500ms'")
        assert intervals(ANNA) == []
    may_end.set()
    thread.join(30)
    assert len(intervals(ANNA)) == 1
