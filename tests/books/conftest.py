"""Books with some of everything in them."""

import pytest

from backoffice.history import rollups
from backoffice.services import BackApi
from tests.books import ledgers
from tests.books.ledgers import Ledger
from tests.commissions.conftest import accounts, api, storage
from tests.trading import records
from tests.trading.records import Told

__all__ = ["accounts", "api", "storage"]


@pytest.fixture
def ledger(db: None) -> Ledger:
    return ledgers.make()


@pytest.fixture
def told(api: BackApi, accounts: dict[str, str]) -> Told:
    """A short history of trading on a desk of its own, added to the totals."""
    told = records.tell(api, accounts["anna"])
    rollups.fold()
    return told
