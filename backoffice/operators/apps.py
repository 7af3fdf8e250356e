"""The app of everybody who may come in."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "backoffice.operators"
    label = "operators"
