"""One moment of all tables, one pass at a time: true transactions on true connections."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.books import invariants, turns
from backoffice.books.look import _one_moment, look
from backoffice.books.models import AuditPass
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict
from backoffice.ledger import gate
from backoffice.services import back_api
from tests.books import ledgers
from tests.books.ledgers import Ledger
from tests.money.bank import OWNER, deposit

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = Actor(kind="system", id="auditor", name="Auditor", door="job", operations=frozenset({operations.WORKER}))


@pytest.fixture
def ledger(transactional_db: None) -> Ledger:
    return ledgers.make()


def elsewhere(act: Callable[[], Any]) -> Any:
    """What it gives on a connection of its own."""
    given: list[Any] = []

    def run() -> None:
        try:
            given.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return given[0]


def test_what_is_written_meanwhile_is_not_seen(ledger: Ledger) -> None:
    with _one_moment() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry")
        before = cursor.fetchone()
        elsewhere(lambda: deposit(ledger.anna, "5"))
        cursor.execute("SELECT count(*), current_setting('transaction_isolation'), current_setting('transaction_read_only') FROM ledger_entry")
        assert cursor.fetchone() == (before[0], "repeatable read", "on")
    assert look().entries_count == before[0] + 2


def test_passes_are_green_while_money_moves(ledger: Ledger) -> None:
    stop = threading.Event()

    def busy() -> None:
        try:
            while not stop.is_set():
                made = ledgers.withdraw(ledger.boris, "1")
                back_api().transfers.cancel(ledgers.GATEWAY, ledgers.decision(ledger.boris, made))
        finally:
            connection.close()

    writers = [threading.Thread(target=busy) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        found = [look() for _ in range(5)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert [checked for seen in found for checked in seen.violated] == []
    assert len({checked.id for checked in found[0].invariants}) == len(invariants.every())


def test_the_worker_leaves_a_running_pass_alone_and_nobody_opens_under_it(ledger: Ledger) -> None:
    gate.close("tests")
    with turns.turn():
        assert elsewhere(lambda: back_api().books.run_due(WORKER)) is False
        assert "running" in elsewhere(lambda: refusal_of(lambda: back_api().books.reopen(OWNER, "x")))
    assert AuditPass.objects.count() == 0


def refusal_of(act: Callable[[], Any]) -> str:
    with pytest.raises(Conflict) as refusal:
        act()
    return refusal.value.detail


def test_who_waits_for_a_pass_that_began_later_gets_that_one(ledger: Ledger) -> None:
    given: list[Any] = []
    with turns.turn():
        waiter = threading.Thread(target=lambda: (given.append(back_api().books.audit(OWNER)), connection.close()))
        waiter.start()
        while not waiting():
            threading.Event().wait(0.01)
        now = timezone.now() + timedelta(seconds=1)
        kept = AuditPass.objects.create(
            started_at=now, finished_at=now, is_green=True, entries_count=0, totals=[], invariants=[], asked_by="the one before"
        )
    waiter.join(30)
    assert [(made.id, made.asked_by) for made in given] == [(kept.pk, "the one before")]


def waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )
        return bool(cursor.fetchone()[0])


def test_the_turn_is_given_back_whatever_happens(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), turns.turn():
        raise RuntimeError
    assert elsewhere(lambda: back_api().books.run_due(WORKER)) is True
