"""What a liquidity provider calls an order or an execution leads to it: that is what people have in hand when they reconcile."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [("trading", "0004_positions_external_orders_and_payments")]

    operations = [
        migrations.AddIndex("externalorder", models.Index(fields=["lp_order_id"], name="external_by_lp_order")),
        migrations.AddIndex(
            "execution",
            models.Index(fields=["lp_execution_id"], condition=Q(lp_execution_id__isnull=False), name="execution_by_lp_execution"),
        ),
    ]
