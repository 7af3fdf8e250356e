"""The app of everything a market is made of."""

from django.apps import AppConfig


class MarketsConfig(AppConfig):
    name = "backoffice.markets"
    label = "markets"
