"""Approvals in the portal: a held form leads to its page, somebody else approves of what was shown, policies say what they hold."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from backoffice.approvals import policies
from backoffice.contracts.market_groups import MarketGroupChange
from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import KEYS, OWNER, policy
from tests.portal.desk_people import EVERYTHING, make_catalogue, signed_in
from tests.portal.posted import HTMX, form_of, page_of

ID = re.compile(r"/approvals/([0-9A-Z]{26})/")


@pytest.fixture(autouse=True)
def desk_keys(settings: Any) -> Iterator[None]:
    settings.CALLBACK_KEYS = KEYS
    policies.forget()
    yield
    policies.forget()


@pytest.fixture
def maker(db: None) -> Client:
    make_catalogue()
    policy("market_groups.update", name="Groups need two")
    return signed_in(*EVERYTHING, name="Mary Maker")


@pytest.fixture
def checker(maker: Client) -> Client:
    return signed_in(*EVERYTHING, name="Charles Checker")


def ask(maker: Client, name: str = "Precious <b>metals") -> str:
    sent = form_of(page_of(maker, "/groups/metals/edit/"))
    answer = maker.post("/groups/metals/edit/", {**sent, "name": name, "why": "They asked"})
    assert answer.status_code == 303, answer.content.decode()
    found = ID.search(answer["Location"])
    assert found
    return found[1]


def group() -> str:
    return back_api().market_groups.get(OWNER, "metals").value.name


def hash_of(client: Client, waiting: str) -> str:
    return form_of(page_of(client, f"/approvals/{waiting}/approve/"), '<form method="post" action="/approvals')["hash"]


def test_a_held_form_leads_to_its_approval_and_says_that_nothing_has_changed(maker: Client) -> None:
    waiting = ask(maker)
    assert group() == "Metals"
    page = page_of(maker, f"/approvals/{waiting}/")
    assert "Nothing has changed yet." in page
    assert "<del>Metals</del> → <ins>Precious &lt;b&gt;metals</ins>" in page
    assert "They asked" in page
    assert f'href="/approvals/{waiting}/cancel/"' in page
    assert f'href="/approvals/{waiting}/approve/"' not in page
    assert "Groups need two" in page


def test_a_fragment_that_is_held_leads_there_too(maker: Client) -> None:
    sent = form_of(page_of(maker, "/groups/metals/edit/"))
    answer = maker.post("/groups/metals/edit/", {**sent, "name": "New"}, headers=HTMX)
    assert ID.search(answer["HX-Redirect"])


def test_a_second_person_approves_of_what_was_shown(maker: Client, checker: Client) -> None:
    waiting = ask(maker)
    assert waiting in page_of(checker, "/approvals/")
    assert waiting not in page_of(maker, "/approvals/")
    assert waiting in page_of(maker, "/approvals/?view=mine")
    assert f'data-key="Approval:{waiting}"' in page_of(checker, "/")
    assert f'data-key="Approval:{waiting}"' not in page_of(maker, "/")
    shown = hash_of(checker, waiting)
    assert checker.post(f"/approvals/{waiting}/approve/", {"hash": "0" * 64}).status_code == 409
    answer = checker.post(f"/approvals/{waiting}/approve/", {"hash": shown, "then": "/"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert group() == "Precious <b>metals"
    assert "Charles Checker: Approved" in page_of(maker, f"/approvals/{waiting}/")


def test_nobody_approves_their_own_by_the_page(maker: Client) -> None:
    waiting = ask(maker)
    shown = hash_of(maker, waiting)
    assert maker.post(f"/approvals/{waiting}/approve/", {"hash": shown}).status_code == 403
    assert group() == "Metals"


def test_a_denial_says_why(maker: Client, checker: Client) -> None:
    waiting = ask(maker)
    assert checker.post(f"/approvals/{waiting}/deny/", {"reason": " "}).status_code == 400
    assert checker.post(f"/approvals/{waiting}/deny/", {"reason": "Not this year"}).status_code == 303
    page = page_of(maker, f"/approvals/{waiting}/")
    assert "Charles Checker: Denied" in page
    assert "Not this year" in page
    assert group() == "Metals"


def test_the_maker_takes_it_back(maker: Client) -> None:
    waiting = ask(maker)
    assert maker.post(f"/approvals/{waiting}/cancel/").status_code == 303
    assert desk().approvals.get(OWNER, waiting).state == "Cancelled"
    assert maker.post(f"/approvals/{waiting}/cancel/").status_code == 409


def test_what_has_moved_on_is_stale_and_says_so(maker: Client, checker: Client) -> None:
    waiting = ask(maker)
    shown = hash_of(checker, waiting)
    policies.forget()
    from_elsewhere = MarketGroupChange(name="Metals and more")
    for found in desk().approval_policies.find(OWNER):
        desk().approval_policies.delete(OWNER, found.id)
    policies.forget()
    back_api().market_groups.update(OWNER, "metals", from_elsewhere)
    answer = checker.post(f"/approvals/{waiting}/approve/", {"hash": shown})
    assert answer.status_code == 409
    assert "It is stale." in answer.content.decode()
    assert group() == "Metals and more"


def test_others_do_not_see_it(maker: Client, stranger: Client) -> None:
    waiting = ask(maker)
    assert stranger.get(f"/approvals/{waiting}/").status_code == 404
    assert waiting not in page_of(stranger, "/approvals/?view=all")


def test_breaking_the_glass_asks_why_in_red(maker: Client) -> None:
    waiting = ask(maker)
    question = page_of(maker, f"/approvals/{waiting}/break-glass/", **HTMX)
    assert "Every operator is told" in question
    assert '<button class="btn danger"' in question


def test_broken_glass_is_told_to_everybody(maker: Client, stranger: Client) -> None:
    waiting = ask(maker)
    assert maker.post(f"/approvals/{waiting}/break-glass/", {"reason": "Nobody else is here"}).status_code == 303
    assert group() == "Precious <b>metals"
    assert "Mary Maker broke the glass:" in page_of(stranger, "/")
    assert "Mary Maker broke the glass:" in page_of(stranger, "/approvals/")


def test_a_policy_is_made_changed_and_removed(maker: Client) -> None:
    sent = form_of(page_of(maker, "/settings/approval-policies/new/"))
    wrong = maker.post("/settings/approval-policies/new/", {**sent, "name": "Big money", "covers": "manage-transfers", "approversNeeded": "9"})
    assert wrong.status_code in (400, 403)
    assert all(found.name != "Big money" for found in desk().approval_policies.find(OWNER))


def test_policies_are_for_whoever_may_change_them(stranger: Client) -> None:
    for address in ("/settings/approval-policies/", "/settings/approval-policies/new/"):
        assert stranger.get(address).status_code == 403
