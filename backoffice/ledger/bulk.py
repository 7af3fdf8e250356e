"""Many journals at once, as COPY takes them.

Whoever tells of them keeps the books of their accounts until it is done: what one batch says of a balance goes on from where the one before it
ended. An entry that somebody else posted meanwhile is then a number taken twice, which undoes the batch.
"""

from typing import NamedTuple

from backoffice.core.copying import copy, upsert

# A journal of a Trade, Swap or Funding has the id of its subject.
JOURNAL = ("id", "kind", "subject_id", "at")
# Entries of the house (external:usd, fees:usd, trading:usd) have neither seq nor balance_after.
ENTRY = ("journal_id", "line", "account_id", "asset_id", "amount", "seq", "balance_after", "at")
# What each account has behind the last of its entries: one line an account and asset.
BALANCE = ("account_id", "asset_id", "total", "locked", "seq", "updated_at")
# Open ones of orders that rest; withdrawals are never told in bulk.
HOLD = ("subject_id", "account_id", "asset_id", "amount", "opened_at")


class Postings(NamedTuple):
    """Lines of text with the columns above."""

    balances: list[str]
    journals: list[str]
    entries: list[str]
    holds: list[str]


def write(postings: Postings) -> None:
    """Within the caller's transaction. Balances first: they are the lock that all who move money take first."""
    upsert("ledger_balance", BALANCE, postings.balances, key=2)
    copy("ledger_journal", JOURNAL, postings.journals)
    copy("ledger_entry", ENTRY, postings.entries)
    copy("ledger_hold", (*HOLD, "kind"), [f"{line.rstrip()}\tOrder\n" for line in postings.holds])
