"""The double-entry ledger: journals, entries, balances and holds of accounts that it knows by id alone."""
