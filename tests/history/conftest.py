"""Fixtures of history's tests."""

from tests.api.callers import anybody, caller, storage

__all__ = ["anybody", "caller", "storage"]
