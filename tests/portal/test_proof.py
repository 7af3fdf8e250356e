"""The proof page: green, violated, closed, reopened; and who may do what there."""

import pytest
from django.db import connection
from django.test import Client

from backoffice.services import back_api
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, signed_in
from tests.portal.posted import page_of


@pytest.fixture
def account(db: None) -> str:
    bank.open_bank()
    return bank.open_account()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def spoil(account: str, by: str) -> None:
    """A total that no entry explains."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_balance SET total = total + %s WHERE account_id = %s", [by, account])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_before_the_first_audit_the_page_says_so(clerk: Client) -> None:
    assert "have not been audited yet" in page_of(clerk, "/proof/")


def test_an_audit_shows_every_invariant_and_the_totals(clerk: Client, account: str) -> None:
    bank.deposit(account, "100.5")
    answer = clerk.post("/proof/audit/", follow=True)
    page = answer.content.decode()
    assert "the books balance" in page
    assert "Green" in page
    assert "-100.50" in page
    for one in back_api().books.latest(bank.OWNER).last_pass.invariants:  # type: ignore[union-attr]
        assert one.id in page


def test_a_violation_closes_the_books_and_every_money_page_says_so(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    spoil(account, "1")
    page = clerk.post("/proof/audit/", follow=True).content.decode()
    assert "Violated" in page
    assert f"{account}/usd" in page
    for address in ("/transfers/", "/clients/", f"/accounts/{account}/"):
        assert "The books are closed: money is read-only." in page_of(clerk, address), address
    assert "The books are closed" in page_of(clerk, "/")
    assert "money is read-only" not in page_of(clerk, "/assets/")


def test_a_deposit_while_they_are_closed_keeps_its_id_for_later(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    spoil(account, "1")
    clerk.post("/proof/audit/")
    sent = {"deduplicationId": "portal-later", "accountId": account, "assetId": "usd", "amount": "5"}
    refused = clerk.post("/transfers/deposit/", sent)
    assert refused.status_code == 503
    assert 'value="portal-later"' in refused.content.decode()


def test_they_reopen_only_after_a_green_audit_and_with_a_reason(clerk: Client, account: str) -> None:
    bank.deposit(account, "100")
    spoil(account, "1")
    clerk.post("/proof/audit/")
    assert "Not before an audit is green" in page_of(clerk, "/proof/reopen/")
    assert clerk.post("/proof/reopen/", {"reason": "because"}).status_code == 400
    spoil(account, "-1")
    clerk.post("/proof/audit/")
    assert clerk.post("/proof/reopen/", {"reason": ""}).status_code == 400
    assert clerk.post("/proof/reopen/", {"reason": "A balance was edited by hand; put right."}).status_code == 303
    assert back_api().books.latest(bank.OWNER).closed_at is None
    assert "money is read-only" not in page_of(clerk, "/transfers/")


def test_finance_sees_the_proof_and_audits_nothing(account: str) -> None:
    finance = signed_in("view-balances", name="Fay Finance")
    page = page_of(finance, "/proof/")
    assert "This needs the operation audit-books" in page
    assert finance.post("/proof/audit/").status_code == 403
    assert finance.post("/proof/reopen/", {"reason": "x"}).status_code == 403
    assert signed_in("view-common", name="Sam Stranger").get("/proof/").status_code == 403
