"""The desk's settings with Django's admin beside it, for the benchmark of pages: the desk itself knows nothing of it."""

import os

from backoffice.settings import *  # noqa: F403  all of them, as Django reads settings
from backoffice.settings import INSTALLED_APPS as OURS
from backoffice.settings import LOGGING as OUR_LOGGING
from backoffice.settings import TEMPLATES as OUR_TEMPLATES

INSTALLED_APPS = [*OURS, "django.contrib.admin"]
PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)
# An engine of its own, so that neither side pays for what the other puts into its pages.
PLAIN = {
    "NAME": "plain",
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": list(PROCESSORS)},
}
TEMPLATES = [*OUR_TEMPLATES, PLAIN]
# Lines are made as ever, and shown to nobody.
LOGGING = {**OUR_LOGGING, "handlers": {"stderr": {"class": "logging.FileHandler", "filename": os.devnull, "formatter": "json"}}}
