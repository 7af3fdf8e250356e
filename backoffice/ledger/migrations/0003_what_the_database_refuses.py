"""What no code may write, whatever it meant: triggers and checks beyond those of the models."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0003_what_the_database_refuses.sql"
BACKWARD = """
DROP INDEX balance_by_asset;
ALTER TABLE ledger_balance RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, autovacuum_vacuum_cost_delay);
DROP TRIGGER scale_is_kept ON markets_asset;
DROP FUNCTION ledger_asset_is_kept();
ALTER TABLE ledger_hold DROP CONSTRAINT hold_is_a_sane_number;
ALTER TABLE ledger_balance DROP CONSTRAINT balance_is_a_sane_number;
ALTER TABLE ledger_entry DROP CONSTRAINT entry_is_a_sane_number;
DROP TRIGGER never_deleted ON ledger_hold;
DROP TRIGGER closes_once ON ledger_hold;
DROP FUNCTION ledger_hold_closes_once();
DROP TRIGGER sums_to_zero ON ledger_entry;
DROP FUNCTION ledger_entries_balance();
DROP TRIGGER append_only ON ledger_entry;
DROP TRIGGER append_only ON ledger_journal;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_posting"),
        ("core", "0002_the_trail_only_grows"),
        ("markets", "0002_file_requesters"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD)]
