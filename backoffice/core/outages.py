"""How the database says that it is down or too busy: nothing has changed, and a repetition may succeed."""

from django.db import InterfaceError, OperationalError

OUTAGES = (OperationalError, InterfaceError)
