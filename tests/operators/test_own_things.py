"""What everybody may do about themselves: password, sign-ins, views."""

import pytest

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Operator, SavedView, SavedViewDraft
from backoffice.contracts.errors import Invalid, NotFound, TooMany
from backoffice.core.models import AuditChange
from backoffice.services import desk, identity
from tests.operators.conftest import OFFICE, PASSWORD, TRACE, acting, actor_of, make_operator, signed_in

NEW = "another good passphrase"


def view(
    name: str = "Open", *, section: str = "markets", query: str = "status=Open", shared_with: str | None = None, is_default: bool = False
) -> SavedViewDraft:
    return SavedViewDraft(section=section, name=name, query=query, shared_with=shared_with, is_default=is_default)


def names(found: list[SavedView]) -> list[str]:
    return [shown.name for shown in found]


def test_a_new_password_ends_the_other_sign_ins(clerk: Operator) -> None:
    here, there = signed_in("clerk"), signed_in("clerk")
    actor = actor_of(here)
    assert actor
    desk().own.change_password(actor, PASSWORD, NEW, keep=here)
    assert actor_of(here)
    assert actor_of(there) is None
    assert identity().sign_in("clerk", NEW, network=OFFICE, agent="")


@pytest.mark.parametrize(
    ("current", "new", "field"), [("wrong", NEW, "current"), ("x" * 500, NEW, "current"), (PASSWORD, "short", "new"), (PASSWORD, PASSWORD, "new")]
)
def test_a_wrong_or_weak_password_is_refused(clerk: Operator, current: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk().own.change_password(acting("clerk"), current, new)
    assert list(refused.value.fields) == [field]


def test_guesses_of_the_current_password_run_into_a_brake(clerk: Operator) -> None:
    for _ in range(10):
        with pytest.raises(Invalid):
            desk().own.change_password(acting("clerk"), "a wrong guess", NEW)
    with pytest.raises(TooMany):
        desk().own.change_password(acting("clerk"), PASSWORD, NEW)


def test_a_weak_new_password_is_no_guess(clerk: Operator) -> None:
    for _ in range(11):
        with pytest.raises(Invalid):
            desk().own.change_password(acting("clerk"), PASSWORD, "short")
    desk().own.change_password(acting("clerk"), PASSWORD, NEW)


def test_only_ones_own_sign_ins_are_seen_and_ended(clerk: Operator, administrator: Operator) -> None:
    here, there, theirs = signed_in("clerk"), signed_in("clerk", network="10.9.9.9"), signed_in("administrator")
    actor = actor_of(here)
    assert actor
    assert {shown.id: shown.is_current for shown in desk().own.sign_ins(actor, current=here)} == {here: True, there: False}
    desk().own.end_sign_in(actor, there)
    assert actor_of(there) is None
    with pytest.raises(NotFound):
        desk().own.end_sign_in(actor, theirs)
    assert actor_of(theirs)


def test_a_view_of_the_same_name_is_replaced(clerk: Operator) -> None:
    actor = acting("clerk")
    first = desk().own.save_view(actor, view())
    second = desk().own.save_view(actor, view(query="status=Disabled"))
    assert first.id == second.id
    assert desk().own.views(actor, "markets") == [second]
    assert desk().own.views(actor, "assets") == []
    assert AuditChange.objects.filter(object_type="saved_view").latest("id").after == {"query": "status=Disabled"}


def test_one_view_a_section_is_the_default(clerk: Operator) -> None:
    actor = acting("clerk")
    desk().own.save_view(actor, view("One", is_default=True))
    desk().own.save_view(actor, view("Two", is_default=True))
    desk().own.save_view(actor, view("Elsewhere", section="assets", is_default=True))
    assert {shown.name: shown.is_default for shown in desk().own.views(actor, "markets")} == {"One": False, "Two": True}


def test_a_shared_view_is_seen_by_its_role_only(roles: dict[str, str], clerk: Operator) -> None:
    make_operator("colleague", roles["Support"])
    make_operator("dealer", roles["Dealer"])
    desk().own.save_view(acting("clerk"), view("Private"))
    shared = desk().own.save_view(acting("clerk"), view("Shared", shared_with=roles["Support"], is_default=True))
    assert names(desk().own.views(acting("clerk"), "markets")) == ["Private", "Shared"]
    [seen] = desk().own.views(acting("colleague"), "markets")
    assert (seen.id, seen.is_own, seen.is_default) == (shared.id, False, False)
    assert desk().own.views(acting("dealer"), "markets") == []
    with pytest.raises(NotFound):
        desk().own.delete_view(acting("colleague"), shared.id)
    desk().own.delete_view(acting("clerk"), shared.id)
    assert names(desk().own.views(acting("clerk"), "markets")) == ["Private"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (view(" "), "name"),
        (view(section="Nowhere!"), "section"),
        (view(query="x" * 2_001), "query"),
        (view(query="a\0b"), "query"),
        (view(shared_with="nothing"), "sharedWith"),
    ],
)
def test_a_faulty_view_is_refused(clerk: Operator, draft: SavedViewDraft, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk().own.save_view(acting("clerk"), draft)
    assert list(refused.value.fields) == [field]


def test_sharing_with_a_role_one_does_not_hold_is_refused(clerk: Operator, roles: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        desk().own.save_view(acting("clerk"), view(shared_with=roles["Dealer"]))


def test_a_program_keeps_no_views(clerk: Operator) -> None:
    program = Actor(kind="client", id=clerk.id, name="crm", door="api", operations=frozenset({"own"}), trace_id=TRACE)
    assert desk().own.views(program, "markets") == []
    with pytest.raises(Invalid):
        desk().own.save_view(program, view())


def test_the_roles_one_holds(clerk: Operator) -> None:
    [role] = desk().own.roles(acting("clerk"))
    assert (role.name, role.operator_count) == ("Support", 1)
