"""A role is a set of operations that starts empty and never holds more than its author."""

import pytest

from backoffice.contracts import operations
from backoffice.contracts.desk import Operator, RoleDraft
from backoffice.contracts.errors import InUse, Invalid, NotFound, NotPermitted, Stale
from backoffice.services import desk
from tests.operators.conftest import ROOT, make_operator, make_role, person

REGISTRAR = person("registrar", "manage-roles", "manage-operators", "view-common")


def test_a_new_role_opens_nothing(db: None) -> None:
    role = desk().roles.create(ROOT, RoleDraft(name="Newcomer"))
    assert (role.operations, role.operator_count) == ([], 0)


def test_roles_are_listed_with_how_many_hold_them(roles: dict[str, str], clerk: Operator) -> None:
    found = {role.name: role for role in desk().roles.find(ROOT)}
    assert list(found) == ["Administrator", "Auditor", "Dealer", "Finance", "Support"]
    assert (found["Support"].operator_count, found["Auditor"].operator_count) == (1, 0)
    assert set(found["Administrator"].operations) == set(operations.ALL)
    assert all(name.startswith("view-") for name in found["Support"].operations)
    assert set(found["Auditor"].operations) == {*found["Support"].operations, "view-audit", "audit-books"} - {"view-personal-data"}


def test_nobody_puts_in_what_they_do_not_hold(db: None) -> None:
    with pytest.raises(NotPermitted, match="view-trades"):
        desk().roles.create(REGISTRAR, RoleDraft(name="Traders", operations=["view-common", "view-trades"]))
    role = make_role("Traders", "view-trades")
    desk().roles.update(REGISTRAR, role, RoleDraft(name="Traders", operations=["view-common", "view-trades"]))
    with pytest.raises(NotPermitted, match="view-orders"):
        desk().roles.update(REGISTRAR, role, RoleDraft(name="Traders", operations=["view-orders"]))


def test_an_unknown_operation_is_refused_with_the_nearest(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        desk().roles.create(ROOT, RoleDraft(name="Typo", operations=["manage-market", "own"]))
    assert refused.value.fields["operations"][0] == "there is no operation manage-market; did you mean manage-markets?"
    assert refused.value.fields["operations"][1].startswith("there is no operation own")


@pytest.mark.parametrize("name", ["", " ", "Support", "x" * 51, "a\0b"])
def test_a_faulty_name_is_refused(roles: dict[str, str], name: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk().roles.create(ROOT, RoleDraft(name=name))
    assert list(refused.value.fields) == ["name"]


def test_a_role_in_use_stays_and_names_its_people(roles: dict[str, str]) -> None:
    for number in range(12):
        make_operator(f"clerk-{number:02}", roles["Support"])
    with pytest.raises(InUse, match=r"Clerk-00, Clerk-01.*Clerk-09 and 2 more"):
        desk().roles.delete(ROOT, roles["Support"])
    desk().roles.delete(ROOT, roles["Finance"])
    with pytest.raises(NotFound):
        desk().roles.get(ROOT, roles["Finance"])


def test_a_stale_change_is_refused(roles: dict[str, str]) -> None:
    version = desk().roles.get(ROOT, roles["Support"]).version
    desk().roles.update(ROOT, roles["Support"], RoleDraft(name="Desk", operations=["view-common"]), version=version)
    with pytest.raises(Stale):
        desk().roles.delete(ROOT, roles["Support"], version=version)
