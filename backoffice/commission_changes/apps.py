"""The app of change sets."""

from django.apps import AppConfig


class CommissionChangesConfig(AppConfig):
    name = "backoffice.commission_changes"
    label = "commission_changes"
