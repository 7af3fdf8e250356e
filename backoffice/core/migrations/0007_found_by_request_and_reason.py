"""Records are asked for by the id of their request and by words of their reason."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("core", "0006_which_copy_may_act")]

    operations = [
        migrations.AddIndex("auditrecord", models.Index(fields=["trace_id"], name="audit_by_trace_id")),
        migrations.AddIndex("auditrecord", models.Index(fields=["-id"], name="audit_with_a_reason", condition=~Q(reason=""))),
    ]
