"""Whatever is written counts; what stood there before waits to be folded like anything else."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0002_what_is_written_counts.sql"
BACKWARD = """
DROP TRIGGER count_orders ON trading_order;
DROP TRIGGER count_executions ON trading_execution;
DROP FUNCTION history_count_orders();
DROP FUNCTION history_count_executions();
"""
KNOWN = """
INSERT INTO history_delta (
    at, account_id, market_id, market_type, commission_asset_id, orders, trades, base_amount, quote_amount, volume_in_rat,
    commission, commission_in_rat, markup_in_rat
)
SELECT at, account_id, market_id, market_type, commission_asset_id, 0, 1, base_amount, base_amount * price, base_amount * price * rate_to_root,
    commission, commission_in_rat, markup_in_rat
FROM trading_execution
UNION ALL SELECT created_at, account_id, market_id, market_type, NULL, 1, 0, 0, 0, 0, 0, 0, 0 FROM trading_order
"""


class Migration(migrations.Migration):
    dependencies = [
        ("history", "0001_totals_and_their_deltas"),
        ("trading", "0004_positions_external_orders_and_payments"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD), migrations.RunSQL(KNOWN, migrations.RunSQL.noop)]
