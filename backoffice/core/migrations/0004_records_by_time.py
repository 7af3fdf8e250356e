"""The audit trail is asked for by time as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_records_from_sql")]

    operations = [migrations.AddIndex("auditrecord", models.Index(fields=["at"], name="audit_by_time"))]
