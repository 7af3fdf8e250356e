"""The table of admin notifications."""

from django.db import models
from django.db.models import Q

from backoffice.contracts.notifications import Severity
from backoffice.core.fields import IdField


class AdminNotification(models.Model):
    """`key` names the fact: whoever finds it again adds nothing. `data` is typed by `type`."""

    type = models.CharField(max_length=40)
    severity: "models.CharField[Severity, Severity]" = models.CharField(max_length=10)
    key = IdField(max_length=200, null=True, unique=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="notification_by_time")]
        constraints = [
            models.CheckConstraint(name="notification_severity_is_known", condition=Q(severity__in=["info", "warning", "error"])),
        ]
