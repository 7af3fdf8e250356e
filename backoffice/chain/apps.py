"""The app of the chain."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "backoffice.chain"
    label = "chain"
