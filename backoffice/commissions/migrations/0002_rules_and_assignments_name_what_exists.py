"""Rules and assignments name what exists; checked at once, so that whoever deletes such a thing is told within the statement."""

from django.db import migrations

NAMED = (
    ("rule", "market_id", "markets_market (market_id)", "market_has_commission_rules"),
    ("rule", "market_group_id", "markets_marketgroup (id)", "market_group_has_commission_rules"),
    ("rule", "cfd_asset_id", "markets_asset (id)", "asset_has_commission_rules"),
    ("assignment", "user_id", "accounts_user (id)", "user_has_commission_assignment"),
    ("assignment", "account_id", "accounts_account (id)", "account_has_commission_assignment"),
    ("assignment", "account_group_id", "accounts_accountgroup (id)", "account_group_has_commission_assignment"),
)
ADD = "\n".join(
    f"ALTER TABLE commissions_{table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {to};" for table, column, to, name in NAMED
)
REMOVE = "\n".join(f"ALTER TABLE commissions_{table} DROP CONSTRAINT {name};" for table, _, _, name in NAMED)


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0001_profiles_rules_and_assignments"),
        ("accounts", "0001_users_accounts_and_groups"),
        ("markets", "0001_markets_calendars_categories_and_files"),
    ]

    operations = [migrations.RunSQL(ADD, REMOVE)]
