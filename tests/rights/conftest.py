"""Callers of the API, who have no storage of the desk's own."""

from tests.api.callers import caller, storage

__all__ = ["caller", "storage"]
