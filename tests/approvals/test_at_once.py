"""Two approve at the same moment, a process dies in between: it is carried out once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from backoffice.approvals import carrying, models
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Refused
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.core import arming
from backoffice.core.models import AuditRecord
from backoffice.jobs.approvals import sweep
from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import OWNER, approve, held, person, policy, role
from tests.money import bank

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
METALS = NewMarketGroup(market_group_id="metals", name="Metals")
MAY = ("manage-markets", "manage-transfers", "decide-approvals", "view-common")


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each answered or refused; every one on a connection of its own."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def some_people() -> tuple[Actor, list[Actor]]:
    may = role("May", *MAY)
    return person("mary", may), [person(f"checker{number}", may) for number in range(2)]


@pytest.mark.parametrize("needed", [1, 2])
@pytest.mark.parametrize("round", range(3))
def test_two_approve_at_once_and_it_is_done_once(needed: int, round: int) -> None:
    maker, checkers = some_people()
    policy("manage-markets", approvers_needed=needed)
    waiting = held(back_api().market_groups.create, maker, METALS)
    hash = desk().approvals.get(maker, waiting).shown_hash
    answers = at_once(*[lambda who=who: desk().approvals.approve(who, waiting, hash) for who in checkers])
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == (1 if needed == 1 else 0)
    assert all(isinstance(refusal, Conflict) for refusal in refused)
    assert desk().approvals.get(OWNER, waiting).state == "Done"
    assert AuditRecord.objects.filter(action="market_groups.create").count() == 1
    assert models.Decision.objects.filter(approval_id=waiting).count() == needed


def test_approval_and_denial_at_once_one_wins() -> None:
    maker, (one, other) = some_people()
    policy("manage-markets")
    waiting = held(back_api().market_groups.create, maker, METALS)
    hash = desk().approvals.get(maker, waiting).shown_hash
    at_once(lambda: desk().approvals.approve(one, waiting, hash), lambda: desk().approvals.deny(other, waiting, reason="No."))
    state = desk().approvals.get(OWNER, waiting).state
    assert (state, any(group.market_group_id == "metals" for group in back_api().market_groups.find(OWNER))) in [("Done", True), ("Denied", False)]
    assert models.Decision.objects.filter(approval_id=waiting).count() == 1


def test_the_same_call_asked_many_times_at_once_waits_once() -> None:
    maker, _ = some_people()
    policy("manage-markets")
    answers = at_once(*[lambda: back_api().market_groups.create(maker, METALS) for _ in range(4)])
    assert models.Approval.objects.count() == 1
    # Whoever lost the race is told to repeat, or finds the winner's.
    assert {getattr(answer, "approval_id", None) for answer in answers} - {None} == {models.Approval.objects.get().pk}


def test_what_a_crash_left_is_carried_out_by_the_sweep_once() -> None:
    maker, _ = some_people()
    policy("manage-markets")
    waiting = held(back_api().market_groups.create, maker, METALS)
    models.Approval.objects.filter(pk=waiting).update(state="Approved", claimed_until=timezone.now() + timedelta(minutes=1))
    sweep()
    assert desk().approvals.get(OWNER, waiting).state == "Approved"
    models.Approval.objects.filter(pk=waiting).update(claimed_until=timezone.now() - timedelta(seconds=1))
    at_once(sweep, sweep, lambda: carrying.carry_out(waiting))
    assert desk().approvals.get(OWNER, waiting).state == "Done"
    assert AuditRecord.objects.filter(action="market_groups.create").count() == 1


def test_a_restored_copy_carries_nothing_out_by_itself() -> None:
    maker, _ = some_people()
    policy("manage-markets")
    waiting = held(back_api().market_groups.create, maker, METALS)
    models.Approval.objects.filter(pk=waiting).update(state="Approved")
    arming.disarm()
    sweep()
    assert desk().approvals.get(OWNER, waiting).state == "Approved"
    arming.arm()
    sweep()
    assert desk().approvals.get(OWNER, waiting).state == "Done"


def test_money_that_was_confirmed_before_a_crash_is_not_confirmed_again() -> None:
    maker, (checker, _) = some_people()
    bank.open_bank()
    account = bank.open_account()
    bank.deposit(account, "100")
    asked = bank.withdraw(account, "60")
    policy("transfers.confirm")
    waiting = held(back_api().transfers.confirm, maker, bank.decision(account, asked))
    assert approve(checker, waiting).state == "Done"
    # As if the process had died between the money and the end of the approval.
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE approvals_approval DISABLE TRIGGER stay_as_shown")
        cursor.execute("UPDATE approvals_approval SET state = 'Approved', ended_at = NULL WHERE id = %s", [waiting])
        cursor.execute("ALTER TABLE approvals_approval ENABLE TRIGGER stay_as_shown")
    sweep()
    assert (desk().approvals.get(OWNER, waiting).state, bank.balance(account)) == ("Done", ("40", "0"))


def test_two_approve_a_deposit_at_once_and_the_money_comes_once() -> None:
    maker, checkers = some_people()
    bank.open_bank()
    account = bank.open_account()
    policy("transfers.deposit")
    back_api().transfers.deposit(maker, bank.wanted(account, "100"))
    (approval,) = desk().approvals.waiting(checkers[0])
    at_once(*[lambda who=who: desk().approvals.approve(who, approval.id, approval.shown_hash) for who in checkers])
    assert (desk().approvals.get(OWNER, approval.id).state, bank.balance(account)) == ("Done", ("100", "0"))
