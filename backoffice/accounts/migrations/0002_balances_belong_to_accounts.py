"""A balance is of an account that exists: closing an account and a first deposit to it meet on the account's row."""

from django.db import migrations

ADD = """
ALTER TABLE ledger_balance
    ADD CONSTRAINT balance_of_an_account FOREIGN KEY (account_id) REFERENCES accounts_account (id),
    ADD CONSTRAINT balance_in_an_asset FOREIGN KEY (asset_id) REFERENCES markets_asset (id);
"""
REMOVE = "ALTER TABLE ledger_balance DROP CONSTRAINT balance_of_an_account, DROP CONSTRAINT balance_in_an_asset;"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_users_accounts_and_groups"),
        ("ledger", "0001_journals_entries_balances_and_holds"),
        ("markets", "0001_markets_calendars_categories_and_files"),
    ]

    operations = [migrations.RunSQL(ADD, REMOVE)]
