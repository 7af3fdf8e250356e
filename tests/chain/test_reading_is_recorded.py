"""What is taken along or seen of people is on record: who, what, how many rows; it is no change, and no timeline of changes takes it for one."""

import pytest
from django.test import Client

from backoffice.contracts.audit import AuditRecord
from backoffice.services import back_api, desk
from tests.chain.conftest import AUDITOR
from tests.money import bank
from tests.portal.desk_people import EVERYTHING, OWNER, content_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> str:
    bank.open_bank()
    account = bank.open_account()
    bank.deposit(account, "10")
    return account


@pytest.fixture
def clerk() -> Client:
    return signed_in(*EVERYTHING, name="Ana Clerk")


def newest(action: str) -> AuditRecord:
    return desk().audit.find(AUDITOR, action=action, limit=1)[0]


def test_a_file_of_a_list_is_recorded_with_its_rows_and_not_with_what_was_searched(clerk: Client, account: str) -> None:
    content_of(clerk.get("/clients/?q=example&export=csv"))
    record = newest("lists.export")
    (change,) = record.changes
    assert (record.actor_name, change.object_type, change.object_id, change.read_rows) == ("Ana Clerk", "list", "clients", 1)
    assert (change.before, change.after["format"], change.after["filters"]) == ({}, "Csv", "q")
    assert "example" not in str(change.after)


def test_a_statement_is_recorded_at_its_account(clerk: Client, account: str) -> None:
    clerk.get(f"/accounts/{account}/statement.csv?asset=usd&first=2020-01-01&last=2030-01-01")
    (change,) = newest("ledger.statement").changes
    assert (change.object_type, change.object_id, change.read_rows, change.after["assetId"]) == ("account", account, 1, "usd")


def test_looking_at_a_client_is_recorded_and_is_no_change(clerk: Client, account: str) -> None:
    user_id = back_api().accounts.by_id(OWNER, account).value.user_id
    changed = desk().audit.timeline(OWNER, "user", user_id, limit=1)
    since = desk().audit.latest(OWNER)
    assert clerk.get(f"/clients/{user_id}/").status_code == 200
    (change,) = newest("users.show").changes
    assert (change.object_id, change.read_rows, change.after) == (user_id, 1, {})
    assert desk().audit.timeline(OWNER, "user", user_id, limit=1, is_change=True) == changed
    assert desk().audit.timeline(OWNER, "user", user_id, limit=1)[0].action == "users.show"
    assert desk().audit.touched(OWNER, "user", since=since) == 0


def test_rules_taken_along_are_recorded_for_programs_as_well() -> None:
    _, place = back_api().rule_files.download(OWNER)
    (change,) = newest("rule_files.download").changes
    assert (change.object_id, change.read_rows) == ("every", len(place.read_text().splitlines()) - 1)
