"""A desk with a market whose prices are known."""

from tests.commissions.conftest import accounts, anybody, api, caller, storage

__all__ = ["accounts", "anybody", "api", "caller", "storage"]
