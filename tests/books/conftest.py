"""Books with some of everything in them."""

import pytest

from tests.books import ledgers
from tests.books.ledgers import Ledger


@pytest.fixture
def ledger(db: None) -> Ledger:
    return ledgers.make()
