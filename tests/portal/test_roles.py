"""Roles in the portal: sets of operations, handed out only by those who hold them."""

import re

from django.test import Client

from backoffice.contracts.desk import Role, RoleDraft
from backoffice.services import desk
from tests.portal.desk_people import OWNER, signed_in


def made(name: str = "Readers", *operations: str) -> Role:
    return desk().roles.create(OWNER, RoleDraft(name=name, operations=list(operations)))


def sent(role: Role, **changes: object) -> dict[str, object]:
    return {"name": role.name, "operations": role.operations, "version": desk().roles.get(OWNER, role.id).version} | changes


def test_a_role_is_created_and_changed(clerk: Client) -> None:
    created = clerk.post("/settings/roles/new/", {"name": "Dealers", "operations": ["view-common", "manage-markets"]})
    role = next(one for one in desk().roles.find(OWNER) if one.name == "Dealers")
    assert created.headers["Location"] == f"/settings/roles/{role.id}/"
    assert clerk.post(f"/settings/roles/{role.id}/", sent(role, operations=["view-common"])).status_code == 303
    assert desk().roles.get(OWNER, role.id).value.operations == ["view-common"]


def test_a_taken_name_is_refused(clerk: Client) -> None:
    made("Readers")
    answer = clerk.post("/settings/roles/new/", {"name": "Readers", "operations": ["view-common"]})
    assert answer.status_code == 400
    assert "Readers is taken" in answer.content.decode()
    assert re.search(r'value="view-common" checked', answer.content.decode())


def test_operations_one_lacks_are_disabled_with_the_reason_and_refused(catalogue: None) -> None:
    editor = signed_in("manage-roles", "manage-operators", "view-common", name="Ed Editor")
    page = editor.get("/settings/roles/new/").content.decode()
    assert re.search(r'value="manage-transfers" disabled', page)
    assert "You do not hold it yourself" in page
    answer = editor.post("/settings/roles/new/", {"name": "Rich", "operations": ["manage-transfers"]})
    assert answer.status_code == 400
    assert "manage-transfers, which you do not have" in answer.content.decode()


def test_what_a_role_holds_already_may_stay_or_go(catalogue: None) -> None:
    role = made("Rich", "manage-transfers", "view-common")
    editor = signed_in("manage-roles", "manage-operators", "view-common", name="Ed Editor")
    assert not re.search(r'value="manage-transfers" checked disabled', editor.get(f"/settings/roles/{role.id}/").content.decode())
    assert editor.post(f"/settings/roles/{role.id}/", sent(role, name="Richer")).status_code == 303


def test_a_lost_race_is_told(clerk: Client) -> None:
    role = made("Readers", "view-common")
    stale = sent(role, name="Mine")
    clerk.post(f"/settings/roles/{role.id}/", sent(role, name="Theirs"))
    answer = clerk.post(f"/settings/roles/{role.id}/", stale)
    assert answer.status_code == 412
    assert 'value="Mine"' in answer.content.decode()


def test_a_role_goes_only_when_nobody_holds_it(clerk: Client) -> None:
    role = made("Readers", "view-common")
    assert clerk.post(f"/settings/roles/{role.id}/delete/", {"version": "1"}).headers["Location"] == "/settings/roles/"
    held = next(one for one in desk().roles.find(OWNER) if one.operator_count)
    answer = clerk.post(f"/settings/roles/{held.id}/delete/", {"version": "1"})
    assert answer.status_code == 400
    assert "is held by Ana Clerk" in answer.content.decode()


def test_who_may_only_read_roles_sees_them_fixed(catalogue: None) -> None:
    reader = signed_in("manage-operators", name="Rea Reader")
    role = made("Readers", "view-common")
    page = reader.get(f"/settings/roles/{role.id}/").content.decode()
    assert "manage-roles" in page
    assert ">Save<" not in page
    assert reader.get("/settings/roles/new/").status_code == 403
    assert reader.post(f"/settings/roles/{role.id}/", sent(role, name="Mine")).status_code == 403
