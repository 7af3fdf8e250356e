"""The app of the callbacks."""

from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "backoffice.callbacks"
    label = "callbacks"
