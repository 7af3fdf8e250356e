"""API clients change over to a new secret while the present one still works, and their use is counted by day."""

from django.db import migrations, models

import backoffice.core.fields


class Migration(migrations.Migration):
    dependencies = [("operators", "0004_issuer_subject")]

    operations = [
        migrations.AddField("apiclient", "previous_hash", models.CharField(blank=True, max_length=64, default="", db_default="")),
        migrations.AddField("apiclient", "previous_until", models.DateTimeField(null=True)),
        migrations.AddField("apiclient", "last_token_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("pk", models.CompositePrimaryKey("client_id", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("client_id", backoffice.core.fields.IdField(max_length=300)),
                ("day", models.DateField()),
                ("calls", models.BigIntegerField()),
                ("refusals", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["day"], name="use_by_day")]},
        ),
    ]
