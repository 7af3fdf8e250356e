"""The portal obeys: a form that a policy holds changes nothing, and whoever sent it cannot approve it there."""

import re

from django.test import Client

from backoffice.services import back_api, desk
from tests.approvals.desk_of_two import policy
from tests.portal.conftest import catalogue, clerk
from tests.portal.desk_people import EVERYTHING, OWNER, signed_in
from tests.portal.posted import HTMX, page_of

__all__ = ["catalogue", "clerk"]


def names() -> list[str]:
    return [group.name for group in back_api().market_groups.find(OWNER)]


def asked(client: Client) -> str:
    answer = client.post("/groups/new/", {"name": "FX majors", "marketGroupId": ""})
    found = re.fullmatch(r"/approvals/(\w+)/", answer.headers["Location"])
    assert found, answer.headers["Location"]
    return found.group(1)


def test_a_held_form_leads_to_its_approval_and_changes_nothing(clerk: Client) -> None:
    policy("manage-markets")
    waiting = asked(clerk)
    assert "FX majors" in page_of(clerk, f"/approvals/{waiting}/")
    assert names() == ["Metals"]
    held = clerk.post("/groups/new/", {"name": "FX majors", "marketGroupId": ""}, headers=HTMX)
    assert (held.status_code, held.headers["HX-Redirect"], names()) == (200, f"/approvals/{waiting}/", ["Metals"])


def test_its_maker_does_not_approve_it_in_the_portal_and_another_does(clerk: Client) -> None:
    policy("manage-markets")
    waiting = asked(clerk)
    sent = {"hash": desk().approvals.get(OWNER, waiting).shown_hash, "reason": ""}
    refused = clerk.post(f"/approvals/{waiting}/approve/", sent)
    assert (refused.status_code, names()) == (403, ["Metals"])
    assert "Who asks for something does not approve it." in refused.content.decode()
    other = signed_in(*EVERYTHING, name="Charles Checker")
    done = other.post(f"/approvals/{waiting}/approve/", sent)
    assert (done.status_code, sorted(names())) == (303, ["FX majors", "Metals"])


def test_who_sees_another_thing_than_was_shown_approves_of_nothing(clerk: Client) -> None:
    policy("manage-markets")
    waiting = asked(clerk)
    other = signed_in(*EVERYTHING, name="Charles Checker")
    assert other.post(f"/approvals/{waiting}/approve/", {"hash": "0" * 64}).status_code == 409
    assert names() == ["Metals"]
