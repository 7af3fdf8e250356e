"""Fixtures of the portal's tests: a small catalogue and browsers of people named by role."""

import time
from collections.abc import Iterator

import pytest
from django.test import Client

from backoffice.approvals import policies
from backoffice.core import arming
from tests.portal.desk_people import EVERYTHING, VIEWER, make_catalogue, signed_in


@pytest.fixture(autouse=True)
def _looked_up_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is asked again every few seconds would make pages differ in how often they ask the database."""
    monkeypatch.setattr(arming, "KEPT_SECONDS", 3_600.0)
    monkeypatch.setattr(arming, "_known", (time.monotonic(), True))
    monkeypatch.setattr(policies, "KEPT_SECONDS", 3_600.0)
    monkeypatch.setattr(policies._Kept, "policies", ())
    monkeypatch.setattr(policies._Kept, "until", float("inf"))
    yield
    policies.forget()


@pytest.fixture
def catalogue(db: None) -> None:
    make_catalogue()


@pytest.fixture
def clerk(catalogue: None) -> Client:
    """May do everything."""
    return signed_in(*EVERYTHING)


@pytest.fixture
def viewer(catalogue: None) -> Client:
    """May look, not touch."""
    return signed_in(*VIEWER, name="Vera Viewer")


@pytest.fixture
def stranger(db: None) -> Client:
    """Signed in, with a role that allows nothing of the catalogue."""
    return signed_in("view-balances", name="Sam Stranger")
