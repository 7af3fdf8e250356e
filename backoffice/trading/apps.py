"""The app of trading records."""

from django.apps import AppConfig


class TradingConfig(AppConfig):
    name = "backoffice.trading"
    label = "trading"
