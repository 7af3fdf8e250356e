"""Any sequence of calls gives what the model gives: the same answers and balances, and a refusal moves nothing (R1)."""

import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from backoffice.contracts.errors import Refused
from backoffice.contracts.transfers import NewTransfer, TransferDecision, TransferRefused
from backoffice.services import back_api
from tests.money import bank
from tests.money.audited import assert_books_balance
from tests.money.model import SCALES, Bank, Request

EXAMPLES, STEPS = int(os.environ.get("MODEL_EXAMPLES", "30")), int(os.environ.get("MODEL_STEPS", "50"))
CALLERS = (bank.GATEWAY, bank.OTHER)
USERS = ("anna", "boris")
STATUSES = ("Active", "Active", "Active", "Halted", "Frozen", "Terminated")
LEDGER = ("ledger_balance", "ledger_journal", "ledger_entry", "ledger_hold")

numbers = st.integers(0, 10_000)
amounts = st.one_of(
    st.sampled_from(["0.01", "1", "1.0", "1.00", "2.5", "10", "99.99", "0.00000001", "0.001", "0", "-1", "12345678901234567890"]),
    st.decimals("0.01", "50", places=2).map(str),
).map(Decimal)


class Money(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        # One example ends without a trace.
        self.before = transaction.savepoint()
        self.model = Bank()
        self.ids: list[str] = []
        self.asked: list[tuple[int, str, Request]] = []

    @initialize()
    def open(self) -> None:
        self.accounts = [bank.open_account(user) for user in (*USERS, USERS[0])]
        self.model.owners = dict(zip(self.accounts, (*USERS, USERS[0]), strict=True))
        self.model.statuses = dict.fromkeys(USERS, "Active")
        for account in self.accounts:
            self._ask(0, f"key-{len(self.asked)}", ("Deposit", account, "usd", Decimal(20)))

    @rule(
        caller=st.integers(0, 1),
        type=st.sampled_from(["Deposit", "Withdrawal"]),
        account=st.integers(0, 2),
        asset=st.sampled_from(["usd", "btc"]),
        amount=amounts,
    )
    def ask(self, caller: int, type: str, account: int, asset: str, amount: Decimal) -> None:
        self._ask(caller, f"key-{len(self.asked)}", (type, self.accounts[account], asset, amount))

    @precondition(lambda self: any(purse.total for purse in self.model.purses.values()))
    @rule(number=numbers, units=st.integers(-1, 1))
    def withdraw_all_there_is(self, number: int, units: int) -> None:
        """To the last unit, or one more or less."""
        # Not by the ids of the accounts, which differ each time: the same draw has to mean the same.
        having = sorted((key for key, purse in self.model.purses.items() if purse.total), key=lambda key: (self.accounts.index(key[0]), key[1]))
        account, asset = having[number % len(having)]
        purse = self.model.purse(account, asset)
        amount = purse.total - purse.locked + units * Decimal(1).scaleb(-SCALES[asset])
        if amount > 0:
            self._ask(number % 2, f"key-{len(self.asked)}", ("Withdrawal", account, asset, amount))

    @precondition(lambda self: self.asked)
    @rule(number=numbers)
    def repeat(self, number: int) -> None:
        self._ask(*self.asked[number % len(self.asked)])

    @precondition(lambda self: self.asked)
    @rule(number=numbers, part=st.integers(0, 3), amount=amounts)
    def ask_for_something_else_under_an_id(self, number: int, part: int, amount: Decimal) -> None:
        caller, key, request = self.asked[number % len(self.asked)]
        other: list[Any] = list(request)
        change: list[Callable[[], Any]] = [
            lambda: "Deposit" if request[0] == "Withdrawal" else "Withdrawal",
            lambda: next(account for account in self.accounts if account != request[1]),
            lambda: "btc" if request[2] == "usd" else "usd",
            lambda: amount,
        ]
        other[part] = change[part]()
        self._ask(caller, key, (other[0], other[1], other[2], other[3]))

    @precondition(lambda self: any(one.status == "AwaitingConfirmation" for one in self.model.moved))
    @rule(number=numbers, status=st.sampled_from(["Completed", "Canceled"]))
    def decide_what_waits(self, number: int, status: str) -> None:
        waiting = [place for place, one in enumerate(self.model.moved) if one.status == "AwaitingConfirmation"]
        self.decide(number % 2, waiting[number % len(waiting)], status, number % 5)

    @precondition(lambda self: self.ids)
    @rule(caller=st.integers(0, 1), number=numbers, status=st.sampled_from(["Completed", "Canceled"]), is_strange=st.integers(0, 9))
    def decide_any(self, caller: int, number: int, status: str, is_strange: int) -> None:
        self.decide(caller, number % len(self.ids), status, is_strange)

    def decide(self, caller: int, number: int, status: str, is_strange: int) -> None:
        owner = self.model.moved[number].account
        account = next(one for one in self.accounts if one != owner) if is_strange == 0 else owner
        act = back_api().transfers.confirm if status == "Completed" else back_api().transfers.cancel
        decision = TransferDecision(account_id=account, transfer_id=self.ids[number])
        found = self._unless_refused(lambda: act(CALLERS[caller], decision))
        expected = self.model.decide(number, account, status)
        # To the caller both are a success.
        assert ("done" if found == "None" else found) == ("done" if expected == "replayed" else expected)

    @rule(user=st.sampled_from(USERS), status=st.sampled_from(STATUSES))
    def change_status(self, user: str, status: bank.UserStatus) -> None:
        bank.set_status(user, status)
        self.model.statuses[user] = status

    @rule(account=st.integers(0, 2), is_meant=st.integers(0, 2))
    def close(self, account: int, is_meant: int) -> None:
        if is_meant == 0:
            id = self.accounts[account]
            found = self._unless_refused(lambda: bank.close_account(self.model.owners[id], id))
            assert ("done" if found == "None" else found) == self.model.close(id)

    @precondition(lambda self: self.ids)
    @rule(number=numbers)
    def read(self, number: int) -> None:
        number %= len(self.ids)
        found, expected = back_api().transfers.get(bank.GATEWAY, self.ids[number]), self.model.moved[number]
        assert (found.type, found.status, found.asset_id, found.amount) == (expected.type, expected.status, expected.asset, expected.amount)

    @invariant()
    def balances_are_the_model_s(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT account_id, asset_id, total, locked FROM ledger_balance")
            found = {(account, asset): (total, locked) for account, asset, total, locked in cursor.fetchall()}
        expected = {key: (purse.total, purse.locked) for key, purse in self.model.purses.items()}
        nothing = (Decimal(0), Decimal(0))
        assert all(found.get(key, nothing) == expected.get(key, nothing) for key in found.keys() | expected.keys())

    def teardown(self) -> None:
        try:
            if self.ids:
                statuses = [back_api().transfers.get(bank.GATEWAY, id).status for id in self.ids]
                assert statuses == [one.status for one in self.model.moved]
                # What is checked at the commit, now.
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                assert_books_balance()
        finally:
            transaction.set_rollback(False)
            transaction.savepoint_rollback(self.before)

    def _ask(self, caller: int, key: str, request: Request) -> None:
        type, account, asset, amount = request
        act = back_api().transfers.deposit if type == "Deposit" else back_api().transfers.withdraw
        wanted = NewTransfer(deduplication_id=key, account_id=account, amount=amount, asset_id=asset)
        expected = self.model.ask(CALLERS[caller].id, key, request)
        found = self._unless_refused(lambda: act(CALLERS[caller], wanted))
        assert found == ("invalid" if amount <= 0 else expected)
        if expected != "deduplication_mismatch" and (caller, key, request) not in self.asked:
            self.asked.append((caller, key, request))

    def _unless_refused(self, act: Callable[[], Any]) -> str:
        before = bank.everything()
        try:
            once = act()
        except TransferRefused as refusal:
            self._nothing_moved(before, all_of_it=refusal.is_replayed)
            if not refusal.is_replayed:
                self.ids.append(refusal.transfer_id)
            return refusal.code
        except Refused as refusal:
            self._nothing_moved(before, all_of_it=True)
            return refusal.code
        if once is None:
            return "None"
        if once.is_replayed:
            self._nothing_moved(before, all_of_it=True)
            return "replayed"
        self.ids.append(once.value.transfer_id)
        return "done"

    def _nothing_moved(self, before: dict[str, list[Any]], *, all_of_it: bool) -> None:
        """A refusal on record adds its transfer and event, and may make a balance of nothing; every row that was there is as it was."""
        after = bank.everything()
        if all_of_it:
            assert after == before
        for table in LEDGER:
            new = [row for row in after[table] if row not in before[table]]
            assert [row for row in after[table] if row in before[table]] == before[table]
            assert table == "ledger_balance" or new == []
            assert all(row[2:4] == (0, 0) for row in new)


@pytest.mark.django_db
def test_money_is_as_the_model_has_it() -> None:
    bank.open_bank()
    chosen = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        # The same every time, unless more are asked for to find something new.
        derandomize="MODEL_EXAMPLES" not in os.environ,
        print_blob=True,
    )
    run_state_machine_as_test(Money, settings=chosen)
