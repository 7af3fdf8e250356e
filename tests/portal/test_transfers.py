"""Transfers in the portal: a form moves money once, withdrawals are decided one by one and many at once, a page shows every step."""

import gzip
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.contracts.history import TransferQuery
from backoffice.contracts.users import UserChange
from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, VIEWER, signed_in
from tests.portal.posted import HTMX, form_of, page_of

HOSTILE = "<img src=x onerror=alert(1)>"
FIRST_LOAD_BYTES = 60_000


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


@pytest.fixture
def reader(account: str) -> Client:
    """Sees transfers, decides none."""
    return signed_in(*VIEWER, "view-transfers", "view-balances", name="Rita Reader")


def transfers() -> list[tuple[str, str, str]]:
    found = back_api().history.transfer_page(bank.OWNER, TransferQuery())
    return [(row.type, row.status, format(row.asset_amount, "f")) for row in found.items]


def drawn(clerk: Client, account: str, kind: str = "deposit") -> dict[str, str]:
    return form_of(page_of(clerk, f"/transfers/{kind}/?account={account}"))


def test_a_deposit_is_made_and_its_page_says_so(clerk: Client, account: str) -> None:
    answer = clerk.post("/transfers/deposit/", drawn(clerk, account) | {"assetId": "usd", "amount": "1250.5"}, follow=True)
    page = answer.content.decode()
    assert bank.balance(account) == ("1250.5", "0")
    assert "The deposit is made." in page
    assert "Deposit of 1,250.50 usd" in page
    assert "external:usd" in page


def test_a_form_that_is_sent_twice_moves_money_once(clerk: Client, account: str) -> None:
    sent = drawn(clerk, account) | {"assetId": "usd", "amount": "10"}
    first, second = clerk.post("/transfers/deposit/", sent), clerk.post("/transfers/deposit/", sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert bank.balance(account) == ("10", "0")
    assert "nothing moved a second time" in page_of(clerk, "/transfers/")


def test_a_form_drawn_again_is_another_transfer(clerk: Client, account: str) -> None:
    for _ in range(2):
        clerk.post("/transfers/deposit/", drawn(clerk, account) | {"assetId": "usd", "amount": "10"})
    assert bank.balance(account) == ("20", "0")


def test_going_back_and_sending_another_amount_says_that_the_first_stands(clerk: Client, account: str) -> None:
    sent = drawn(clerk, account) | {"assetId": "usd", "amount": "10"}
    clerk.post("/transfers/deposit/", sent)
    refused = clerk.post("/transfers/deposit/", sent | {"amount": "11"})
    assert refused.status_code == 400
    assert "that transfer stands" in refused.content.decode()
    assert form_of(refused.content.decode())["deduplicationId"] != sent["deduplicationId"]
    assert bank.balance(account) == ("10", "0")


def test_too_little_money_is_said_on_the_form_which_gets_a_new_id(clerk: Client, account: str) -> None:
    bank.deposit(account, "50")
    sent = drawn(clerk, account, "withdraw") | {"assetId": "usd", "amount": "80"}
    refused = clerk.post("/transfers/withdraw/", sent)
    page = refused.content.decode()
    assert refused.status_code == 400
    assert "Not enough money" in page
    assert "a failed transfer" in page
    again = form_of(page)
    assert (again["amount"], again["assetId"]) == ("80", "usd")
    assert again["deduplicationId"] != sent["deduplicationId"]
    assert clerk.post("/transfers/withdraw/", again | {"amount": "30"}).status_code == 303
    assert bank.balance(account) == ("50", "30")


@pytest.mark.parametrize(("amount", "said"), [("0", "above zero"), ("1.001", "more digits"), ("1e3", "Write a number"), ("", "This is needed")])
def test_a_wrong_amount_is_said_next_to_it_and_leaves_the_id_free(clerk: Client, account: str, amount: str, said: str) -> None:
    sent = drawn(clerk, account) | {"assetId": "usd", "amount": amount}
    refused = clerk.post("/transfers/deposit/", sent)
    assert refused.status_code == 400
    assert said in refused.content.decode()
    assert form_of(refused.content.decode())["deduplicationId"] == sent["deduplicationId"]
    assert transfers() == []


def test_an_account_is_found_by_its_client(clerk: Client, account: str) -> None:
    for sought in ("anna", "anna@example.com", account):
        found = page_of(clerk, f"/transfers/deposit/?q={sought}", **HTMX)
        assert f'href="/transfers/deposit/?account={account}"' in found
        assert "<html" not in found
    assert "Nobody found" in page_of(clerk, "/transfers/deposit/?q=zzz")


def test_internal_assets_are_not_offered(clerk: Client, account: str) -> None:
    page = page_of(clerk, f"/transfers/deposit/?account={account}")
    assert '<option value="usd"' in page
    assert '<option value="xau"' not in page


def test_a_withdrawal_waits_and_is_confirmed_by_another_person(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    checker = signed_in("view-transfers", "manage-transfers", "view-common", name="Carl Checker")
    page = page_of(checker, f"/transfers/{made.transfer_id}/")
    assert "It waits for a person" in page
    question = page_of(checker, f"/transfers/{made.transfer_id}/confirm/", **HTMX)
    assert "Confirm the withdrawal of 40.00 usd?" in question
    assert bank.balance(account) == ("100", "40")
    assert checker.post(f"/transfers/{made.transfer_id}/confirm/").status_code == 303
    assert bank.balance(account) == ("60", "0")
    page = page_of(checker, f"/transfers/{made.transfer_id}/")
    assert "Carl Checker" in page
    assert f"/transfers/{made.transfer_id}/cancel/" not in page


def test_what_was_decided_otherwise_is_said_and_stays(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    clerk.post(f"/transfers/{made.transfer_id}/cancel/")
    answer = clerk.post(f"/transfers/{made.transfer_id}/confirm/", follow=True)
    assert "The withdrawal is Canceled already." in answer.content.decode()
    assert bank.balance(account) == ("100", "0")


def test_a_frozen_clients_withdrawal_can_only_be_canceled(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name="Anna", status="Frozen"))
    page = page_of(clerk, f"/transfers/{made.transfer_id}/")
    assert f'href="/transfers/{made.transfer_id}/cancel/"' in page
    assert f'href="/transfers/{made.transfer_id}/confirm/"' not in page


def test_who_may_only_look_sees_the_missing_operation(reader: Client, account: str) -> None:
    bank.deposit(account, "100")
    made = bank.withdraw(account, "40")
    assert page_of(reader, f"/transfers/{made.transfer_id}/").count("This needs the operation manage-transfers") == 2
    for address in (f"/transfers/{made.transfer_id}/confirm/", "/transfers/confirm/", "/transfers/deposit/"):
        assert reader.post(address, {"id": made.transfer_id}).status_code == 403
    assert bank.balance(account) == ("100", "40")


def test_who_may_not_see_transfers_is_refused(account: str) -> None:
    viewer = signed_in(*VIEWER)
    assert viewer.get("/transfers/").status_code == 403
    assert viewer.get("/callbacks/").status_code == 403


def test_many_are_previewed_with_totals_and_decided_each_on_its_own(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    bank.deposit(account, "1", "btc")
    dollars, bitcoin, gone = bank.withdraw(account, "40"), bank.withdraw(account, "0.25", "btc"), bank.withdraw(account, "5")
    clerk.post(f"/transfers/{gone.transfer_id}/cancel/")
    query = "&".join(f"id={one.transfer_id}" for one in (dollars, bitcoin, gone))
    preview = page_of(clerk, f"/transfers/confirm/?{query}")
    assert "Confirm 2 withdrawals?" in preview
    assert "Left out: canceled already" in preview
    assert "16,000.12 usd" in preview
    assert bank.balance(account) == ("100", "40")
    sent = {"id": [dollars.transfer_id, bitcoin.transfer_id]}
    clerk.post(f"/transfers/{bitcoin.transfer_id}/cancel/")
    results = clerk.post("/transfers/confirm/", sent).content.decode()
    assert "1 withdrawal confirmed" in results
    assert "The withdrawal is Canceled already." in results
    assert bank.balance(account) == ("60", "0")
    assert bank.balance(account, "btc") == ("1", "0")


def test_a_whole_view_is_decided_at_once(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    for _ in range(3):
        bank.withdraw(account, "10")
    preview = page_of(clerk, "/transfers/cancel/?all=status%3DAwaitingConfirmation")
    assert "Cancel 3 withdrawals?" in preview
    assert clerk.get("/transfers/confirm/").status_code == 303


def test_the_list_filters_searches_and_shows_age(clerk: Client, account: str) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=5), tick=True):
        bank.deposit(account, "100")
    made = bank.withdraw(account, "40", key="order-77")
    page = page_of(clerk, "/transfers/?status=AwaitingConfirmation&column=type&column=age&column=deduplication_id")
    assert "order-77" in page
    assert 'class="age' in page
    assert f'href="/transfers/{made.transfer_id}/"' in page_of(clerk, "/transfers/?q=order-7")
    assert "No transfers match" in page_of(clerk, "/transfers/?q=order-8")
    assert f'href="/transfers/{made.transfer_id}/"' in page_of(clerk, "/palette/?q=order-77", **HTMX)


def test_hostile_names_stay_text(clerk: Client, account: str) -> None:
    back_api().users.update(bank.OWNER, "anna", UserChange(email="anna@example.com", name=HOSTILE, status="Active"))
    made = bank.deposit(account, "1", key=HOSTILE)
    for address in ("/transfers/", f"/transfers/{made.transfer_id}/", f"/transfers/deposit/?account={account}", f"/transfers/deposit/?q={HOSTILE}"):
        assert "<img src=x" not in page_of(clerk, address), address


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client, account: str) -> None:
    for _ in range(3):
        bank.deposit(account, "1")
    clerk.get("/transfers/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/transfers/")
    for _ in range(47):
        bank.deposit(account, "1")
    with CaptureQueriesContext(connection) as many:
        clerk.get("/transfers/")
    assert len(many) == len(few)


def test_steps_are_sent_only_when_they_changed(clerk: Client, account: str) -> None:
    made = bank.deposit(account, "1")
    page = clerk.get(f"/transfers/{made.transfer_id}/steps/", headers=HTMX).content.decode()
    assert "What happened" in page
    seen = clerk.get(f"/transfers/{made.transfer_id}/").context["seen"]
    assert clerk.get(f"/transfers/{made.transfer_id}/steps/?seen={seen}", headers=HTMX).status_code == 204


def test_a_withdrawal_waits_on_the_home_page(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    bank.withdraw(account, "40")
    assert "Withdrawal of 40.00 usd waits to be confirmed" in page_of(clerk, "/")
    assert Decimal(bank.balance(account)[1]) == 40


def test_the_first_load_of_the_list_is_small(clerk: Client, account: str) -> None:
    for _ in range(50):
        bank.deposit(account, "1234.56")
    page = clerk.get("/transfers/").content
    total = len(gzip.compress(page))
    for address in re.findall(rb'(?:src|href)="(/static/[^"]+)"', page):
        total += len(gzip.compress(b"".join(clerk.get(address.decode()).streaming_content)))  # type: ignore[arg-type]
    assert total <= FIRST_LOAD_BYTES, total
