"""What no code may write, whatever it meant: illegal moves, edits of what was said, references that lead nowhere."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0003_what_the_database_refuses.sql"
BACKWARD = """
ALTER TABLE callbacks_callback DROP CONSTRAINT callback_has_an_event;
ALTER TABLE ledger_hold DROP CONSTRAINT hold_has_a_transfer;
DROP INDEX transfer_of_a_journal;
ALTER TABLE transfers_transfer
    DROP CONSTRAINT transfer_is_a_sane_number, DROP CONSTRAINT transfer_id_of_the_caller_is_plain,
    DROP CONSTRAINT transfer_has_a_balance, DROP CONSTRAINT transfer_has_a_journal;
DROP TRIGGER append_only ON transfers_event;
DROP TRIGGER never_deleted ON transfers_transfer;
DROP TRIGGER moves_along_its_arrows ON transfers_transfer;
DROP FUNCTION transfers_move_is_legal();
"""


class Migration(migrations.Migration):
    dependencies = [("transfers", "0002_moving_money")]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD)]
