"""Transfers that wait until others have approved of them."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

import backoffice.core.fields

SQL = Path(__file__).parents[1] / "sql" / "0005_waiting_for_approval.sql"


class Migration(migrations.Migration):
    dependencies = [("transfers", "0004_transfers_by_creation")]

    operations = [
        migrations.AddField(
            model_name="transfer", name="approval_id", field=backoffice.core.fields.IdField(db_collation="C", max_length=26, null=True)
        ),
        migrations.AddField(model_name="transfer", name="is_held", field=models.BooleanField(db_default=False)),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                name="transfer_is_held_while_it_waits",
                condition=Q(is_held=False) | Q(approval_id__isnull=False, status__in=["Pending", "AwaitingConfirmation"]),
            ),
        ),
        # There is no way back that could tell what waits for an approval.
        migrations.RunSQL(SQL.read_text(), migrations.RunSQL.noop),
    ]
