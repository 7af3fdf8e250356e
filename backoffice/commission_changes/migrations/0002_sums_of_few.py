"""A sum for orders, which have a few fills each: `sum` makes ready for millions of rows, and that cost a third of an impact's time."""

from django.db import migrations

FORWARD = "CREATE AGGREGATE commission_changes_sum_of_few(numeric) (sfunc = numeric_add, stype = numeric)"
BACKWARD = "DROP AGGREGATE commission_changes_sum_of_few(numeric)"


class Migration(migrations.Migration):
    dependencies = [("commission_changes", "0001_change_sets_and_their_impact")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
