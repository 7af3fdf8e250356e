"""Money under a policy when something is in the way: a busy database, closed books, narrower limits, a missing rate."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from backoffice.approvals import models
from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.desk import RoleDraft
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.jobs.approvals import sweep
from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import OWNER, approve, held, person, policy
from tests.money import bank

BUSY = """
CREATE FUNCTION tests_busy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'canceling statement due to lock timeout' USING ERRCODE = 'lock_not_available';
END $$;
CREATE TRIGGER tests_busy BEFORE UPDATE ON transfers_transfer FOR EACH ROW WHEN (NEW.status = 'Completed') EXECUTE FUNCTION tests_busy();
"""


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def only(actor: Actor) -> str:
    (found,) = desk().approvals.waiting(actor)
    return found.id


def state(approval_id: str) -> str:
    return desk().approvals.get(OWNER, approval_id).state


def test_approved_money_that_a_busy_database_did_not_move_is_moved_by_the_sweep(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.deposit")
    asked = back_api().transfers.deposit(maker, bank.wanted(account, "100")).value
    run(BUSY)
    waiting = only(checker)
    assert approve(checker, waiting).state == "Approved"
    assert back_api().transfers.get(bank.OWNER, asked.transfer_id).status == "Pending"
    run("DROP TRIGGER tests_busy ON transfers_transfer")
    sweep()
    assert (state(waiting), bank.balance(account)) == ("Done", ("100", "0"))


def test_closed_books_keep_nothing_else_waiting(account: str, maker: Actor, checker: Actor) -> None:
    policy("transfers.deposit")
    policy("market_groups.create")
    back_api().transfers.deposit(maker, bank.wanted(account, "100"))
    money = only(checker)
    late, left = (held(back_api().market_groups.create, maker, NewMarketGroup(market_group_id=id, name=id)) for id in ("late", "left"))
    models.Approval.objects.filter(pk__in=[money, late]).update(expires_at=timezone.now() - timedelta(seconds=1))
    models.Approval.objects.filter(pk=left).update(state="Approved")
    run("INSERT INTO ledger_gate (id, closed_at, reason) VALUES (1, now(), 'tests')")
    sweep()
    assert [state(one) for one in (money, late, left)] == ["Waiting", "Expired", "Done"]
    run("DELETE FROM ledger_gate")
    sweep()
    assert state(money) == "Expired"


def test_money_is_carried_out_within_the_limits_that_its_maker_has_then(account: str, checker: Actor) -> None:
    paying = ["manage-transfers", "view-transfers"]
    role = desk().roles.create(OWNER, RoleDraft(name="Paying", operations=paying)).id
    policy("transfers.deposit")
    asked = back_api().transfers.deposit(person("paul", role), bank.wanted(account, "100")).value
    desk().roles.update(OWNER, role, RoleDraft(name="Paying", operations=paying, scope=Scope(most=Decimal(50))))
    assert approve(checker, only(checker)).state == "Failed"
    assert (back_api().transfers.get(bank.OWNER, asked.transfer_id).status, bank.balance(account)) == ("Canceled", ("0", "0"))


def test_one_without_a_rate_makes_all_that_are_decided_with_it_large(account: str, maker: Actor) -> None:
    back_api().assets.sync(bank.OWNER, [bank.NewAsset(id="doge", name="Dogecoin", scale=2, type="Crypto")])
    for asset in ("usd", "doge"):
        bank.deposit(account, "100", asset)
    small, unknown = (bank.withdraw(account, "10", asset).transfer_id for asset in ("usd", "doge"))
    policy("transfers.decide", amount_from=Decimal(1_000))
    held(back_api().transfers.decide, maker, [small, unknown], "Completed")
    assert [one.is_done for one in back_api().transfers.decide(maker, [small], "Completed")] == [True]
