"""Fixtures of reports: a bank with transfers that are committed, since a report is made on a connection of its own."""

from tests.api.callers import anybody, caller, storage
from tests.history.test_replica import second
from tests.reports.desk import bank, fresh_bank, no_reports

__all__ = ["anybody", "bank", "caller", "fresh_bank", "no_reports", "second", "storage"]
