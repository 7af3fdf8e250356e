"""The table of uploaded rule files. A faulty one keeps its rows, so that its incorrect ones can come back alone."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from backoffice.contracts.rule_files import RuleFileStage
from backoffice.contracts.tables import FileFormat


class RuleFile(models.Model):
    """`lines` are [number, cells by our columns]; `faults` are CellErrors. Both only as long as the file is faulty."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    format: "models.CharField[FileFormat, FileFormat]" = models.CharField(max_length=4)
    size = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    stage: "models.CharField[RuleFileStage, RuleFileStage]" = models.CharField(max_length=10)
    reason = models.CharField(max_length=500, null=True)
    profile_ids = models.JSONField(default=list)
    rows = models.IntegerField(default=0)
    made = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    removed = models.IntegerField(default=0)
    kept = models.IntegerField(default=0)
    lines = models.JSONField(default=list)
    faults = models.JSONField(default=list)
    change_set_id = models.CharField(max_length=36, null=True)
    repairs = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+", db_index=False)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(name="faulty_rule_files", fields=["created_at"], condition=Q(stage="Faulty"))]
        constraints = [
            models.CheckConstraint(
                name="rule_file_of_its_stage",
                condition=Q(stage="Drafted", change_set_id__isnull=False) | Q(stage__in=["Unchanged", "Faulty"], change_set_id__isnull=True),
            )
        ]
