"""The chain of the audit trail; the database itself refuses to change or delete what is linked, sealed or told."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain_link FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OF number, hash, at, signature, key OR DELETE ON chain_head
    FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER append_only BEFORE DELETE ON chain_seal FOR EACH ROW EXECUTE FUNCTION core_append_only();
CREATE TRIGGER only_its_salt_goes BEFORE UPDATE ON chain_seal FOR EACH ROW
    WHEN (NEW.salt IS NOT NULL OR NEW.digest <> OLD.digest OR NEW.change_id <> OLD.change_id) EXECUTE FUNCTION core_append_only();
"""
BACKWARD = """
DROP TRIGGER only_its_salt_goes ON chain_seal;
DROP TRIGGER append_only ON chain_seal;
DROP TRIGGER append_only ON chain_head;
DROP TRIGGER append_only ON chain_link;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0005_reasons_and_reads")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("signature", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=60)),
                ("mailed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="State",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cluster", models.CharField(max_length=30)),
                ("settled", models.BigIntegerField()),
                ("settled_at", models.DateTimeField()),
            ],
            options={"constraints": [models.CheckConstraint(condition=Q(("pk", 1)), name="chain_has_one_state")]},
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "record",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="link", to="core.auditrecord"),
                ),
            ],
            options={"constraints": [models.CheckConstraint(condition=Q(("number__gte", 1)), name="link_numbers_begin_at_one")]},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "change",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="core.auditchange"),
                ),
                ("salt", models.BinaryField(max_length=16, null=True)),
                ("digest", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
