"""The part of the contract that this product serves so far, and one good call of each of its operations."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.callers import MARKET, V2

SPECIFICATION = Path(__file__).parent / "specification" / "settings.json"
LATER = (f"{V2}/commission-profiles", f"{V2}/users")
ROWS: list[dict[str, Any]] = [row for row in json.loads(SPECIFICATION.read_text()) if not row["path"].startswith(LATER)]
OF_ROW = {(row["method"], row["path"]): row for row in ROWS}

UPLOAD = f"{MULTIPART_CONTENT}; x-api-version=2.0"
CSV = b"marketId,type,subtype,baseAssetId,quoteAssetId,displayName,status,priceScale,amountScale\n"
CSV += b",Spot,,btc,usd,BTC/USD,Disabled,2,8\n,Spot,,btc,usd,,,,\n"


class Call(NamedTuple):
    path: str
    body: Any = None
    media: str = "application/json; x-api-version=2.0"


def form(**fields: Any) -> bytes:
    return encode_multipart(BOUNDARY, fields)


def upload(name: str = "markets.csv", content: bytes = CSV) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/csv")


SETTINGS = {name: value for name, value in MARKET.items() if name not in ("type", "baseAssetId", "quoteAssetId")}
TREE = {"categories": [{"name": "Gold", "categories": [{"name": "Spot gold", "categories": [], "markets": []}], "markets": ["cfd.xau_usd"]}]}
SPOT = {
    "type": "Spot",
    "baseAssetId": "btc",
    "quoteAssetId": "usd",
    "displayName": "BTC/USD",
    "priceScale": 2,
    "amountScale": 8,
    "minAmount": "0.0001",
}

# {file} stands for the id of a file that was uploaded before.
CALLS = {
    ("GET", f"{V2}/assets/list"): Call("assets/list"),
    ("POST", f"{V2}/internal-assets"): Call("internal-assets", {"id": "xag", "name": "Silver", "scale": 4, "type": "Metals"}),
    ("PUT", f"{V2}/internal-assets/{{id}}"): Call("internal-assets/xau", {"name": "Fine gold", "scale": 5, "type": "Metals"}),
    ("GET", f"{V2}/markets-categories"): Call("markets-categories"),
    ("PUT", f"{V2}/markets-categories"): Call("markets-categories", TREE),
    ("GET", f"{V2}/markets/{{marketId}}"): Call("markets/cfd.xau_usd"),
    ("PUT", f"{V2}/markets/{{marketId}}"): Call("markets/cfd.xau_usd", SETTINGS | {"status": "Paused"}),
    ("GET", f"{V2}/markets"): Call("markets"),
    ("POST", f"{V2}/markets"): Call("markets", SPOT),
    ("POST", f"{V2}/markets/list"): Call("markets/list", {"types": ["Cfd"], "limit": 10, "sort": {"field": "MarketId", "direction": "Desc"}}),
    ("POST", f"{V2}/markets/file"): Call("markets/file", None, UPLOAD),
    ("GET", f"{V2}/markets/file/{{id}}"): Call("markets/file/{file}"),
    ("GET", f"{V2}/markets/download"): Call("markets/download"),
}
