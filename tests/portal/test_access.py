"""Who may do what, in the portal: a question as an address, roles side by side, and the review as a list and a file."""

from django.test import Client

from backoffice.contracts.desk import RoleDraft
from backoffice.services import desk
from tests.portal.desk_people import OWNER, signed_in


def test_a_question_is_answered_step_by_step(clerk: Client) -> None:
    role = desk().roles.create(OWNER, RoleDraft(name="Readers", operations=["view-common"])).id
    page = clerk.get(f"/settings/access/?who=role:{role}&action=markets.find").content.decode()
    assert "Allowed, HTTP 200" in page
    assert "View-common is given by Readers" in page
    refused = clerk.get(f"/settings/access/?who=role:{role}&action=transfers.deposit&amount=5&asset=usd").content.decode()
    assert "Refused, HTTP 403" in refused
    assert "No role gives manage-transfers" in refused


def test_a_question_that_is_none_is_told(clerk: Client) -> None:
    for query in ("who=robot:1&action=markets.find", "who=role:none&action=markets.find", "action=market.fly", "action=markets.find&amount=much"):
        answer = clerk.get(f"/settings/access/?{query}")
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode(), query


def test_a_refused_page_leads_to_its_reason(catalogue: None) -> None:
    browser = signed_in("view-common", name="Vera Viewer")
    refused = browser.get("/settings/roles/")
    assert refused.status_code == 403
    assert "/settings/access/?operation=manage-operators" in refused.content.decode()
    page = browser.get("/settings/access/?operation=manage-operators").content.decode()
    assert "No role gives manage-operators" in page
    assert "Vera Viewer (you)" in page


def test_roles_stand_side_by_side(clerk: Client) -> None:
    desk().roles.create(OWNER, RoleDraft(name="Readers", operations=["view-common"]))
    page = clerk.get("/settings/access/roles/").content.decode()
    assert "Readers" in page
    assert "manage-transfers" in page


def test_the_review_is_a_list_and_a_file(clerk: Client) -> None:
    assert "manage-operators" in clerk.get("/settings/access/review/").content.decode()
    answer = clerk.get("/settings/access/review/?export=csv")
    told = b"".join(answer) if answer.streaming else answer.content
    assert answer["Content-Type"].startswith("text/csv")
    assert b"Last used" in told


def test_the_review_is_for_who_manages_operators(catalogue: None) -> None:
    browser = signed_in("view-common", name="Vera Viewer")
    assert browser.get("/settings/access/review/").status_code == 403
    assert browser.get("/settings/access/roles/").status_code == 403
