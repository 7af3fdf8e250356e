"""The functions that write balances."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0002_posting.sql"
BACKWARD = """
DROP FUNCTION ledger_void(text, timestamptz);
DROP FUNCTION ledger_settle(text, text, text, text, timestamptz);
DROP FUNCTION ledger_hold(text, text, text, numeric, timestamptz);
DROP FUNCTION ledger_post(text, text, text, text, text, numeric, numeric, text, timestamptz);
DROP FUNCTION ledger_lock(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_journals_entries_balances_and_holds")]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD)]
