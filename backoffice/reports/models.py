"""The tables of reports: templates, reports as jobs, due instants that were skipped, and what is owed to whom."""

from typing import get_args

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from backoffice.contracts.calendars import DayOfWeek
from backoffice.contracts.report_templates import Frequency
from backoffice.contracts.reports import DeliveryState, ReceiptPlace, ReportFormat, ReportSource, ReportStatus, ReportWindow
from backoffice.core.fields import IdField

WAITING = ("New", "InProgress")


class Asked(models.Model):
    """What is to be in a report. `time_zone` is the one of its windows and of the times in its file."""

    source: "models.CharField[ReportSource, ReportSource]" = models.CharField(max_length=20)
    source_name = models.CharField(max_length=100)
    filters = models.JSONField(default=list)
    sorting = models.JSONField(null=True)
    columns = ArrayField(models.CharField(max_length=60), null=True)
    format: "models.CharField[ReportFormat, ReportFormat]" = models.CharField(max_length=4)
    receipt_place: "models.CharField[ReceiptPlace, ReceiptPlace]" = models.CharField(max_length=6, default="Beside")
    time_zone = models.CharField(max_length=64)
    window: "models.CharField[ReportWindow, ReportWindow]" = models.CharField(max_length=16)
    notify_emails = ArrayField(models.CharField(max_length=254), default=list)
    # Names of options that the caller gave: whoever gave none is not told of any.
    given = ArrayField(models.CharField(max_length=10), default=list)

    class Meta:
        abstract = True


class Template(Asked):
    """`owner` is in whose name it is made; `maker` who created it. `trouble` is why its last run could not be made."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    frequency: "models.CharField[Frequency | None, Frequency | None]" = models.CharField(max_length=7, null=True)
    base_at = models.DateTimeField(null=True)
    days_of_week: "ArrayField[list[DayOfWeek], list[DayOfWeek]]" = ArrayField(models.CharField(max_length=9), default=list)
    next_due_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, null=True)
    owner_kind = models.CharField(max_length=10)
    owner_id = IdField(max_length=300)
    owner_name = models.CharField(max_length=150)
    maker_kind = models.CharField(max_length=10)
    maker_id = IdField(max_length=300)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.CharField(max_length=150)
    updated_at = models.DateTimeField(db_default=Now())
    updated_by = models.CharField(max_length=150)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.CharField(max_length=150, null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="report_template_name"),
            models.CheckConstraint(name="report_template_source_is_known", condition=Q(source__in=get_args(ReportSource))),
            models.CheckConstraint(name="report_template_format_is_known", condition=Q(format__in=get_args(ReportFormat))),
            models.CheckConstraint(
                name="report_template_schedule_is_whole",
                condition=Q(frequency=None, base_at=None, next_due_at=None) | Q(frequency__in=get_args(Frequency), base_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["next_due_at"], condition=Q(deleted_at=None, next_due_at__isnull=False), name="report_template_due"),
            models.Index(fields=["name", "id"], condition=Q(deleted_at=None), name="report_template_by_name"),
        ]


class Report(Asked):
    """One report and the job of making it. `due_at`: the instant of its template's schedule; PostgreSQL keeps each to one report.

    What is known of the file (`rows` and on) stands together with Completed and never before.
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    template = models.ForeignKey(Template, models.PROTECT, null=True, related_name="reports", db_index=False)
    template_name = models.CharField(max_length=200, null=True)
    due_at = models.DateTimeField(null=True)
    window_from = models.DateTimeField(null=True)
    window_to = models.DateTimeField(null=True)
    status: "models.CharField[ReportStatus, ReportStatus]" = models.CharField(max_length=10, default="New")
    status_reason = models.CharField(max_length=500, null=True)
    owner_kind = models.CharField(max_length=10)
    owner_id = IdField(max_length=300)
    # Who else it may be made for when the owner no longer may.
    maker_kind = models.CharField(max_length=10)
    maker_id = IdField(max_length=300)
    created_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(null=True)
    shown_rows = models.BigIntegerField(null=True)
    totals = models.JSONField(null=True)
    words = models.JSONField(null=True)
    # Each day that has rows and how many, for the picture in its mails.
    days = models.JSONField(null=True)
    as_of = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, null=True)
    size = models.BigIntegerField(null=True)
    stored_as = models.CharField(max_length=100, default="")
    data_stored_as = models.CharField(max_length=100, default="")
    cancelled_by = models.CharField(max_length=150, null=True)
    claims = models.SmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "due_at"], name="report_one_a_due_instant"),
            models.CheckConstraint(name="report_source_is_known", condition=Q(source__in=get_args(ReportSource))),
            models.CheckConstraint(name="report_format_is_known", condition=Q(format__in=get_args(ReportFormat))),
            models.CheckConstraint(name="report_status_is_known", condition=Q(status__in=get_args(ReportStatus))),
            models.CheckConstraint(name="report_of_a_due_instant_has_a_template", condition=Q(due_at=None) | Q(template__isnull=False)),
            models.CheckConstraint(
                name="report_window_is_one",
                condition=Q(window_from=None, window_to=None) | Q(window_from__lte=F("window_to")),
            ),
            models.CheckConstraint(
                name="report_completed_is_whole",
                condition=~Q(status="Completed")
                | (
                    Q(rows__isnull=False, shown_rows__isnull=False, totals__isnull=False, words__isnull=False, as_of__isnull=False)
                    & Q(sha256__isnull=False, size__isnull=False, finished_at__isnull=False, lease_token=None)
                    & (~Q(stored_as="") | Q(deleted_at__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="report_failed_says_why", condition=~Q(status="Failed") | Q(status_reason__isnull=False, finished_at__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(status__in=WAITING), name="report_waiting"),
            models.Index(fields=["-created_at", "id"], condition=Q(deleted_at=None), name="report_newest"),
            models.Index(fields=["template", "-created_at"], name="report_by_template"),
            models.Index(fields=["expires_at"], condition=Q(status="Completed"), name="report_expiring"),
            models.Index(fields=["finished_at"], condition=Q(status="Failed"), name="report_failed"),
        ]


class Skip(models.Model):
    """A due instant that passed while nobody could make its report, and that a later one had followed already."""

    template = models.ForeignKey(Template, models.PROTECT, related_name="skips", db_index=False)
    due_at = models.DateTimeField()
    window_from = models.DateTimeField(null=True)
    window_to = models.DateTimeField(null=True)
    noted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "due_at"], name="report_skip_one_a_due_instant")]


class Delivery(models.Model):
    """One recipient of one report, owed from the very transaction that completed it."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries", db_index=False)
    recipient = models.CharField(max_length=254)
    state: "models.CharField[DeliveryState, DeliveryState]" = models.CharField(max_length=9, db_default="Waiting")
    attempts = models.IntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(null=True, db_default=Now())
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["report", "recipient"], name="report_delivery_one_a_recipient"),
            models.CheckConstraint(name="report_delivery_state", condition=Q(state__in=get_args(DeliveryState))),
            models.CheckConstraint(
                name="report_delivery_waits_for_a_time",
                condition=Q(state="Waiting", next_attempt_at__isnull=False, finished_at=None) | (~Q(state="Waiting") & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="Waiting"), name="report_delivery_due"),
            models.Index(fields=["finished_at"], condition=Q(state="Failed"), name="report_delivery_failed"),
        ]


class Unsubscribed(models.Model):
    """A recipient, in small letters, who wants no more reports of a template, or none at all."""

    template = models.ForeignKey(Template, models.CASCADE, null=True, related_name="+", db_index=False)
    recipient = models.CharField(max_length=254)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "unsubscribed"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "template"], nulls_distinct=False, name="report_unsubscribed_once"),
        ]
