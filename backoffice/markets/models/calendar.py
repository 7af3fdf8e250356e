"""Trading calendars: a week of intervals in local seconds of the day, and dates that differ from it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from backoffice.core.fields import IdField
from backoffice.markets.models.group import SLUG

DAY = 86_400


class Calendar(models.Model):
    id = IdField(primary_key=True, max_length=40)
    name = models.CharField(max_length=50, unique=True)
    time_zone_id = models.CharField(max_length=64)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="calendar_id_is_a_slug", condition=Q(id__regex=SLUG))]


class CalendarOverride(models.Model):
    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="overrides")
    date = models.DateField()
    name = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_override_a_date", fields=["calendar", "date"])]


class CalendarInterval(models.Model):
    """Open from second `start` up to second `end` of a local day: of a week day (0 = Sunday), or of an override's date."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="intervals")
    day_of_week = models.SmallIntegerField(null=True)
    override = models.ForeignKey(CalendarOverride, models.CASCADE, null=True, related_name="intervals")
    start = models.IntegerField()
    end = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="interval_within_a_day", condition=Q(start__gte=0, end__gt=F("start"), end__lte=DAY)),
            models.CheckConstraint(
                name="interval_of_a_week_day_or_a_date",
                condition=Q(day_of_week__range=(0, 6), override__isnull=True) | Q(day_of_week__isnull=True, override__isnull=False),
            ),
            ExclusionConstraint(
                name="week_intervals_do_not_overlap",
                expressions=[
                    ("calendar", RangeOperators.EQUAL),
                    ("day_of_week", RangeOperators.EQUAL),
                    (Func("start", "end", function="int4range", output_field=IntegerRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(override__isnull=True),
            ),
            ExclusionConstraint(
                name="override_intervals_do_not_overlap",
                expressions=[
                    ("override", RangeOperators.EQUAL),
                    (Func("start", "end", function="int4range", output_field=IntegerRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(override__isnull=False),
            ),
        ]
