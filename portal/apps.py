"""The portal as a Django app, for its template tags."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
