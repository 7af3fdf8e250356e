"""What is asked of all orders and executions together."""

from datetime import datetime

from backoffice.trading.models import Execution, Order


def count() -> int:
    return Execution.objects.count()


def oldest() -> datetime | None:
    """When the first order was made."""
    return Order.objects.order_by("created_at").values_list("created_at", flat=True).first()
