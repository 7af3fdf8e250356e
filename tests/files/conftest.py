"""A small desk, and files for it."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.market_files import FileMapping, FileMode, MarketFile
from backoffice.markets import models
from backoffice.markets.files.columns import HEADER
from backoffice.services import BackApi, back_api

CLERK = Actor(kind="operator", id="clerk", name="clerk", door="portal", operations=frozenset(operations.ALL))
WORKER = Actor(kind="system", id="market-files", name="worker", door="job", operations=frozenset({operations.WORKER}))
WIRE = tuple(HEADER)

Rows = list[dict[str, str]]
CRM = {"usd": "Fiat", "eur": "Fiat", "gbp": "Fiat", "jpy": "Fiat", "btc": "Crypto", "eth": "Crypto", "usdt": "Crypto"}


def desk() -> None:
    """Seven assets from the CRM and 200 internal ones, two groups, two calendars, four sessions."""
    assets = [models.Asset(id=id, name=id.upper(), scale=8, type=type, source="Crm") for id, type in CRM.items()]
    assets += [models.Asset(id=f"x{n}", name=f"X{n}", scale=2, type="Stocks", source="Internal") for n in range(200)]
    models.Asset.objects.bulk_create(assets)
    models.MarketGroup.objects.bulk_create(models.MarketGroup(id=id, name=id) for id in ("majors", "stocks"))
    models.Calendar.objects.bulk_create(models.Calendar(id=id, name=id, time_zone_id="UTC") for id in ("always", "nasdaq"))
    sessions = [("lp-tr", "Trading"), ("alt-tr", "Trading"), ("lp-md", "MarketData"), ("alt-md", "MarketData")]
    models.LiquiditySession.objects.bulk_create(
        models.LiquiditySession(id=id, name=id, kind=kind, status="Connected", liquidity_provider_id="lp") for id, kind in sessions
    )


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: object) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    return tmp_path / "media" / "market-files"


@pytest.fixture
def api(db: None) -> BackApi:
    desk()
    return back_api()


def row(number: int = 0, **cells: str) -> dict[str, str]:
    """A CFD on the internal asset x<number>, right in every cell."""
    whole = dict.fromkeys(WIRE, "") | {
        "type": "Cfd",
        "subtype": "Stocks",
        "baseAssetId": f"x{number % 200}",
        "quoteAssetId": "usd" if number < 200 else "eur",
        "displayName": f"X{number}.N",
        "fullName": f"Share {number}",
        "status": "Open",
        "marketGroupId": "stocks",
        "calendarId": "nasdaq",
        "priceScale": "2",
        "maxBaseAmount": "100000",
        "priceDeviation": "0.05",
        "lotSize": "1",
        "minLotAmount": "1",
        "maxLotAmount": "500",
        "lotStep": "1",
        "tickSize": "0.01",
        "maxLeverage": "20",
        "isConstLeverage": "false",
        "swapType": "Percent",
        "swapLongSize": "6.5",
        "swapShortSize": "-1.25",
        "externalTtl": "3000",
        "internalTtl": "500",
        "isSynchronized": "true",
        "tradingSessionIds": "lp-tr",
        "marketDataSessionIds": "alt-md;lp-md",
    }
    return whole | cells


def rows(count: int) -> Rows:
    return [row(number) for number in range(count)]


def as_csv(lines: Iterable[Mapping[str, str]], columns: Iterable[str] = WIRE) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(columns), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def upload(content: bytes, mode: FileMode = "Preview", *, name: str = "markets.csv", mapping: FileMapping | None = None) -> MarketFile:
    """Upload and let the worker do its part."""
    api = back_api().market_files
    started = api.upload(CLERK, io.BytesIO(content), name=name, mode=mode, mapping=mapping)
    assert started.status == "InProcess"
    return worked(started.id)


def worked(file_id: str) -> MarketFile:
    api = back_api().market_files
    api.run(CLERK, file_id)
    return api.get(CLERK, file_id)


def applied(content: bytes, *, mapping: FileMapping | None = None) -> MarketFile:
    file = upload(content, "ValidRows", mapping=mapping)
    assert file.stage == "Applied", file.stage_reason
    return file


def exported(format: str = "Csv") -> bytes:
    api = back_api().market_files
    started = api.export(CLERK, format=format)  # type: ignore[arg-type]
    worked(started.id)
    return api.download(CLERK, started.id)[1].read_bytes()


def faults(file: MarketFile) -> list[tuple[int, str]]:
    found = back_api().market_files.errors(CLERK, file.id).items
    return [(fault.row, fault.column) for fault in found]


def counts(file: MarketFile) -> tuple[int, int, int, int]:
    return file.created, file.updated, file.unchanged, file.errors


@pytest.fixture
def no_leftovers(storage: Path) -> Iterator[None]:
    yield
    assert [place.name for place in storage.glob("*.part")] == []
