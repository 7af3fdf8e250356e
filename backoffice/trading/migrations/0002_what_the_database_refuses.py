"""An execution is written once, and an order is of an account on a market."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql" / "0002_what_the_database_refuses.sql"
BACKWARD = """
ALTER TABLE trading_execution DROP CONSTRAINT execution_amounts_are_sane;
ALTER TABLE trading_order
    DROP CONSTRAINT order_amounts_are_sane, DROP CONSTRAINT order_on_a_market, DROP CONSTRAINT order_of_an_account;
DROP TRIGGER never_deleted ON trading_order;
DROP TRIGGER append_only ON trading_execution;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0001_orders_and_executions"),
        ("core", "0002_the_trail_only_grows"),
        ("accounts", "0001_users_accounts_and_groups"),
        ("markets", "0003_rates_to_one_root_asset"),
    ]

    operations = [migrations.RunSQL(SQL.read_text(), BACKWARD)]
