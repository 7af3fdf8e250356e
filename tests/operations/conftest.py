"""Somebody who may do everything, at a small catalogue."""

from tests.portal.conftest import catalogue, clerk

__all__ = ["catalogue", "clerk"]
