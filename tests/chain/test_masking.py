"""On screens of those who need not know, clients are letters; programs and those who may see them as they are."""

import pytest

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.users import NewUser, UserQuery
from backoffice.services import back_api, desk
from tests.money import bank
from tests.portal.desk_people import OWNER, content_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> str:
    bank.open_bank()
    account = bank.open_account()
    back_api().users.create(OWNER, NewUser(user_id="berg", email="anna.berg@example.com", name="Anna Berg"))
    bank.deposit(account, "10")
    return account


def viewer(door: str, *more: str) -> Actor:
    held = frozenset({"view-common", "view-transfers", "own", *more})
    return Actor(kind="operator", id="vera", name="Vera", door=door, operations=held)  # type: ignore[arg-type]  # a door of the parameters


@pytest.mark.parametrize(
    ("actor", "name", "email"),
    [
        (viewer("portal"), "A… B…", "a…@example.com"),
        (viewer("portal", "view-personal-data"), "Anna Berg", "anna.berg@example.com"),
        (viewer("portal", "manage-accounts"), "Anna Berg", "anna.berg@example.com"),
        (viewer("api"), "Anna Berg", "anna.berg@example.com"),
    ],
)
def test_clients_are_letters_on_screens_alone(account: str, actor: Actor, name: str, email: str) -> None:
    users = back_api().users
    found = [users.get(actor, "berg").value, *users.find(actor, UserQuery(search="berg")).items, *users.by_ids(actor, ["berg"])]
    assert {(one.name, one.email) for one in found} == {(name, email)}
    (change,) = desk().audit.timeline(actor, "user", "berg")[0].changes
    assert (change.after["name"], change.after["email"]) == (name, email)


def test_lists_of_other_things_hide_them_too(account: str) -> None:
    (seen,) = back_api().history.transfer_page(viewer("portal"), TransferQuery(limit=5)).items
    (known,) = back_api().history.transfer_page(viewer("api"), TransferQuery(limit=5)).items
    assert (seen.user_email[1:2], known.user_email[1:2]) == ("…", known.user_email[1:2])
    assert seen.user_email != known.user_email
    assert seen.transfer_id == known.transfer_id


def test_what_waits_is_called_by_letters_too(account: str) -> None:
    transfer = bank.withdraw(account, "4").transfer_id
    inbox = back_api().inbox
    known = inbox.get(viewer("portal", "view-personal-data"), "Withdrawal", transfer).name
    seen = [one.name for one in inbox.find(viewer("portal"), kind="Withdrawal").items]
    assert seen == [inbox.get(viewer("portal"), "Withdrawal", transfer).name]
    assert seen[0].startswith(known[0] + "…")
    assert known.partition("@")[0] not in seen[0]


def test_a_file_of_the_list_hides_what_the_list_hides(account: str) -> None:
    content = content_of(signed_in("view-common").get("/clients/?q=berg&export=csv"))
    assert "a…@example.com" in content
    assert "Anna" not in content
    assert "anna.berg@example.com" in content_of(signed_in("view-common", "view-personal-data").get("/clients/?q=berg&export=csv"))
