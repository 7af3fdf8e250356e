"""Telling of what a stranger would do: those who run the desk by an admin notification, the person by mail."""

from typing import Literal

from backoffice.notifications.post import post
from backoffice.operators import letters, models

Notice = Literal["NewDevice", "FactorAdded", "FactorRemoved", "FactorsReset", "RecoveryCodeUsed"]
GRAVE = frozenset({"FactorsReset", "RecoveryCodeUsed"})


def tell(row: models.Operator, notice: Notice, **about: str) -> None:
    """Within the transaction of what it tells of."""
    post(notice, "warning" if notice in GRAVE else "info", {"operatorId": row.pk, "operator": row.name, **about})
    letters.enter(row, notice, about)
