"""What every test may use."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

# The same examples on every machine, and none fails because the machine is slow.
settings.register_profile("desk", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
settings.load_profile("desk")


@pytest.fixture(scope="session")
def django_db_modify_db_settings_parallel_suffix(django_db_modify_db_settings_xdist_suffix: None) -> None:
    """Keep pytest-xdist's suffix; PYTEST_DB_SUFFIX sets apart several checkouts that share one server."""


def pytest_configure(config: pytest.Config) -> None:
    if suffix := os.environ.get("PYTEST_DB_SUFFIX"):
        from django.conf import settings  # noqa: PLC0415  settings need pytest-django's set-up first

        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_backoffice_{suffix}"


@pytest.fixture(scope="session", autouse=True)
def _no_session_outlives_the_tests(django_db_setup: None, django_db_blocker: pytest.Item) -> Iterator[None]:
    """A server thread of a browser test may still hold its connection when the database is dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
