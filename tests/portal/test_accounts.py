"""Accounts in the portal: create, balances, entries, holds, edit and close."""

import re
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.accounts import AccountChange, NewAccount, NewAccountGroup
from backoffice.core.models import AuditChange
from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import HTMX, form_of, page_of

TABS = ("", "entries/", "holds/", "transfers/", "statement/", "timeline/", "edit/")


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def test_an_account_is_created_under_its_client(clerk: Client) -> None:
    answer = clerk.post("/clients/anna/accounts/new/", {"accountName": "Savings", "accountGroupId": "retail", "accountType": "Netting"})
    assert answer.status_code == 303
    assert "Savings" in page_of(clerk, answer.headers["Location"])
    refused = clerk.post("/clients/anna/accounts/new/", {"accountName": "", "accountGroupId": "", "accountType": "Netting"})
    assert refused.status_code == 400


def test_every_tab_answers(clerk: Client, account: str) -> None:
    for tab in TABS:
        assert clerk.get(f"/accounts/{account}/{tab}").status_code == 200, tab
    bank.deposit(account, "100")
    bank.withdraw(account, "40")
    for tab in TABS:
        assert clerk.get(f"/accounts/{account}/{tab}").status_code == 200, tab


def test_balances_show_locked_available_rate_and_worth(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    bank.deposit(account, "2", "btc")
    bank.withdraw(account, "40.25")
    page = page_of(clerk, f"/accounts/{account}/")
    for figure in ("100.00", "40.25", "59.75", "64,000.5", "128,001.00", "128,101.00"):
        assert figure in page, figure


def test_entries_run_newest_first_and_page_by_key(clerk: Client, account: str) -> None:
    for number in range(1, 61):
        bank.deposit(account, str(number))
    page = page_of(clerk, f"/accounts/{account}/entries/", **HTMX)
    assert "1,830.00" in page
    assert ">10.00<" not in page
    following = page.split('id="next-page" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "55.00" in page_of(clerk, f"/accounts/{account}/entries/{following}", **HTMX)
    assert "No entries in btc" in page_of(clerk, f"/accounts/{account}/entries/?asset=btc")


def test_holds_lead_to_what_they_are_kept_for(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    assert f'href="/transfers/{made.transfer_id}/"' in page_of(clerk, f"/accounts/{account}/holds/")


def test_an_account_with_money_does_not_close(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    sent = form_of(page_of(clerk, f"/accounts/{account}/edit/")) | {"status": "Closed"}
    refused = clerk.post(f"/accounts/{account}/edit/", sent)
    assert refused.status_code == 400
    assert "holds usd" in refused.content.decode().lower()


def test_an_empty_one_closes_and_takes_nothing_new(clerk: Client, account: str) -> None:
    sent = form_of(page_of(clerk, f"/accounts/{account}/edit/")) | {"status": "Closed"}
    assert clerk.post(f"/accounts/{account}/edit/", sent).status_code == 303
    page = page_of(clerk, f"/accounts/{account}/")
    assert "Closed" in page
    assert f"/transfers/deposit/?account={account}" not in page


def test_a_lost_race_is_merged(clerk: Client, account: str) -> None:
    sent = form_of(page_of(clerk, f"/accounts/{account}/edit/")) | {"accountName": "Mine"}
    back_api().accounts.update(bank.OWNER, "anna", account, AccountChange(account_name="Theirs", account_group_id="retail", status="Active"))
    lost = clerk.post(f"/accounts/{account}/edit/", sent)
    assert lost.status_code == 412
    merged = form_of(lost.content.decode(), f'<form method="post" action="/accounts/{account}/edit/"') | {"accountName": "Ours"}
    assert clerk.post(f"/accounts/{account}/edit/", merged).status_code == 303
    assert back_api().accounts.by_id(bank.OWNER, account).value.account_name == "Ours"


def test_without_the_right_the_account_shows_no_money(account: str) -> None:
    bank.deposit(account, "77777")
    viewer = signed_in(*VIEWER, name="Vera Viewer")
    page = page_of(viewer, f"/accounts/{account}/")
    assert "view-balances" in page
    assert "77,777" not in page
    for tab in ("entries/", "holds/", "transfers/", "statement/", "edit/"):
        assert viewer.get(f"/accounts/{account}/{tab}").status_code == 403, tab


def test_entries_ask_the_database_as_often_for_many_as_for_few(clerk: Client, account: str) -> None:
    for _ in range(3):
        bank.deposit(account, "1")
    clerk.get(f"/accounts/{account}/entries/")
    with CaptureQueriesContext(connection) as few:
        clerk.get(f"/accounts/{account}/entries/")
    for _ in range(47):
        bank.deposit(account, "1")
    with CaptureQueriesContext(connection) as many:
        clerk.get(f"/accounts/{account}/entries/")
    assert len(many) == len(few)


BULK = "/accounts/bulk/"


@pytest.fixture
def both(account: str) -> list[str]:
    """Anna's account and a second one of hers, and a group to move them to."""
    back_api().account_groups.create(bank.OWNER, NewAccountGroup(account_group_id="vip", name="VIP"))
    second = NewAccount(account_name="Savings", account_group_id="retail", account_type="Netting")
    return [account, back_api().accounts.create(bank.OWNER, "anna", second).account_id]


def states(ids: Iterable[str]) -> list[tuple[str, str]]:
    found = [back_api().accounts.by_id(bank.OWNER, one).value for one in ids]
    return [(one.account_group_id, one.status) for one in found]


def versions(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(version-[^"]+)" value="(\d+)"', page))


def test_selected_clients_bring_their_accounts(clerk: Client, both: list[str]) -> None:
    assert "Edit accounts" in page_of(clerk, "/clients/")
    for query in ("id=anna", "all=q%3Danna"):
        page = page_of(clerk, f"{BULK}?{query}&back=q%3Danna")
        assert re.findall(r'name="id" value="([^"]+)"', page) == both, query
        assert 'href="/clients/?q=anna"' in page
    assert clerk.get(f"{BULK}?id=nobody").headers["Location"] == "/clients/"


def test_accounts_change_together_after_a_preview(clerk: Client, both: list[str]) -> None:
    sent = {"id": both, "set": ["accountGroupId"], "accountGroupId": "vip"}
    preview = clerk.post(BULK, {**sent, "step": "preview"}).content.decode()
    assert preview.count("<ins>VIP</ins>") == 2
    assert states(both) == [("retail", "Active")] * 2
    done = clerk.post(BULK, {**sent, **versions(preview), "step": "apply"}, follow=True).content.decode()
    assert "2 accounts are changed: " in done
    assert "Savings" in done
    assert states(both) == [("vip", "Active")] * 2
    assert AuditChange.objects.filter(record__action="accounts.patch", object_id__in=both).count() == 2


def test_one_account_with_money_keeps_all_from_closing(clerk: Client, both: list[str]) -> None:
    sent = {"id": both, "set": ["status"], "status": "Closed"}
    seen = versions(clerk.post(BULK, {**sent, "step": "preview"}).content.decode())
    assert len(seen) == 2
    bank.deposit(both[1], "5")
    broken = clerk.post(BULK, {**sent, "step": "preview"}).content.decode()
    assert "1 of 2 cannot take this change" in broken
    assert 'value="apply"' not in broken
    refused = clerk.post(BULK, {**sent, **seen, "step": "apply"})
    assert refused.status_code == 400
    assert "No account is changed: Savings holds usd." in refused.content.decode()
    assert states(both) == [("retail", "Active")] * 2


def test_accounts_that_lost_a_race_are_previewed_again(clerk: Client, both: list[str]) -> None:
    sent = {"id": both, "set": ["accountGroupId"], "accountGroupId": "vip"}
    seen = versions(clerk.post(BULK, {**sent, "step": "preview"}).content.decode())
    back_api().accounts.update(bank.OWNER, "anna", both[1], AccountChange(account_name="Theirs", account_group_id="retail", status="Active"))
    lost = clerk.post(BULK, {**sent, **seen, "step": "apply"})
    assert lost.status_code == 412
    assert states(both) == [("retail", "Active")] * 2
    assert clerk.post(BULK, {**sent, **versions(lost.content.decode()), "step": "apply"}).status_code == 303
    assert states(both) == [("vip", "Active")] * 2


def test_a_group_that_is_not_there_and_nothing_ticked_are_refused(clerk: Client, both: list[str]) -> None:
    nothing = clerk.post(BULK, {"id": both, "accountGroupId": "vip", "step": "preview"})
    assert (nothing.status_code, "Tick at least one field" in nothing.content.decode()) == (400, True)
    absent = clerk.post(BULK, {"id": both, "set": ["accountGroupId"], "accountGroupId": "gone", "step": "preview"})
    assert (absent.status_code, "there is no account group gone" in absent.content.decode().lower()) == (400, True)


def test_who_may_not_manage_accounts_changes_none(both: list[str]) -> None:
    viewer = signed_in(*VIEWER, name="Vera Viewer")
    assert viewer.get(f"{BULK}?id=anna").status_code == 403
    assert viewer.post(BULK, {"id": both, "set": ["status"], "status": "Closed", "step": "apply"}).status_code == 403
