"""Operators in the portal: created, changed, ended, given passwords and signed out; nobody hands out more than they hold."""

import pytest
from django.test import Client

from backoffice.contracts.desk import Operator, RoleDraft
from backoffice.services import desk
from tests.portal.desk_people import OWNER, PASSWORD, make_operator, signed_in

DRAFT = {"username": "nina", "name": "Nina New", "email": "nina@example.com", "password": "  nine lives of a cat 9  "}


def operator_of(username: str) -> Operator:
    return next(one for one in desk().operators.find(OWNER) if one.username == username)


def sent(operator: Operator, **changes: object) -> dict[str, object]:
    version = desk().operators.get(OWNER, operator.id).version
    return {"name": operator.name, "email": operator.email, "isActive": "true", "roles": operator.roles, "version": version} | changes


def test_an_operator_is_created_and_signs_in(clerk: Client) -> None:
    role = desk().roles.create(OWNER, RoleDraft(name="Readers", operations=["view-common"]))
    answer = clerk.post("/settings/operators/new/", {**DRAFT, "roles": [role.id]})
    assert answer.headers["Location"] == f"/settings/operators/{operator_of('nina').id}/"
    assert Client().post("/sign-in/", {"username": "nina", "password": DRAFT["password"]}).status_code == 302
    assert "Nina New" in clerk.get("/settings/operators/").content.decode()


def test_what_is_wrong_stands_next_to_its_input_and_the_password_is_not_echoed(clerk: Client) -> None:
    answer = clerk.post("/settings/operators/new/", {**DRAFT, "email": "nobody", "password": "short-word"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Must be an e-mail address" in page
    assert "short-word" not in page
    assert 'value="Nina New"' in page


def test_nobody_hands_out_more_than_they_hold(catalogue: None) -> None:
    manager = signed_in("manage-operators", name="Max Manager")
    rich = desk().roles.create(OWNER, RoleDraft(name="Rich", operations=["manage-transfers"]))
    page = manager.get("/settings/operators/new/").content.decode()
    assert "It includes manage-transfers, which you do not hold" in page
    answer = manager.post("/settings/operators/new/", {**DRAFT, "roles": [rich.id]})
    assert answer.status_code == 400
    assert "includes manage-transfers, which you do not have" in answer.content.decode()
    assert all(one.username != "nina" for one in desk().operators.find(OWNER))


def test_ending_an_operator_ends_their_sign_ins(clerk: Client) -> None:
    username = make_operator("view-common", name="Vera")
    browser = Client()
    browser.post("/sign-in/", {"username": username, "password": PASSWORD})
    vera = operator_of(username)
    answer = clerk.post(f"/settings/operators/{vera.id}/", {name: value for name, value in sent(vera).items() if name != "isActive"})
    assert answer.status_code == 303
    assert not operator_of(username).is_active
    assert browser.get("/markets/").headers["Location"].startswith("/sign-in/")


def test_a_lost_race_keeps_what_was_typed(clerk: Client) -> None:
    vera = operator_of(make_operator("view-common", name="Vera"))
    stale = sent(vera, name="Vera Mine")
    assert clerk.post(f"/settings/operators/{vera.id}/", sent(vera, name="Vera Theirs")).status_code == 303
    answer = clerk.post(f"/settings/operators/{vera.id}/", stale)
    assert answer.status_code == 412
    assert 'value="Vera Mine"' in answer.content.decode()
    assert "Somebody saved a change meanwhile" in answer.content.decode()
    assert operator_of(vera.username).name == "Vera Theirs"


def test_a_new_password_is_set(clerk: Client) -> None:
    vera = operator_of(make_operator("view-common", name="Vera"))
    refused = clerk.post(f"/settings/operators/{vera.id}/password/", {"password": "password1234"})
    assert refused.status_code == 400
    assert "too common" in refused.content.decode()
    assert clerk.post(f"/settings/operators/{vera.id}/password/", {"password": "a wholly new word 77"}).status_code == 303
    assert Client().post("/sign-in/", {"username": vera.username, "password": "a wholly new word 77"}).status_code == 302


def test_a_password_of_somebody_who_may_do_more_is_not_set(catalogue: None) -> None:
    manager = signed_in("manage-operators", name="Max Manager")
    rich = operator_of(make_operator("manage-transfers", name="Rita"))
    answer = manager.post(f"/settings/operators/{rich.id}/password/", {"password": "a wholly new word 77"})
    assert answer.status_code == 400
    assert "manage-transfers, which you do not have" in answer.content.decode()


def test_somebody_elses_sign_in_is_ended(clerk: Client) -> None:
    username = make_operator("view-common", name="Vera")
    browser = Client()
    browser.post(
        "/sign-in/",
        {"username": username, "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0 Safari/537.36"},
    )
    page = clerk.get("/settings/sign-ins/").content.decode()
    assert "Chrome on Linux" in page
    assert page.count("This one") == 1
    theirs = next(one for one in desk().operators.sign_ins(OWNER) if one.operator_name == "Vera")
    answer = clerk.post(f"/settings/sign-ins/{theirs.id}/end/", {"next": "/settings/sign-ins/"})
    assert answer.headers["Location"] == "/settings/sign-ins/"
    assert browser.get("/markets/").status_code == 302


def test_the_list_narrows_by_role_and_state(clerk: Client) -> None:
    vera = operator_of(make_operator("view-common", name="Vera"))
    page = clerk.get(f"/settings/operators/?role={vera.roles[0]}").content.decode()
    assert "Vera" in page
    assert ">Ana Clerk</" not in page[page.index("<tbody>") : page.index("</tbody>")]
    assert "No operators match" in clerk.get("/settings/operators/?active=no").content.decode()


@pytest.mark.parametrize("path", ["/settings/operators/", "/settings/operators/new/", "/settings/sign-ins/"])
def test_operators_are_for_those_who_manage_them(viewer: Client, path: str) -> None:
    answer = viewer.get(path)
    assert answer.status_code == 403
    assert "manage-operators" in answer.content.decode()
