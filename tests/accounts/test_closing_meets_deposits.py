"""Closing an account while money arrives: one of the two wins, and a closed account is empty."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from backoffice.contracts.accounts import AccountChange
from backoffice.contracts.errors import Refused
from backoffice.services import back_api
from tests.money.bank import OWNER, deposit, open_account, open_bank, scalar

ROUNDS = 12
CLOSED = AccountChange(account_name="Main", account_group_id="retail", status="Closed")


def did(act: object, barrier: Barrier) -> bool:
    barrier.wait()
    try:
        act()  # type: ignore[operator]
    except Refused:
        return False
    finally:
        connection.close()
    return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("had_a_balance", [False, True], ids=["first deposit", "later deposit"])
def test_a_closed_account_is_empty(had_a_balance: bool) -> None:
    open_bank()
    with ThreadPoolExecutor(max_workers=2) as both:
        for number in range(ROUNDS):
            account = open_account(f"user{number}")
            if had_a_balance:
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO ledger_balance (account_id, asset_id) VALUES (%s, 'usd')", [account])
            barrier = Barrier(2)
            closing = both.submit(did, lambda: back_api().accounts.update(OWNER, f"user{number}", account, CLOSED), barrier)  # noqa: B023  both are done before the loop goes on
            paying = both.submit(did, lambda: deposit(account, "5"), barrier)  # noqa: B023  both are done before the loop goes on
            won = (closing.result(timeout=20), paying.result(timeout=20))
            assert won in ((True, False), (False, True)), won
            held = scalar("SELECT coalesce(sum(total), 0) FROM ledger_balance WHERE account_id = %s", account)
            assert (held == 0) == (back_api().accounts.by_id(OWNER, account).value.status == "Closed")
