"""Whoever lets people in can give them no more than they hold, and cannot lock the desk for good."""

from typing import Any

import pytest

from backoffice.contracts.desk import NewOperator, Operator, OperatorChange, RoleDraft
from backoffice.contracts.errors import Invalid, NotFound, NotPermitted, Stale
from backoffice.core.models import AuditChange
from backoffice.operators import models
from backoffice.services import desk
from tests.operators.conftest import PASSWORD, ROOT, make_operator, make_role, person, signed_in

PORTER = person("porter", "manage-operators", "view-common")


def draft(**settings: Any) -> NewOperator:
    return NewOperator(**{"username": "clerk", "name": "Clerk", "email": "clerk@example.com", "password": PASSWORD, **settings})


def change(operator: Operator, **settings: Any) -> OperatorChange:
    kept = {"name": operator.name, "email": operator.email, "is_active": operator.is_active, "roles": operator.roles}
    return OperatorChange(**{**kept, **settings})


def test_a_new_operator_is_listed_with_their_roles(roles: dict[str, str]) -> None:
    made = desk().operators.create(ROOT, draft(username=" Clerk ", roles=[roles["Support"], roles["Auditor"]]))
    assert desk().operators.find(ROOT) == [made]
    assert (made.username, made.is_active, made.last_sign_in_at) == ("clerk", True, None)
    assert made.roles == [roles["Auditor"], roles["Support"]]
    signed_in("clerk")
    assert desk().operators.get(ROOT, made.id).value.last_sign_in_at


def test_the_trail_names_the_roles_and_holds_no_password(clerk: Operator) -> None:
    desk().operators.set_password(ROOT, clerk.id, "another good passphrase")
    made, password = AuditChange.objects.filter(object_type="operator", object_id=clerk.id).order_by("id")
    assert made.after == {"username": "clerk", "name": "Clerk", "email": "clerk@example.com", "isActive": "true", "roles": "Support"}
    assert (password.before, password.after) == ({"password": "set"}, {"password": "set anew"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "no blanks"),
        ("username", "administrator"),
        ("username", "ADMINISTRATOR"),
        ("username", ""),
        ("username", "a\0"),
        ("username", "x" * 65),
        ("name", " "),
        ("name", "two\nlines"),
        ("email", "nobody"),
        ("email", "a@example.com\nBcc: b@example.com"),
        ("password", "short"),
        ("password", "passwordpassword" * 9),
        ("password", "password1234\0"),
        ("password", "qwertyuiop12"),
        ("password", "clerk@example.com"),
        ("roles", ["no-such-role"]),
    ],
)
def test_a_faulty_field_is_named(administrator: Operator, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refused:
        desk().operators.create(ROOT, draft(**{field: value}))
    assert list(refused.value.fields) == [field]


def test_nobody_grants_what_they_do_not_hold(roles: dict[str, str], clerk: Operator) -> None:
    viewer = make_role("Viewer", "view-common")
    assert desk().operators.create(PORTER, draft(username="guest", roles=[viewer])).roles == [viewer]
    with pytest.raises(NotPermitted, match="audit-books"):
        desk().operators.create(PORTER, draft(username="friend", roles=[roles["Administrator"]]))
    with pytest.raises(NotPermitted):
        desk().operators.update(PORTER, clerk.id, change(clerk, roles=[*clerk.roles, roles["Auditor"]]))


def test_roles_that_stay_may_be_beyond_ones_own(clerk: Operator) -> None:
    desk().operators.update(PORTER, clerk.id, change(clerk, name="Renamed"))
    desk().operators.update(PORTER, clerk.id, change(clerk, roles=[]))
    assert desk().operators.get(ROOT, clerk.id).value.roles == []


def test_bringing_somebody_back_is_granting(clerk: Operator) -> None:
    desk().operators.update(PORTER, clerk.id, change(clerk, is_active=False))
    with pytest.raises(NotPermitted):
        desk().operators.update(PORTER, clerk.id, change(clerk, is_active=True))
    desk().operators.update(ROOT, clerk.id, change(clerk, is_active=True))


def test_nobody_sets_the_password_of_a_mightier_one(administrator: Operator) -> None:
    with pytest.raises(NotPermitted):
        desk().operators.set_password(PORTER, administrator.id, "another good passphrase")


def test_a_bad_new_password_is_refused(clerk: Operator) -> None:
    with pytest.raises(Invalid) as refused:
        desk().operators.set_password(ROOT, clerk.id, "clerk")
    assert list(refused.value.fields) == ["password"]


def test_a_stale_change_is_refused(clerk: Operator) -> None:
    version = desk().operators.get(ROOT, clerk.id).version
    desk().operators.update(ROOT, clerk.id, change(clerk, name="First"), version=version)
    with pytest.raises(Stale):
        desk().operators.update(ROOT, clerk.id, change(clerk, name="Second"), version=version)


def test_a_change_of_nothing_changes_no_version(clerk: Operator) -> None:
    version = desk().operators.get(ROOT, clerk.id).version
    desk().operators.update(ROOT, clerk.id, change(clerk))
    assert desk().operators.get(ROOT, clerk.id).version == version


def test_who_is_absent_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        desk().operators.get(ROOT, "nobody")
    with pytest.raises(NotFound):
        desk().operators.set_password(ROOT, "nobody", PASSWORD)


@pytest.mark.parametrize("settings", [{"is_active": False}, {"roles": []}])
def test_the_last_administrator_stays(administrator: Operator, settings: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="last active operator"):
        desk().operators.update(ROOT, administrator.id, change(administrator, **settings))
    assert desk().operators.get(ROOT, administrator.id).value == administrator


@pytest.mark.parametrize("settings", [{"is_active": False}, {"roles": []}])
def test_the_last_but_one_may_go(administrator: Operator, roles: dict[str, str], settings: dict[str, Any]) -> None:
    both = make_role("Doors", "manage-operators"), make_role("Rights", "manage-roles")
    make_operator("second", *both)
    desk().operators.update(ROOT, administrator.id, change(administrator, **settings))


def test_somebody_inactive_does_not_count(administrator: Operator, roles: dict[str, str]) -> None:
    make_operator("second", roles["Administrator"])
    models.Operator.objects.filter(username="second").update(is_active=False)
    with pytest.raises(Invalid, match="last active operator"):
        desk().operators.update(ROOT, administrator.id, change(administrator, is_active=False))


def test_their_role_keeps_what_they_need(administrator: Operator, roles: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="last active operator"):
        desk().roles.update(ROOT, roles["Administrator"], RoleDraft(name="Administrator", operations=["manage-operators"]))
