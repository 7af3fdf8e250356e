"""The back office: contracts, the seam, and the domain apps that host the back-API."""

# Whoever sends a task needs the configured app, not Celery's default one.
from backoffice.celery import app as celery_app

__all__ = ["celery_app"]
