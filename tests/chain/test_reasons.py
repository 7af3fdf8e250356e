"""Why somebody acts is kept with what they did, whichever door they came through; where this desk asks for it, nothing happens without."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.core.models import AuditRecord
from backoffice.services import back_api, desk
from tests.api.callers import OWNER, Caller, caller
from tests.chain.conftest import AUDITOR
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, signed_in

__all__ = ["caller"]

USERS = "/back-api/backoffice/v2/users"
pytestmark = pytest.mark.django_db


def reason() -> str:
    return AuditRecord.objects.latest("id").reason


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Client asked by phone", "Client asked by phone"),
        (quote("Grüße; 5 % zurück"), "Grüße; 5 % zurück"),
        ("  two \t words ", "two words"),
        ("", ""),
    ],
)
def test_a_program_says_it_in_a_header(caller: Any, sent: str, kept: str) -> None:
    dealer: Caller = caller("manage-accounts", "view-common")
    answer = dealer.post(USERS, {"userId": "anna", "email": "anna@example.com"}, X_Reason=sent)
    assert answer.status_code == 201, answer.content
    assert reason() == kept


@pytest.mark.parametrize("sent", ["x" * 501, "bad%00text", "bad%FFtext", "bell%07"])
def test_a_reason_that_cannot_be_kept_is_refused(caller: Any, sent: str) -> None:
    answer = caller("manage-accounts", "view-common").post(USERS, {"userId": "anna", "email": "anna@example.com"}, X_Reason=sent)
    assert (answer.status_code, "X-Reason" in answer.json()["errors"]) == (400, True)


def test_where_this_desk_asks_for_reasons_nothing_happens_without(caller: Any, settings: Any) -> None:
    settings.REASONS_NEEDED_FOR = ["manage-accounts"]
    dealer: Caller = caller("manage-accounts", "view-common")
    answer = dealer.post(USERS, {"userId": "anna", "email": "anna@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (400, "reason_needed")
    assert dealer.get(f"{USERS}/anna").status_code == 404
    assert dealer.post(USERS, {"userId": "anna", "email": "anna@example.com"}, X_Reason="new").status_code == 201


def test_a_person_says_it_in_any_form_and_the_timeline_shows_it(db: None) -> None:
    clerk = signed_in(*EVERYTHING)
    back_api().market_groups.create(OWNER, NewMarketGroup(market_group_id="short", name="Short lived"))
    assert 'name="why"' in clerk.get("/groups/short/delete/").content.decode()
    clerk.post("/groups/short/delete/", {"why": "nobody has it <b>", "version": "1"})
    assert (AuditRecord.objects.latest("id").action, reason()) == ("market_groups.delete", "nobody has it <b>")
    assert "nobody has it &lt;b&gt;" in clerk.get("/settings/audit/?reason=NOBODY").content.decode()
    assert "No records match" in clerk.get("/settings/audit/?reason=somebody").content.decode()


def test_a_transfer_keeps_its_own_reason_and_no_other_ones(db: None) -> None:
    bank.open_bank()
    account = bank.open_account()
    hurried = msgspec.structs.replace(bank.GATEWAY, reason="the client is in a hurry")
    back_api().transfers.deposit(hurried, bank.wanted(account, "10", key="a"))
    assert (AuditRecord.objects.latest("id").action, reason()) == ("transfers.deposit", "the client is in a hurry")
    back_api().transfers.deposit(bank.GATEWAY, bank.wanted(account, "10", key="b"))
    assert (AuditRecord.objects.latest("id").action, reason()) == ("transfers.deposit", "")
    assert [found.reason for found in desk().audit.find(AUDITOR, reason="IN A hurry")] == ["the client is in a hurry"]
