"""A desk with three profiles of rules, and files for it."""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from backoffice.commission_files.columns import HEADER
from backoffice.commissions import defaults
from backoffice.commissions.models import Profile, Rule
from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.rule_files import RuleFile
from backoffice.contracts.tables import CellError
from backoffice.markets import models
from backoffice.services import BackApi, back_api

CLERK = Actor(kind="operator", id="clerk", name="clerk", door="portal", operations=frozenset(operations.ALL))
NAMES = tuple(HEADER)
Rows = list[dict[str, str]]
RULES = {
    "default": [(None, None, "0.1", "PerVolume", "0.05", None, "0")],
    "vip": [
        ("cfd.x0_usd", None, "0", "PerLot", "2.5", "eur", "0"),
        (None, "majors", "0.0250", "PerVolume", "0.01", None, "1.5"),
        ("cfd.x1_usd", None, "0", "PerLot", "0.75", None, "0.5"),
        (None, None, "0.05", "PerVolume", "0.02", None, "0"),
    ],
    "partners": [(None, "stocks", "0", "PerVolume", "0.03", None, "0"), (None, None, "0.07", "PerVolume", "0.07", None, "2")],
}


def desk() -> None:
    """Three assets, the US dollar their root; six markets, two groups; profiles default, vip and partners."""
    assets = [models.Asset(id=id, name=id.upper(), scale=2, type="Fiat", source="Crm", is_root=id == "usd") for id in ("usd", "eur")]
    assets += [models.Asset(id=f"x{n}", name=f"X{n}", scale=4, type="Stocks", source="Internal") for n in range(6)]
    models.Asset.objects.bulk_create(assets)
    models.MarketGroup.objects.bulk_create(models.MarketGroup(id=id, name=id) for id in ("majors", "stocks"))
    models.Market.objects.bulk_create(
        models.Market(
            market_id=f"cfd.x{n}_usd", type="Cfd", base_asset_id=f"x{n}", quote_asset_id="usd", display_name=f"X{n}", status="Disabled", price_scale=2
        )
        for n in range(6)
    )
    defaults.ensure()
    Profile.objects.bulk_create(Profile(id=id, name=id.title()) for id in ("vip", "partners"))
    Rule.objects.filter(profile_id="default").delete()
    for profile_id, rules in RULES.items():
        Rule.objects.bulk_create(_rule(profile_id, priority, *cells) for priority, cells in enumerate(rules, start=1))


def _rule(
    profile_id: str,
    priority: int,
    market: str | None,
    group: str | None,
    spot: str,
    kind: str,
    size: str,
    asset: str | None,
    least: str,
) -> Rule:
    is_default = market is None and group is None
    return Rule(
        id=str(uuid4()),
        profile_id=profile_id,
        priority=None if is_default else priority,
        is_default=is_default,
        market_id=market,
        market_group_id=group,
        spot_size=Decimal(spot),
        cfd_type=kind,
        cfd_size=Decimal(size),
        cfd_asset_id=asset,
        min_fee_rat=Decimal(least),
    )


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media" / "rule-files"


@pytest.fixture
def api(db: None) -> BackApi:
    desk()
    return back_api()


def as_csv(lines: Iterable[Mapping[str, str]], columns: Iterable[str] = NAMES, *, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def as_rows(content: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(content.decode())))


def row(priority: int | str = 1, **cells: str) -> dict[str, str]:
    """Of the profile vip, right in every cell."""
    whole = dict.fromkeys(NAMES, "") | {"profileId": "vip", "priority": str(priority), "spotSize": "0.1", "cfdType": "PerVolume", "cfdSize": "0.2"}
    whole |= {"minFeeRAT": "0"}
    return whole | cells


def vip() -> Rows:
    """A right list of four rules and the default one, in lines 2 to 6."""
    return [
        row(1, marketId="cfd.x0_usd"),
        row(2, marketGroupId="majors", cfdType="PerLot", cfdSize="1.25", cfdAssetId="eur"),
        row(3, marketId="cfd.x1_usd", minFeeRAT="0.50"),
        row(4, marketGroupId="stocks"),
        row("", isDefault="true", spotSize="0.3"),
    ]


def upload(content: bytes, name: str = "rules.csv") -> RuleFile:
    return back_api().rule_files.upload(CLERK, io.BytesIO(content), name=name)


def faults(file: RuleFile) -> list[CellError]:
    return back_api().rule_files.errors(CLERK, file.id).items


def exported(format: str = "Csv", profile_id: str | None = None) -> bytes:
    return back_api().rule_files.download(CLERK, format=format, profile_id=profile_id)[1].read_bytes()  # type: ignore[arg-type]


def applied(file: RuleFile) -> None:
    assert file.change_set_id is not None, file
    back_api().commission_changes.apply(CLERK, file.change_set_id)


def counts(file: RuleFile) -> tuple[int, int, int, int]:
    return file.made, file.changed, file.removed, file.kept
