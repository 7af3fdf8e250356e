"""The app of rule files."""

from django.apps import AppConfig


class CommissionFilesConfig(AppConfig):
    name = "backoffice.commission_files"
    label = "commission_files"
