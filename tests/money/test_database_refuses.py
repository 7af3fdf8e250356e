"""What the database refuses whatever the code meant: the floor under every rule of money."""

import pytest
from django.db import DatabaseError, transaction

from backoffice.contracts.assets import NewAsset
from backoffice.contracts.errors import Invalid
from backoffice.services import back_api
from tests.money.bank import OWNER, deposit, scalar, withdraw

LEDGER = "INSERT INTO ledger_entry (journal_id, line, account_id, asset_id, amount, at) VALUES "
NEW_JOURNAL = "INSERT INTO ledger_journal (id, kind, at) VALUES ('J', 'Correction', now()); "


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE ledger_entry SET amount = amount + 1", "append-only"),
        ("DELETE FROM ledger_entry", "append-only"),
        ("UPDATE ledger_journal SET kind = 'Correction'", "append-only"),
        ("DELETE FROM ledger_journal", "append-only"),
        (NEW_JOURNAL + LEDGER + "('J', 1, 'external:usd', 'usd', 5, now())", "journal_sums_to_zero|sum to"),
        (NEW_JOURNAL + LEDGER + "('J', 1, 'external:usd', 'usd', 5, now()), ('J', 2, 'fees:btc', 'btc', -5, now())", "sum to"),
        (LEDGER + "((SELECT min(id) FROM ledger_journal), 3, 'fees:usd', 'usd', 'NaN', now())", "sane_number|sum to"),
        (LEDGER + "((SELECT min(id) FROM ledger_journal), 3, 'fees:usd', 'usd', 0, now())", "entry_moves_something"),
        ("UPDATE ledger_balance SET locked = total + 1", "balance_covers_what_is_locked"),
        ("UPDATE ledger_balance SET locked = -1", "balance_covers_what_is_locked"),
        ("UPDATE ledger_balance SET total = 'NaN'", "sane_number"),
        ("UPDATE ledger_hold SET amount = amount + 1", "hold"),
        ("DELETE FROM ledger_hold", "append-only"),
        ("UPDATE ledger_hold SET closed_at = now()", "hold_closes_with_an_outcome"),
        ("UPDATE transfers_transfer SET status = 'Failed', seq = seq + 1, failure_code = 'x' WHERE status = 'Completed'", "does not go from"),
        ("UPDATE transfers_transfer SET amount = amount + 1 WHERE type = 'Withdrawal'", "does not go from"),
        ("UPDATE transfers_transfer SET status = 'Completed', seq = seq + 1 WHERE type = 'Withdrawal'", "transfer_moves_money_when_completed"),
        ("UPDATE transfers_transfer SET status = 'Canceled', seq = seq + 2 WHERE type = 'Withdrawal'", "does not go from"),
        ("DELETE FROM transfers_transfer", "append-only"),
        ("UPDATE transfers_event SET status = 'Failed'", "append-only"),
        ("DELETE FROM transfers_event", "append-only"),
        ("UPDATE markets_asset SET scale = 4 WHERE id = 'usd'", "money of usd exists"),
    ],
)
def test_it_refuses(account: str, sql: str, says: str) -> None:
    deposit(account, "10")
    withdraw(account, "4")
    with pytest.raises(DatabaseError, match=says), transaction.atomic():
        scalar(sql + "; SELECT 1")


def test_a_scale_with_money_behind_it_is_refused_in_words(account: str) -> None:
    deposit(account, "10")
    finer = [NewAsset(id="usd", name="US Dollar", scale=4, type="Fiat")]
    with pytest.raises(Invalid, match="somebody has had some of it"):
        back_api().assets.sync(OWNER, finer)
    coarser_money = [NewAsset(id="btc", name="Bitcoin", scale=9, type="Crypto")]
    assert back_api().assets.sync(OWNER, coarser_money) == 1
