"""Somebody must always be able to let people in: the last one who can is never lost."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from backoffice.contracts.errors import Invalid
from backoffice.operators.models import Operator, Role

NEEDED = ("manage-operators", "manage-roles")
LOCK = 7_041_001


@contextmanager
def kept() -> Iterator[None]:
    """Around a change of roles or activity. Refuses: Invalid when it would leave nobody."""
    # Two administrators who end each other at the same moment would both see the other one standing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    was_there = _is_there()
    yield
    if was_there and not _is_there():
        raise Invalid("This is the last active operator who may manage operators and roles.", code="last_administrator")


def _is_there() -> bool:
    able = Operator.objects.filter(is_active=True)
    # Whoever is limited in anything can hand it out within those limits only, and nobody could lift them again.
    unlimited = Role.objects.filter(market_groups=None, account_groups=None, most=None)
    for operation in NEEDED:
        able = able.filter(roles__in=unlimited.filter(operations__contains=[operation]))
    return able.exists()
