"""Fixtures of the portal's tests: a small catalogue and browsers of people named by role."""

import pytest
from django.test import Client

from tests.portal.desk_people import EVERYTHING, VIEWER, make_catalogue, signed_in


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
