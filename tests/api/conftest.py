"""Fixtures of the API's tests."""

from tests.api.callers import anybody, broker, caller, gold, storage

__all__ = ["anybody", "broker", "caller", "gold", "storage"]
