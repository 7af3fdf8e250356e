"""The app of the inbox."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "backoffice.inbox"
    label = "inbox"
