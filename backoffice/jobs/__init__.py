"""Celery tasks: a line or two each, calling what the portal and the API call too."""
