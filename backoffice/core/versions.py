"""Locking one row and holding a change against the version its author saw."""

from typing import Any, TypeVar

from django.db import models

from backoffice.contracts.errors import NotFound, Stale

Row = TypeVar("Row", bound=models.Model)


def lock(rows: models.QuerySet[Row], pk: Any, *, version: int | None, name: str) -> Row:
    """The row, locked until the transaction ends.

    Refuses: NotFound; Stale when `version` is given and the row has moved on.
    """
    row = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no {name} {pk}.")
    # Every model that is locked here has one; Django offers no type to say so.
    current = row.version  # type: ignore[attr-defined]
    if version is not None and version != current:
        raise Stale(version=current)
    return row
