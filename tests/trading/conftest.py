"""The desk of the commissions' tests."""

from tests.commissions.conftest import accounts, anybody, api, caller, storage

__all__ = ["accounts", "anybody", "api", "caller", "storage"]
