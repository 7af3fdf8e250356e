"""The app of history: its only tables are totals of what other apps record."""

from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "backoffice.history"
    label = "history"
