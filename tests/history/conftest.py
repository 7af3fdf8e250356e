"""Fixtures of history's tests."""

from tests.commissions.conftest import accounts, anybody, api, caller, storage

__all__ = ["accounts", "anybody", "api", "caller", "storage"]
