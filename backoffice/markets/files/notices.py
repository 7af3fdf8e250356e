"""Telling of imports that came to an end, within the transaction that ends them."""

from uuid import UUID

from backoffice.markets.models import MarketFile
from backoffice.notifications.post import post


def applied(file_id: UUID) -> None:
    file = MarketFile.objects.get(pk=file_id)
    post("MarketFileApplied", "info", _about(file) | {"created": file.created, "updated": file.updated, "errors": file.errors})


def failed(file_id: UUID) -> None:
    """Exports that fail are no news but to those who wait for them."""
    file = MarketFile.objects.get(pk=file_id)
    if file.direction == "Import":
        post("MarketFileFailed", "warning", _about(file) | {"reason": file.stage_reason or ""})


def _about(file: MarketFile) -> dict[str, str | int]:
    return {"fileId": str(file.pk), "name": file.name, "requestedBy": file.actor_name}
