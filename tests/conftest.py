"""What every test may use."""

import os

import pytest
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
