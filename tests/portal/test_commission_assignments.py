"""Who pays by which profile, in the portal; what an order would pay and why; pickers."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts.accounts import NewAccountGroup
from backoffice.contracts.commissions import AssignmentDraft, AssignmentPriority, NewAssignment
from backoffice.contracts.users import NewUser
from backoffice.services import back_api
from tests.money import bank
from tests.portal.commission_desk import open_desk
from tests.portal.desk_people import EVERYTHING, OWNER, signed_in
from tests.portal.posted import HTMX, form_of, page_of

EDITOR, HERE = '<form class="ranks"', "/commissions/assignments/"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def account(db: None) -> str:
    return open_desk()


@pytest.fixture
def clerk(account: str) -> Client:
    return signed_in(*EVERYTHING)


def outline() -> list[str]:
    found = back_api().commission_assignments.find(OWNER).value
    return [one.user_id or one.account_id or one.account_group_id or "everybody" for one in found]


def ids() -> list[str]:
    return [one.commission_assignment_id for one in back_api().commission_assignments.find(OWNER).value if not one.is_default]


def assign(client: Client, **who: str) -> int:
    sent = form_of(page_of(client, "/new/commission-assignment/"))
    return client.post("/new/commission-assignment/", sent | who).status_code


def asked(whose: str, **more: str) -> str:
    known = {"account": whose, "market": "cfd.xau_usd", "side": "Buy", "size": "100", "unit": "amount", "price": "2000", **more}
    return f"/commissions/explain/?{urlencode(known)}"


def test_a_client_an_account_and_a_group_are_assigned_and_named(clerk: Client, account: str) -> None:
    assert assign(clerk, userId="anna", commissionProfileId="default") == 303
    assert assign(clerk, accountId=account, commissionProfileId="vip") == 303
    assert outline() == ["retail", "anna", account, "everybody"]
    page = page_of(clerk, HERE)
    for named in ("Retail", "Anna", "Main of Anna", "Everybody else"):
        assert named in page
    assert "stand out" in page_of(clerk, f"{HERE}?profile=vip")


def test_an_assignment_that_names_nobody_or_two_is_refused_next_to_its_input(clerk: Client) -> None:
    for wrong in ({}, {"userId": "anna", "accountGroupId": "retail"}, {"userId": "nobody"}, {"accountGroupId": "retail"}):
        assert assign(clerk, commissionProfileId="vip", **wrong) == 400
    assert outline() == ["retail", "everybody"]


def test_the_order_is_a_draft_saved_whole_and_a_lost_race_shows_both(clerk: Client) -> None:
    assign(clerk, userId="anna", commissionProfileId="default")
    group, anna = ids()
    moved = clerk.post(f"{HERE}order/", form_of(page_of(clerk, HERE), EDITOR) | {"act": f"up:{anna}"}).content.decode()
    assert "2 moved" in moved
    assert outline() == ["retail", "anna", "everybody"]
    assert clerk.post(f"{HERE}order/", form_of(moved, EDITOR) | {"act": "save"}).status_code == 303
    assert outline() == ["anna", "retail", "everybody"]
    mine = clerk.post(f"{HERE}order/", form_of(page_of(clerk, HERE), EDITOR) | {"act": f"up:{group}"}).content.decode()
    wishes = [AssignmentPriority(commission_assignment_id=id, priority=number) for number, id in enumerate((group, anna), start=1)]
    back_api().commission_assignments.set_priorities(OWNER, wishes)
    lost = clerk.post(f"{HERE}order/", form_of(mine, EDITOR) | {"act": "save"})
    assert lost.status_code == 412
    assert "Both orders stand here" in lost.content.decode()


def test_an_assignment_is_changed_merged_and_removed(clerk: Client) -> None:
    [group] = ids()
    sent = form_of(page_of(clerk, f"{HERE}{group}/")) | {"commissionProfileId": "default"}
    back_api().commission_assignments.update(OWNER, group, AssignmentDraft(user_id="anna", commission_profile_id="vip"))
    lost = clerk.post(f"{HERE}{group}/", sent)
    assert lost.status_code == 412
    chosen = form_of(lost.content.decode(), f'<form method="post" action="{HERE}')
    assert clerk.post(f"{HERE}{group}/", chosen).status_code == 303
    assert outline() == ["anna", "everybody"]
    assert "Remove the assignment of Anna?" in page_of(clerk, f"{HERE}{group}/remove/")
    assert clerk.post(f"{HERE}{group}/remove/", {"version": "1"}).status_code == 412
    version = str(back_api().commission_assignments.get(OWNER, group).version)
    assert clerk.post(f"{HERE}{group}/remove/", {"version": version}).status_code == 303
    assert outline() == ["everybody"]


def test_who_may_only_look_is_refused(account: str) -> None:
    reader = signed_in("view-commission-rules", "view-common")
    assert 'value="up:' not in page_of(reader, HERE)
    [group] = ids()
    for address in (f"{HERE}order/", "/new/commission-assignment/", f"{HERE}{group}/", f"{HERE}{group}/remove/"):
        assert reader.post(address, {"act": "save"}).status_code == 403, address
    assert signed_in("view-common").get(HERE).status_code == 403


def test_pickers_find_by_name(clerk: Client, account: str) -> None:
    assert '<option value="anna">Anna, anna@example.com</option>' in page_of(clerk, "/commissions/pick/users/?userId=ann", **HTMX)
    assert f'<option value="{account}">Main of Anna, Retail</option>' in page_of(clerk, "/commissions/pick/accounts/?accountId=ann", **HTMX)
    assert '<option value="cfd.xau_usd">XAU/USD</option>' in page_of(clerk, "/commissions/pick/markets/?market=xau", **HTMX)
    assert page_of(clerk, "/commissions/pick/nothing/?q=ann").strip() == ""
    assert "anna" not in page_of(signed_in("view-commission-rules"), "/commissions/pick/users/?userId=ann")


def test_a_quote_is_explained_and_the_address_is_the_question(clerk: Client, account: str) -> None:
    page = page_of(clerk, asked(account))
    assert "100.00 usd" in page
    assert "Names the group retail, which the account is in" in page
    assert "Names this market" in page
    assert "A rule above it matched" in page
    floored = page_of(clerk, asked(account, size="1", price="10"))
    assert "the least an order pays" in floored
    part = page_of(clerk, asked(account), **HTMX)
    assert "<html" not in part


def test_a_question_that_cannot_be_answered_says_why(clerk: Client, account: str) -> None:
    assert "Ask for one order" in page_of(clerk, "/commissions/explain/")
    for wrong, said in (
        ({"account": "0" * 24}, "There is no account"),
        ({"market": "cfd.none"}, "There is no market cfd.none"),
        ({"price": "0"}, "greater than 0"),
        ({"size": "x"}, "Write a number"),
    ):
        answer = clerk.get(asked(account, **wrong))
        assert answer.status_code == 400, wrong
        assert said in answer.content.decode(), said


def test_accounts_and_markets_lead_to_the_question(clerk: Client, account: str) -> None:
    assert f"/commissions/explain/?account={account}" in page_of(clerk, f"/accounts/{account}/")
    assert "/commissions/explain/?market=cfd.xau_usd" in page_of(clerk, "/markets/cfd.xau_usd/")


def test_hostile_names_stay_text(clerk: Client) -> None:
    back_api().users.create(OWNER, NewUser(user_id="evil", email="evil@example.com", name=HOSTILE))
    back_api().account_groups.create(OWNER, NewAccountGroup(account_group_id="bad", name=HOSTILE))
    for who in ({"userId": "evil"}, {"accountGroupId": "bad"}):
        assert assign(clerk, commissionProfileId="vip", **who) == 303
    account = bank.open_account("evil")
    addresses = (HERE, "/new/commission-assignment/", asked(account), f"/commissions/explain/?account={HOSTILE}", "/commissions/pick/users/?q=evil")
    for address in (*addresses, *(f"{HERE}{id}/" for id in ids()), *(f"{HERE}{id}/remove/" for id in ids())):
        assert "<img src=x" not in page_of(clerk, address), address


def test_the_list_and_a_quote_ask_the_database_as_often_for_many_as_for_few(clerk: Client, account: str) -> None:
    def asked_times(address: str) -> int:
        clerk.get(address)
        with CaptureQueriesContext(connection) as found:
            clerk.get(address)
        return len(found)

    addresses = (HERE, asked(account))
    few = [asked_times(address) for address in addresses]
    for number in range(30):
        user = f"user{number}"
        back_api().users.create(OWNER, NewUser(user_id=user, email=f"{user}@example.com"))
        back_api().commission_assignments.create(OWNER, NewAssignment(user_id=user, commission_profile_id="vip"))
    for number in range(3):
        own = bank.open_account(f"user{number}")
        back_api().commission_assignments.create(OWNER, NewAssignment(account_id=own, commission_profile_id="vip"))
    back_api().commission_assignments.create(OWNER, NewAssignment(user_id="anna", commission_profile_id="vip"))
    # Naming clients and accounts costs three readings more, however many there are.
    assert all(now <= before + 3 for before, now in zip(few, [asked_times(address) for address in addresses], strict=True))
