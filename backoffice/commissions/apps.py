"""The app of commissions."""

from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "backoffice.commissions"
    label = "commissions"
