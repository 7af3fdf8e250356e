"""Clients and account groups in the portal: the list, one with what they hold, create, edit, merge."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.accounts import AccountGroupChange
from backoffice.contracts.users import NewUser, UserChange, UserQuery
from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import HTMX, form_of, page_of

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


@pytest.fixture
def viewer(account: str) -> Client:
    return signed_in(*VIEWER, name="Vera Viewer")


def anna() -> tuple[str, str | None, str]:
    found = back_api().users.get(bank.OWNER, "anna").value
    return found.email, found.name, found.status


def test_a_client_is_created_and_found(clerk: Client) -> None:
    answer = clerk.post("/new/client/", {"email": "bo@example.com", "name": "Bo Berg", "userId": "crm-7", "status": "Active"})
    assert answer.headers["Location"] == "/clients/crm-7/"
    for sought in ("Berg", "bo@", "crm-7"):
        assert 'href="/clients/crm-7/"' in page_of(clerk, f"/clients/?q={sought}")
    assert 'href="/clients/crm-7/"' in page_of(clerk, "/palette/?q=berg", **HTMX)
    refused = clerk.post("/new/client/", {"email": "bo@example.com", "name": "", "userId": "", "status": "Active"})
    assert refused.status_code == 400
    assert "another user" in refused.content.decode()


def test_a_client_called_new_has_a_page(clerk: Client) -> None:
    clerk.post("/new/client/", {"email": "new@example.com", "name": "Newman", "userId": "new", "status": "Active"})
    assert "Newman" in page_of(clerk, "/clients/new/")


def test_a_client_shows_accounts_with_what_they_are_worth(clerk: Client, account: str) -> None:
    bank.deposit(account, "100.5")
    bank.deposit(account, "0.5", "btc")
    page = page_of(clerk, "/clients/anna/")
    assert "32,100.75" in page
    assert f'href="/accounts/{account}/"' in page
    assert "Latest transfers" in page


def test_a_client_is_edited_and_a_lost_race_is_merged(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/clients/anna/edit/")) | {"status": "Halted"}
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name="Anna Berg", status="Active"))
    lost = clerk.post("/clients/anna/edit/", sent)
    assert lost.status_code == 412
    assert "tests saved this" in lost.content.decode()
    merged = form_of(lost.content.decode(), '<form method="post" action="/clients/anna/edit/"')
    assert clerk.post("/clients/anna/edit/", merged).status_code == 303
    assert anna() == ("anna@example.com", "Anna Berg", "Halted")
    assert "changed the client" in page_of(clerk, "/clients/anna/timeline/")


def test_what_each_status_means_is_said(clerk: Client) -> None:
    assert "withdraws and receives, does not trade" in page_of(clerk, "/clients/anna/edit/")
    bank.set_status("anna", "Frozen")
    assert "This client is frozen." in page_of(clerk, "/clients/anna/")
    assert 'href="/clients/anna/"' in page_of(clerk, "/clients/?status=Frozen")
    assert 'href="/clients/anna/"' not in page_of(clerk, "/clients/?status=Active")


def test_who_may_only_look_sees_neither_money_nor_ways_to_change(viewer: Client, account: str) -> None:
    bank.deposit(account, "77777")
    page = page_of(viewer, "/clients/anna/")
    assert page.count("This needs the operation manage-accounts") == 2
    assert "77,777" not in page
    assert "Latest transfers" not in page
    assert viewer.get("/clients/anna/edit/").status_code == 403
    assert viewer.post("/new/client/", {}).status_code == 403


def test_a_stranger_is_refused_and_an_unknown_client_is_not_there(clerk: Client) -> None:
    assert signed_in("view-balances", name="Sam Stranger").get("/clients/").status_code == 403
    assert clerk.get("/clients/nobody/").status_code == 404


def test_hostile_names_stay_text(clerk: Client) -> None:
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name=HOSTILE, status="Active"))
    for address in ("/clients/", "/clients/anna/", "/clients/anna/timeline/", "/palette/?q=img", "/account-groups/retail/"):
        assert "<img src=x" not in page_of(clerk, address), address


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    clerk.get("/clients/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/clients/")
    for number in range(50):
        back_api().users.create(bank.OWNER, NewUser(email=f"c{number}@example.com"))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/clients/")
    assert len(many) == len(few)
    assert back_api().users.find(bank.OWNER, UserQuery()).total == 51


def test_an_account_group_is_made_renamed_and_not_deleted_in_use(clerk: Client) -> None:
    answer = clerk.post("/new/account-group/", {"name": "Swap free", "accountGroupId": ""})
    assert answer.headers["Location"] == "/account-groups/swap-free/"
    sent = form_of(page_of(clerk, "/account-groups/swap-free/edit/")) | {"name": "Islamic"}
    back_api().account_groups.update(bank.OWNER, "swap-free", AccountGroupChange(name="Shiny"))
    lost = clerk.post("/account-groups/swap-free/edit/", sent)
    assert lost.status_code == 412
    assert "Retail is in use" in page_of(clerk, "/account-groups/retail/delete/", **HTMX)
    assert clerk.post("/account-groups/retail/delete/", {"version": "1"}).status_code == 400
    question = page_of(clerk, "/account-groups/swap-free/delete/")
    answer = clerk.post("/account-groups/swap-free/delete/", form_of(question, '<form method="post" action="/account-groups/swap-free/delete/"'))
    assert answer.headers["Location"] == "/account-groups/"


def test_an_account_group_shows_its_clients(clerk: Client) -> None:
    assert 'href="/clients/anna/"' in page_of(clerk, "/account-groups/retail/")
    assert '<a class="link" href="/clients/?group=retail">1</a>' in page_of(clerk, "/account-groups/")
