"""The table of audit passes."""

from django.db import models


class AuditPass(models.Model):
    """One look at all of the books in one moment, `started_at`. `totals` and `invariants` are contract values; amounts in them are text."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    is_green = models.BooleanField()
    entries_count = models.BigIntegerField()
    totals = models.JSONField()
    invariants = models.JSONField()
    asked_by = models.CharField(max_length=150)

    class Meta:
        db_table = "books_pass"
