"""Rules out, in the columns that an import reads: what comes back changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backoffice.commission_files.columns import HEADER
from backoffice.commission_files.storage import STORE
from backoffice.commissions import book, checks
from backoffice.contracts.errors import NotFound
from backoffice.contracts.rule_book import BookRule
from backoffice.contracts.tables import FileFormat
from backoffice.markets.models import Asset
from backoffice.tables.write import write


def rules(format: FileFormat, profile_id: str | None) -> tuple[str, Path, int]:
    """The name, the file and its number of rules. Refuses: NotFound."""
    whole = book.snapshot()
    if profile_id is not None and profile_id not in {profile.id for profile in whole.profiles}:
        raise NotFound(f"There is no commission profile {profile_id}.")
    wanted = [rule for rule in whole.rules if profile_id in (None, rule.profile_id)]
    name = f"commission-rules{f'-{profile_id}' if profile_id else ''}.{format.lower()}"
    return name, write(STORE.path(name), format, list(HEADER), _rows(wanted), sheet="Commission rules"), len(wanted)


def _rows(rules: list[BookRule]) -> Iterator[dict[str, Any]]:
    root = Asset.objects.filter(is_root=True).values_list("id", flat=True).first()
    for rule in rules:
        fee = checks.shown(rule.fee, root)
        yield {
            "profileId": rule.profile_id,
            "priority": "" if rule.priority is None else str(rule.priority),
            "marketId": rule.market_id or "",
            "marketGroupId": rule.market_group_id or "",
            "isDefault": rule.is_default,
            "spotSize": fee.spot.size,
            "cfdType": fee.cfd.type,
            "cfdSize": fee.cfd.size,
            "cfdAssetId": fee.cfd.asset_id or "",
            "minFeeRAT": fee.min_fee_rat,
        }
