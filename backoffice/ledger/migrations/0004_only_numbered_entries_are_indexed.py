"""The number of an entry is unique where there is one: entries of the house have none and leave the index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_what_the_database_refuses")]

    operations = [
        migrations.RemoveConstraint("entry", "entry_number_is_unique"),
        migrations.AddConstraint(
            "entry",
            models.UniqueConstraint(fields=["account_id", "asset_id", "seq"], condition=Q(seq__isnull=False), name="entry_number_is_unique"),
        ),
    ]
