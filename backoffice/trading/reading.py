"""What is asked of all executions together."""

from backoffice.trading.models import Execution


def count() -> int:
    return Execution.objects.count()
