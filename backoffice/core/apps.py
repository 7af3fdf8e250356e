"""The app of the audit trail and the heartbeats."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "backoffice.core"
    label = "core"
