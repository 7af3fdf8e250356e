"""A desk with its preconfigured roles and the people who work at it."""

import socket
from datetime import UTC, datetime
from typing import NoReturn

import pytest

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import ApiClientChange, ClientSecret, NewApiClient, NewOperator, Operator, RoleDraft
from backoffice.operators import models, preconfigured, tokens
from backoffice.services import desk, identity

PASSWORD = "correct horse battery"
OFFICE = "10.1.2.3"
TRACE = "trace-people"


# Somebody who proves all the time to be there.
ALWAYS = datetime.max.replace(tzinfo=UTC)


def person(name: str, *held: str) -> Actor:
    may = frozenset({*held, operations.OWN})
    return Actor(kind="operator", id=name, name=name, door="portal", operations=may, trace_id=TRACE, confirmed_at=ALWAYS)


ROOT = person("root", *operations.ALL)
STRANGER = person("stranger")


@pytest.fixture(autouse=True)
def _no_verdicts() -> None:
    tokens.forget()


@pytest.fixture
def roles(db: None) -> dict[str, str]:
    """Ids of the preconfigured roles by name."""
    preconfigured.ensure_roles()
    return dict(models.Role.objects.values_list("name", "id"))


@pytest.fixture
def administrator(roles: dict[str, str]) -> Operator:
    return make_operator("administrator", roles["Administrator"])


@pytest.fixture
def clerk(roles: dict[str, str]) -> Operator:
    return make_operator("clerk", roles["Support"])


@pytest.fixture
def client(db: None) -> ClientSecret:
    """A program that may see markets and manage them."""
    return desk().api_clients.create(ROOT, NewApiClient(name="crm", operations=["manage-markets", "view-common"]))


@pytest.fixture
def silence(client: ClientSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new connection to anywhere fails; the database's stands already."""

    def refuse(*args: object) -> NoReturn:
        raise AssertionError("this reaches out")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def make_operator(username: str, *role_ids: str) -> Operator:
    draft = NewOperator(username=username, name=username.title(), email=f"{username}@example.com", password=PASSWORD, roles=list(role_ids))
    return desk().operators.create(ROOT, draft)


def make_role(name: str, *granted: str) -> str:
    return desk().roles.create(ROOT, RoleDraft(name=name, operations=list(granted))).id


def signed_in(username: str, *, network: str = OFFICE) -> str:
    return identity().sign_in(username, PASSWORD, network=network, agent="Firefox")[0]


def actor_of(sign_in_id: str) -> Actor | None:
    return identity().actor_of_sign_in(sign_in_id, trace_id=TRACE)


def acting(username: str) -> Actor:
    actor = actor_of(signed_in(username))
    assert actor
    return actor


def change_client(client: ClientSecret, *granted: str, is_active: bool = True) -> None:
    desk().api_clients.update(ROOT, client.client_id, ApiClientChange(operations=list(granted), is_active=is_active))
