"""The functions that open and close transfers."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0002_moving_money.sql"
BACKWARD = """
DROP FUNCTION transfers_close(text, text, text, text, core_actor, transfers_callback);
DROP FUNCTION transfers_open(transfers_wanted, core_actor, transfers_callback);
DROP FUNCTION transfers_note(transfers_transfer, jsonb, jsonb, core_actor, text, transfers_callback);
DROP FUNCTION transfers_forbidden(text);
DROP FUNCTION transfers_unfit(transfers_wanted, transfers_callback);
DROP FUNCTION transfers_are_books_closed();
DROP FUNCTION transfers_is_callback_allowed(transfers_callback);
DROP FUNCTION transfers_told_time(timestamptz);
DROP FUNCTION transfers_now(timestamptz);
DROP TYPE transfers_callback;
DROP TYPE transfers_wanted;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("transfers", "0001_transfers_and_their_events"),
        ("accounts", "0001_users_accounts_and_groups"),
        ("callbacks", "0001_outbox_of_callbacks"),
        ("core", "0003_records_from_sql"),
        ("ledger", "0003_what_the_database_refuses"),
        ("markets", "0003_rates_to_one_root_asset"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD)]
