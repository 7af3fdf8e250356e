"""Accounts: made for a user in a group, and closed only when they are empty."""

import re
from typing import Any

import pytest

from backoffice.contracts.accounts import AccountChange, AccountGroupChange, AccountStatus, NewAccount, NewAccountGroup
from backoffice.contracts.errors import InUse, Invalid, NotFound, NotPermitted, Stale
from backoffice.contracts.users import NewUser
from backoffice.core.models import AuditChange
from backoffice.services import back_api
from tests.domain.conftest import person
from tests.money.bank import OWNER, deposit, open_account, withdraw


def draft(**fields: Any) -> NewAccount:
    return NewAccount(**({"account_name": "Main", "account_group_id": "retail", "account_type": "Netting"} | fields))


def change(**fields: Any) -> AccountChange:
    return AccountChange(**({"account_name": "Main", "account_group_id": "retail", "status": "Active"} | fields))


def status(account: str) -> AccountStatus:
    return back_api().accounts.by_id(OWNER, account).value.status


def test_an_account_has_an_id_of_24_hex_and_no_money(account: str) -> None:
    made = back_api().accounts.create(OWNER, "anna", draft(account_name="ذهب"))
    assert re.fullmatch("[0-9a-f]{24}", made.account_id)
    assert [(found.account_name, found.account_type, found.balances) for found in back_api().accounts.find(OWNER, "anna")] == [
        ("Main", "Hedging", []),
        ("ذهب", "Netting", []),
    ]
    changed = AuditChange.objects.latest("id")
    assert (changed.object_type, changed.object_id, changed.after["userId"]) == ("account", made.account_id, "anna")


def test_balances_are_shown_by_asset(account: str) -> None:
    deposit(account, "10.5")
    deposit(account, "0.1", "btc")
    withdraw(account, "4")
    for found in (back_api().accounts.get(OWNER, "anna", account).value, *back_api().accounts.find(OWNER, "anna")):
        assert [(row.asset_id, str(row.total), str(row.locked)) for row in found.balances] == [("btc", "0.1", "0"), ("usd", "10.5", "4")]


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"account_name": ""}, "accountName"),
        ({"account_name": "x" * 51}, "accountName"),
        ({"account_name": "a\0"}, "accountName"),
        ({"account_group_id": "none"}, "accountGroupId"),
        ({"account_group_id": ""}, "accountGroupId"),
    ],
)
def test_an_odd_account_is_refused(account: str, odd: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        back_api().accounts.create(OWNER, "anna", draft(**odd))
    assert list(refused.value.fields) == [field]
    with pytest.raises(Invalid) as refused:
        back_api().accounts.update(OWNER, "anna", account, change(**odd))
    assert list(refused.value.fields) == [field]


def test_unknown_users_and_other_peoples_accounts_are_not_there(account: str) -> None:
    open_account("ben")
    accounts = back_api().accounts
    for ask in (
        lambda: accounts.find(OWNER, "nobody"),
        lambda: accounts.details(OWNER, "nobody"),
        lambda: accounts.create(OWNER, "nobody", draft()),
        lambda: accounts.get(OWNER, "ben", account),
        lambda: accounts.update(OWNER, "ben", account, change()),
        lambda: accounts.by_id(OWNER, "0" * 24),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_user_without_accounts_has_an_empty_list(account: str) -> None:
    back_api().users.create(OWNER, NewUser(user_id="carl", email="carl@example.com"))
    assert back_api().accounts.find(OWNER, "carl") == back_api().accounts.details(OWNER, "carl") == []


def test_an_account_is_renamed_and_moved_against_the_version_seen(account: str) -> None:
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="vip", name="VIP"))
    back_api().accounts.update(OWNER, "anna", account, change(account_group_id="vip", account_name="Moved"), version=1)
    moved = back_api().accounts.details(OWNER, "anna")[0]
    assert (moved.account_group_name, moved.account_name) == ("VIP", "Moved")
    with pytest.raises(Stale):
        back_api().accounts.update(OWNER, "anna", account, change(), version=1)


def test_an_account_with_money_stays_open(account: str) -> None:
    deposit(account, "0.01")
    deposit(account, "0.00000001", "btc")
    with pytest.raises(Invalid) as refused:
        back_api().accounts.update(OWNER, "anna", account, change(status="Closed"))
    assert (refused.value.code, refused.value.detail) == ("account_not_empty", "The account still holds btc, usd.")
    assert status(account) == "Active"


def test_an_emptied_account_closes_and_may_open_again(account: str) -> None:
    deposit(account, "5")
    taken = withdraw(account, "5")
    with pytest.raises(Invalid):
        back_api().accounts.update(OWNER, "anna", account, change(status="Closed"))
    back_api().transfers.decide(OWNER, [taken.transfer_id], "Completed")
    back_api().accounts.update(OWNER, "anna", account, change(status="Closed"))
    assert status(account) == "Closed"
    with pytest.raises(Invalid):
        deposit(account, "5")
    back_api().accounts.update(OWNER, "anna", account, change())
    deposit(account, "5")


def test_a_group_in_use_stays_and_names_its_accounts(account: str) -> None:
    groups = back_api().account_groups
    with pytest.raises(InUse, match=account):
        groups.delete(OWNER, "retail")
    groups.create(OWNER, NewAccountGroup(name="Gold Members"))
    groups.update(OWNER, "gold-members", AccountGroupChange(name="Gold"), version=1)
    assert [(group.account_group_id, group.name, group.account_count) for group in groups.find(OWNER)] == [
        ("gold-members", "Gold", 0),
        ("retail", "Retail", 1),
    ]
    with pytest.raises(Invalid):
        groups.create(OWNER, NewAccountGroup(name="Gold"))
    groups.delete(OWNER, "gold-members", version=2)
    with pytest.raises(NotFound):
        groups.get(OWNER, "gold-members")


def test_accounts_are_changed_only_with_the_right(account: str) -> None:
    support = person("support", "view-common")
    assert back_api().accounts.by_id(support, account).value.user_id == "anna"
    for ask in (
        lambda: back_api().accounts.create(support, "anna", draft()),
        lambda: back_api().accounts.update(support, "anna", account, change()),
        lambda: back_api().account_groups.create(support, NewAccountGroup(name="Mine")),
    ):
        with pytest.raises(NotPermitted):
            ask()


def test_a_list_costs_the_same_however_many_it_shows(account: str, django_assert_num_queries: Any) -> None:
    deposit(account, "1")
    with django_assert_num_queries(2):
        back_api().accounts.find(OWNER, "anna")
    for number in range(20):
        deposit(open_account("anna", name=f"Account {number}"), "1")
    with django_assert_num_queries(2):
        assert len(back_api().accounts.details(OWNER, "anna")) == 21
