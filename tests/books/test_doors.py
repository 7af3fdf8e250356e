"""The books through the API and through the command line."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from backoffice.books.models import AuditPass
from backoffice.services import back_api
from tests.api.callers import Caller, anybody, caller
from tests.books.ledgers import Ledger, spoil
from tests.money.bank import OWNER

__all__ = ["anybody", "caller"]
WRONG = "UPDATE ledger_balance SET locked = locked + 1 WHERE account_id = %(anna)s AND asset_id = 'usd'"
RIGHT = "UPDATE ledger_balance SET locked = locked - 1 WHERE account_id = %(anna)s AND asset_id = 'usd'"


def test_from_a_violation_to_money_again(ledger: Ledger, anybody: Caller) -> None:
    spoil(WRONG, anna=ledger.anna)
    made = anybody.post("books/audit")
    assert (made.status_code, made.json()["isGreen"]) == (200, False)
    (found,) = [checked for checked in made.json()["invariants"] if checked["count"]]
    assert (found["id"], found["severity"]) == ("A3-locked", "error")
    assert found["examples"] == [{"objectType": "balance", "objectId": f"{ledger.anna}/usd", "detail": "31 is locked, its open holds sum to 30"}]

    order = {"deduplicationId": "a", "accountId": ledger.boris, "amount": "1", "assetId": "usd"}
    refused = anybody.post("/back-api/backoffice/transfers/deposit", order, media="application/json")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "books_closed", "2")
    assert anybody.get(f"/back-api/backoffice/transfers/{ledger.deposited}", media="application/json").status_code == 200
    assert anybody.get("books").json()["reason"] == f"Audit pass {made.json()['id']} found violations of A3-locked."
    assert anybody.post("books/reopen", {"reason": "Tried."}).status_code == 409

    spoil(RIGHT, anna=ledger.anna)
    assert anybody.post("books/audit").json()["isGreen"]
    assert anybody.post("books/reopen", {"reason": ""}).status_code == 400
    assert anybody.post("books/reopen", {"reason": "Mended."}).json()["closedAt"] is None
    assert anybody.post("/back-api/backoffice/transfers/deposit", order, media="application/json").status_code == 201
    assert [kept["isGreen"] for kept in anybody.get("books/passes?limit=5").json()] == [True, False]


def test_amounts_are_plain_text(ledger: Ledger, anybody: Caller) -> None:
    made = anybody.post("books/audit").json()
    house = {"fees": "0", "suspense": "0", "trading": "0"}
    assert made["totals"][0] == {"assetId": "btc", "clients": "0.00000001", "locked": "0", "external": "-0.00000001"} | house


def test_finance_sees_the_proof_and_does_not_make_it(ledger: Ledger, caller: Callable[..., Caller]) -> None:
    finance = caller("view-balances")
    assert (finance.get("books").status_code, finance.post("books/audit").status_code) == (200, 403)


def test_health_tells_of_closed_books_and_fails_when_the_auditor_does_not_come(ledger: Ledger) -> None:
    def health() -> dict[str, Any]:
        found: dict[str, Any] = Caller(None).get("/readyz").json()["checks"]["books"]
        return found

    assert (health()["ok"], health()["detail"]) == (True, "last audit pass 0 s ago")
    spoil(WRONG, anna=ledger.anna)
    back_api().books.audit(OWNER)
    assert (health()["ok"], health()["detail"]) == (True, "last audit pass 0 s ago; the books are closed and money is read-only")
    AuditPass.objects.update(started_at=timezone.now() - timedelta(hours=4))
    assert not health()["ok"]


def audit_books(*arguments: str) -> tuple[int, str]:
    told = StringIO()
    try:
        call_command("audit_books", *arguments, stdout=told)
    except SystemExit as left:
        return int(str(left.code)), told.getvalue()
    return 0, told.getvalue()


def test_the_command_prints_every_invariant_and_keeps_the_pass(ledger: Ledger) -> None:
    status, told = audit_books()
    assert (status, told.splitlines()[-1]) == (0, "8 entries; the books balance")
    assert told.splitlines()[0].startswith("A1            ok           In every journal")
    assert back_api().books.latest(OWNER).last_green.asked_by == "command line"


def test_the_command_names_what_is_wrong_and_fails(ledger: Ledger) -> None:
    spoil(WRONG, anna=ledger.anna)
    status, told = audit_books()
    assert (status, told.splitlines()[-1]) == (1, "8 entries; the books DO NOT BALANCE")
    assert f"balance {ledger.anna}/usd: 31 is locked, its open holds sum to 30" in told
    assert back_api().books.latest(OWNER).closed_at


def test_a_look_keeps_and_closes_nothing(ledger: Ledger) -> None:
    spoil(WRONG, anna=ledger.anna)
    status, told = audit_books("--only-look", "--json")
    found: dict[str, Any] = json.loads(told)
    assert (status, found["isGreen"], found["entriesCount"], "pass" in found) == (1, False, 8, False)
    assert (AuditPass.objects.count(), back_api().books.latest(OWNER).closed_at) == (0, None)


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_an_empty_desk_balances(db: None, arguments: tuple[str, ...]) -> None:
    assert audit_books(*arguments)[0] == 0
