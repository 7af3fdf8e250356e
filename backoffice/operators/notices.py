"""Telling of what a stranger would do: those who run the desk by an admin notification."""

from typing import Literal

from backoffice.notifications.post import post
from backoffice.operators import models

Notice = Literal["NewDevice", "FactorAdded", "FactorRemoved", "FactorsReset", "RecoveryCodeUsed"]


def tell(row: models.Operator, notice: Notice, **about: str) -> None:
    """Within the transaction of what it tells of."""
    post(notice, "warning" if notice in ("FactorsReset", "RecoveryCodeUsed") else "info", {"operatorId": row.pk, "operator": row.name, **about})
