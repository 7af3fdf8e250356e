"""A dealer, a second dealer, and somebody who may decide but not deal."""

from collections.abc import Iterator
from typing import Any

import pytest

from backoffice.approvals import policies
from backoffice.contracts.actor import Actor
from tests.approvals.desk_of_two import KEYS, person, role
from tests.domain.conftest import api as api

DEALS = ("view-common", "manage-markets", "manage-assets", "manage-transfers", "view-transfers", "decide-approvals")


@pytest.fixture(autouse=True)
def desk_keys(settings: Any) -> Iterator[None]:
    settings.CALLBACK_KEYS = KEYS
    policies.forget()
    yield
    policies.forget()


@pytest.fixture
def dealing(db: None) -> str:
    return role("Dealing", *DEALS)


@pytest.fixture
def maker(dealing: str) -> Actor:
    return person("mary", dealing)


@pytest.fixture
def checker(dealing: str) -> Actor:
    return person("charles", dealing)
