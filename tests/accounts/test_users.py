"""Users: their ids and addresses are their own, and what they are is told in few words."""

from typing import Any

import pytest

from backoffice.contracts.errors import Invalid, NotFound, NotPermitted, Stale
from backoffice.contracts.users import NewUser, User, UserChange, UserQuery, UserSort
from backoffice.core.models import AuditChange
from backoffice.services import back_api
from tests.domain.conftest import person
from tests.money.bank import OWNER, open_account


def make(user_id: str | None = None, email: str = "anna@example.com", **more: Any) -> User:
    return back_api().users.create(OWNER, NewUser(user_id=user_id, email=email, **more))


def ids(**asked: Any) -> list[str]:
    return [user.user_id for user in back_api().users.find(OWNER, UserQuery(**asked)).items]


@pytest.mark.parametrize("user_id", ["a", "A-1_b.c", "0" * 64, "9d3c1c6e-8a7d-4a53-9f0e-0c8a2d4c6f11"])
def test_the_caller_may_name_the_user(db: None, user_id: str) -> None:
    assert make(user_id).user_id == user_id
    assert back_api().users.get(OWNER, user_id).value.status == "Active"


def test_without_an_id_one_is_made(db: None) -> None:
    assert len(make().user_id) == 36


@pytest.mark.parametrize("user_id", ["", ".", "..", "-a", "a b", "a/b", "ä", "a" * 65, "a\n", "a%"])
def test_an_odd_id_is_refused(db: None, user_id: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(user_id)
    assert list(refused.value.fields) == ["userId"]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "@example.com",
        "a@b",
        "a@@example.com",
        "a b@example.com",
        "a@example..com",
        "a@example.com\n",
        "a<b>@example.com",
        "a" * 65 + "@x.de",
    ],
)
def test_an_odd_address_is_refused(db: None, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        make("a", email)
    assert list(refused.value.fields) == ["email"]


@pytest.mark.parametrize("name", ["Łukasz Wójcik", "أمل حداد", "王小明", "Jürgen Groß", "x" * 100, None])
def test_a_name_is_of_any_script(db: None, name: str | None) -> None:
    assert make("a", name=name).name == name


@pytest.mark.parametrize("name", ["", " ", " a", "a\tb", "x" * 101, "a\u202eb"])
def test_an_odd_name_is_refused(db: None, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        make("a", name=name)
    assert list(refused.value.fields) == ["name"]


def test_an_id_and_an_address_belong_to_one_user_however_the_address_is_cased(db: None) -> None:
    make("anna", "Anna@Example.com")
    for user_id, email, field in (("anna", "x@example.com", "userId"), ("ben", "ANNA@example.COM", "email")):
        with pytest.raises(Invalid) as refused:
            make(user_id, email)
        assert list(refused.value.fields) == [field]
    make("Anna", "other@example.com")
    with pytest.raises(Invalid):
        back_api().users.update(OWNER, "Anna", UserChange(email="anna@example.com", name=None, status="Active"))
    back_api().users.update(OWNER, "anna", UserChange(email="anna@example.com", name=None, status="Active"))


def test_a_change_is_recorded_and_held_against_the_version_seen(db: None) -> None:
    make("anna")
    halted = UserChange(email="anna@example.com", name="Anna", status="Halted")
    back_api().users.update(OWNER, "anna", halted, version=1)
    change = AuditChange.objects.latest("id")
    assert (change.object_type, change.before, change.after) == ("user", {"name": None, "status": "Active"}, {"name": "Anna", "status": "Halted"})
    with pytest.raises(Stale):
        back_api().users.update(OWNER, "anna", halted, version=1)
    back_api().users.update(OWNER, "anna", halted, version=2)
    assert back_api().users.get(OWNER, "anna").version == 2
    with pytest.raises(NotFound):
        back_api().users.update(OWNER, "nobody", halted)


def test_users_are_found_by_any_part_of_what_they_are_called(account: str) -> None:
    make("crm-1", "lukasz@example.pl", name="Łukasz Wójcik", status="Frozen")
    make("CRM-2", "wang@example.cn", name="王小明")
    assert ids(search="crm-", sort=UserSort(field="UserId", direction="Asc")) == ["CRM-2", "crm-1"]
    assert ids(search="WÓJC") == ids(search="@EXAMPLE.PL") == ids(statuses=["Frozen", "Terminated"]) == ["crm-1"]
    assert ids(search="小明") == ["CRM-2"]
    assert ids(search=account) == ids(account_group_ids=["retail"]) == ["anna"]
    assert ids(search="%") == ids(search="_") == ids(account_group_ids=["none"]) == []


@pytest.mark.parametrize("field", ["UserId", "Email", "Name", "CreatedAt", "UpdatedAt"])
@pytest.mark.parametrize("direction", ["Asc", "Desc"])
def test_pages_meet_without_a_gap(db: None, field: Any, direction: Any) -> None:
    for number, name in enumerate(["b", None, "b", "A", "ä", None, "a"]):
        make(f"u{number}", f"{'xXyY'[number % 4]}{number}@example.com", name=name)
    sort = UserSort(field=field, direction=direction)
    whole = ids(sort=sort)
    paged: list[str] = []
    after = None
    while True:
        page = back_api().users.find(OWNER, UserQuery(sort=sort, limit=2, after=after))
        assert (page.total, page.is_exceeded) == (7, False)
        paged += [user.user_id for user in page.items]
        if (after := page.next) is None:
            break
    assert paged == whole
    assert len(whole) == len(set(whole)) == 7


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1_001}, {"after": "nonsense"}, {"after": "WyJOYW1lIiwiYSIsImIiXQ=="}])
def test_an_odd_page_is_refused(db: None, asked: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ids(**asked)


def test_users_are_seen_and_changed_only_with_the_right(db: None) -> None:
    support, stranger = person("support", "view-common"), person("stranger")
    with pytest.raises(NotPermitted):
        back_api().users.create(support, NewUser(email="a@example.com"))
    with pytest.raises(NotPermitted):
        back_api().users.find(stranger, UserQuery())
    assert back_api().users.find(support, UserQuery()).items == []


def test_a_page_costs_the_same_however_many_it_shows(account: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        ids()
    for number in range(47):
        make(f"u{number}", f"u{number}@example.com")
    open_account("u1")
    with django_assert_num_queries(2):
        assert len(ids()) == 48
