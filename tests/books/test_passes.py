"""A pass is kept; a violation closes money until a green pass and a person open it; what only reads goes on."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.books import invariants
from backoffice.books.models import AuditPass
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid, NotPermitted, Unavailable
from backoffice.core.models import AuditChange
from backoffice.jobs import books as jobs
from backoffice.notifications.models import AdminNotification
from backoffice.services import back_api
from tests.books.ledgers import Ledger, spoil
from tests.money.bank import GATEWAY, OWNER, decision, deposit, scalar, wanted, withdraw

WORKER = Actor(kind="system", id="auditor", name="Auditor", door="job", operations=frozenset({operations.WORKER}))
WRONG = "UPDATE ledger_balance SET total = total + 1 WHERE account_id = %(anna)s AND asset_id = 'usd'"
RIGHT = "UPDATE ledger_balance SET total = total - 1 WHERE account_id = %(anna)s AND asset_id = 'usd'"


@pytest.fixture
def closed(ledger: Ledger) -> Ledger:
    spoil(WRONG, anna=ledger.anna)
    assert not back_api().books.audit(OWNER).is_green
    return ledger


def test_no_money_is_green(db: None) -> None:
    made = back_api().books.audit(OWNER)
    assert (made.is_green, made.entries_count, made.totals) == (True, 0, [])


def test_a_busy_bank_is_green_and_the_pass_says_what_was_there(ledger: Ledger) -> None:
    made = back_api().books.audit(OWNER)
    assert (made.is_green, made.entries_count, made.asked_by) == (True, 8, "tests")
    assert [checked.id for checked in made.invariants] == [invariant.id for invariant in invariants.every()]
    assert [(found.asset_id, *(format(amount, "f") for amount in (found.clients, found.locked, found.external))) for found in made.totals] == [
        ("btc", "0.00000001", "0", "-0.00000001"),
        ("usd", "242.7", "30", "-242.7"),
    ]
    state = back_api().books.latest(OWNER)
    assert (state.closed_at, state.last_pass, state.last_green) == (None, made, made)
    assert made.started_at < made.finished_at
    assert back_api().books.passes(OWNER) == [made]
    assert (AdminNotification.objects.count(), AuditChange.objects.filter(object_type="books").count()) == (0, 0)


def test_a_violation_closes_money_and_is_told_once(closed: Ledger) -> None:
    back_api().books.audit(OWNER)
    state = back_api().books.latest(OWNER)
    first = back_api().books.passes(OWNER)[-1]
    assert (state.reason, state.last_green) == (f"Audit pass {first.id} found violations of A3-total, A9-running, H1.", None)
    told = AdminNotification.objects.get()
    assert (told.type, told.severity, told.data["pass"], [found["id"] for found in told.data["violated"]]) == (
        "BooksViolation",
        "error",
        first.id,
        ["A3-total", "A9-running", "H1"],
    )
    change = AuditChange.objects.get(object_type="books")
    assert (change.record.action, change.record.actor_name, change.after["state"]) == ("books.audit", "tests", "Closed")


def test_what_is_found_next_is_told_too(closed: Ledger) -> None:
    spoil("DELETE FROM ledger_hold WHERE subject_id = %(waiting)s", waiting=closed.waiting)
    back_api().books.audit(OWNER)
    assert [len(told.data["violated"]) for told in AdminNotification.objects.order_by("id")] == [3, 5]


def test_money_stands_still_while_the_books_are_closed(closed: Ledger) -> None:
    waiting = back_api().transfers.get(GATEWAY, closed.waiting)
    attempts = [
        lambda: deposit(closed.anna, "1"),
        lambda: withdraw(closed.boris, "1"),
        lambda: back_api().transfers.confirm(GATEWAY, decision(closed.anna, waiting)),
        lambda: back_api().transfers.cancel(GATEWAY, decision(closed.anna, waiting)),
    ]
    for attempt in attempts:
        with pytest.raises(Unavailable) as refusal:
            attempt()
        assert refusal.value.code == "books_closed"


def test_reads_and_repetitions_are_answered_while_the_books_are_closed(ledger: Ledger) -> None:
    asked = wanted(ledger.boris, "3", key="before")
    first = back_api().transfers.deposit(GATEWAY, asked)
    spoil(WRONG, anna=ledger.anna)
    back_api().books.audit(OWNER)
    again = back_api().transfers.deposit(GATEWAY, asked)
    assert (again.is_replayed, again.value) == (True, first.value)
    confirmed = back_api().transfers.get(GATEWAY, ledger.confirmed)
    back_api().transfers.confirm(GATEWAY, decision(ledger.anna, confirmed))
    assert len(back_api().ledger.balances(OWNER, ledger.anna)) == 2


def test_a_warning_leaves_money_free(ledger: Ledger) -> None:
    spoil("UPDATE transfers_transfer SET rate_to_root = 2 WHERE id = %(deposited)s", deposited=ledger.deposited)
    made = back_api().books.audit(OWNER)
    assert (made.is_green, [checked.id for checked in made.invariants if checked.count]) == (True, ["A10"])
    assert AdminNotification.objects.get().severity == "warning"
    assert deposit(ledger.anna, "1").status == "Completed"


def test_a_green_pass_and_a_reason_open_them(closed: Ledger) -> None:
    with pytest.raises(Conflict, match="not green"):
        back_api().books.reopen(OWNER, "Nothing done.")
    spoil(RIGHT, anna=closed.anna)
    with pytest.raises(Conflict, match="not green"):
        back_api().books.reopen(OWNER, "Mended, not audited.")
    assert back_api().books.audit(OWNER).is_green
    assert back_api().books.latest(OWNER).closed_at
    for nothing in ("", "  ", "x" * 501):
        with pytest.raises(Invalid):
            back_api().books.reopen(OWNER, nothing)
    assert back_api().books.reopen(OWNER, "One total was edited by hand; it is as its entries say again.").closed_at is None
    assert deposit(closed.anna, "1").status == "Completed"
    change = AuditChange.objects.filter(object_type="books").latest("id")
    assert (change.record.action, change.before["state"], change.after["state"]) == ("books.reopen", "Closed", "Open")
    with pytest.raises(Conflict, match="are open"):
        back_api().books.reopen(OWNER, "Once more.")


def test_a_pass_that_is_green_and_older_than_the_closing_opens_nothing(ledger: Ledger) -> None:
    back_api().books.audit(OWNER)
    spoil(WRONG, anna=ledger.anna)
    back_api().books.audit(OWNER)
    AuditPass.objects.filter(is_green=False).delete()
    with pytest.raises(Conflict, match="not green"):
        back_api().books.reopen(OWNER, "The old one was green.")


def test_only_those_who_may(ledger: Ledger) -> None:
    finance = Actor(kind="operator", id="1", name="Finance", door="portal", operations=frozenset({"view-balances"}))
    auditor = Actor(kind="operator", id="2", name="Auditor", door="portal", operations=frozenset({"audit-books"}))
    books = back_api().books
    assert books.audit(auditor).asked_by == "Auditor"
    assert books.latest(finance).last_green
    for act in (lambda: books.audit(finance), lambda: books.reopen(finance, "x"), lambda: books.run_due(OWNER), lambda: books.latest(auditor)):
        with pytest.raises(NotPermitted):
            act()


def test_the_worker_audits_when_an_hour_has_gone(ledger: Ledger) -> None:
    jobs.audit()
    jobs.audit()
    assert AuditPass.objects.count() == 1
    AuditPass.objects.update(started_at=timezone.now() - timedelta(minutes=59))
    assert not back_api().books.run_due(WORKER)
    AuditPass.objects.update(started_at=timezone.now() - timedelta(minutes=61))
    assert back_api().books.run_due(WORKER)
    assert [made.asked_by for made in back_api().books.passes(OWNER)] == ["Auditor", "Auditor"]


def test_passes_are_kept_for_90_days_and_the_last_green_one_for_ever(closed: Ledger) -> None:
    def made(days: int, *, is_green: bool) -> Any:
        at = timezone.now() - timedelta(days=days)
        return AuditPass(started_at=at, finished_at=at, is_green=is_green, entries_count=0, totals=[], invariants=[], asked_by="x")

    AuditPass.objects.bulk_create([made(100, is_green=True), made(95, is_green=True), made(91, is_green=False), made(89, is_green=False)])
    back_api().books.audit(OWNER)
    ages = sorted((timezone.now() - row.started_at).days for row in AuditPass.objects.all())
    assert ages == [0, 0, 89, 95]


def test_passes_are_read_in_pages(ledger: Ledger) -> None:
    ids = [back_api().books.audit(OWNER).id for _ in range(3)]
    assert [made.id for made in back_api().books.passes(OWNER, limit=2)] == [ids[2], ids[1]]
    assert [made.id for made in back_api().books.passes(OWNER, before=ids[1], limit=2)] == [ids[0]]


def test_the_number_of_examples_is_bounded_and_the_count_is_not(ledger: Ledger) -> None:
    for _ in range(25):
        deposit(ledger.boris, "1")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    spoil("UPDATE ledger_entry SET amount = amount + 1 WHERE account_id = %(boris)s", boris=ledger.boris)
    found = {checked.id: checked for checked in back_api().books.audit(OWNER).invariants}
    assert (found["A1"].count, len(found["A1"].examples)) == (scalar("SELECT count(*) FROM ledger_entry WHERE account_id = %s", ledger.boris), 20)
