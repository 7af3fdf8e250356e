"""The part of the contract that this product serves so far, and one good call of each of its operations."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.callers import MARKET, V2

SPECIFICATION = Path(__file__).parent / "specification"
MONEY = "/back-api/backoffice/transfers"
USERS = f"{V2}/users"
NOTIFICATIONS = "/notification/api/v1/admin-notifications"
# What is served of each file of the contract, by the beginning of its path.
SERVED = {
    "settings.json": (f"{V2}/assets", f"{V2}/internal-assets", f"{V2}/markets", USERS, f"{V2}/commission-profiles"),
    "transfers.json": (MONEY,),
    "reports.json": ("/api/reports",),
    "history.json": ("/api/",),
    "admin-notifications.json": ("/notification/api/v1/admin-notifications",),
}
ROWS: list[dict[str, Any]] = [
    row for name, paths in SERVED.items() for row in json.loads((SPECIFICATION / name).read_text()) if row["path"].startswith(paths)
]
OF_ROW = {(row["method"], row["path"]): row for row in ROWS}

UPLOAD = f"{MULTIPART_CONTENT}; x-api-version=2.0"
CSV = b"marketId,type,subtype,baseAssetId,quoteAssetId,displayName,status,priceScale,amountScale\n"
CSV += b",Spot,,btc,usd,BTC/USD,Disabled,2,8\n,Spot,,btc,usd,,,,\n"


class Call(NamedTuple):
    path: str
    body: Any = None
    media: str = "application/json; x-api-version=2.0"
    headers: Mapping[str, str] = MappingProxyType({})


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

FIRST = "application/json; x-api-version=1.0"
NEW_TRANSFER = {"deduplicationId": "crm-1", "accountId": "{account}", "amount": "10.5", "assetId": "usd", "callbackUrl": None}
WAITING = {"accountId": "{account}", "transferId": "{waiting}", "callbackUrl": None}
RULES, ONE_RULE = (
    f"{V2}/commission-profiles/{{commissionProfileId}}/rules",
    f"{V2}/commission-profiles/{{commissionProfileId}}/rules/{{commissionProfileRuleId}}",
)
FEE = {"spot": {"type": "PerVolume", "size": "0.1"}, "cfd": {"type": "PerLot", "size": "3.5", "assetId": "usd"}, "minFeeRAT": "0.5"}
FILTERS = {"filters": [{"entryType": "Exact", "field": "userId", "value": ["anna"]}]}
SINCE = {"filters": [{"entryType": "Range", "field": "createdAt", "value": {"from": "2026-01-01T00:00:00Z"}}]}

CANDLES = {"marketId": "cfd.xau_usd", "interval": "1h", "dateFrom": "2026-11-01T00:00:00Z", "dateTo": "2026-11-08T00:00:00Z"}
BY_COMMISSION = {"column": "totalCommissionInRAT", "direction": "Desc"}

OF_GOLD = {"filters": [{"entryType": "Like", "field": "marketDisplayName", "value": "xau"}]}
OF_ANNA = {"accountId": "{account}"}

REPORT = {
    "source": "Transfers",
    "sourceName": "Transfers",
    "notifyEmails": ["finance@example.com"],
    "filters": [],
    "sorting": {"field": "createdAt", "column": "createdAt", "direction": "Desc"},
    "format": "Csv",
}
SCHEDULED = REPORT | {"schedule": {"baseDate": "2026-11-24T06:00:00.000Z", "frequency": "Daily", "daysOfWeek": ["Sunday"]}}

# {file} stands for the id of a file that was uploaded before, {account} for anna's account, {waiting} for her withdrawal that waits,
# {rule} for the rule of the group metals, {order} for an order of anna's account, {report} for a report
# that is finished and {template} for the template it was made of.
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
    ("GET", f"{USERS}/{{userId}}/accounts"): Call("users/anna/accounts"),
    ("POST", f"{USERS}/{{userId}}/accounts"): Call(
        "users/anna/accounts", {"accountName": "Savings", "accountGroupId": "retail", "accountType": "Netting"}
    ),
    ("GET", f"{USERS}/{{userId}}/accounts/{{accountId}}"): Call("users/anna/accounts/{account}"),
    ("GET", RULES): Call("commission-profiles/default/rules"),
    ("POST", RULES): Call(
        "commission-profiles/default/rules",
        {
            "commissionProfileRule": {"marketId": "cfd.xau_usd", "feeSettings": FEE, "priority": 2},
            "priorities": [{"commissionProfileRuleId": "{rule}", "priority": 1}],
        },
    ),
    ("PUT", ONE_RULE): Call(
        "commission-profiles/default/rules/{rule}",
        {
            "commissionProfileRule": {"marketGroupId": "metals", "feeSettings": FEE},
            "priorities": [{"commissionProfileRuleId": "{rule}", "priority": 1}],
        },
    ),
    ("DELETE", ONE_RULE): Call("commission-profiles/default/rules/{rule}"),
    ("POST", f"{ONE_RULE}/validate-update"): Call(
        "commission-profiles/default/rules/{rule}/validate-update", {"commissionProfileRule": {"marketId": "cfd.xau_usd", "marketGroupId": None}}
    ),
    ("POST", f"{ONE_RULE}/validate-delete"): Call("commission-profiles/default/rules/{rule}/validate-delete"),
    ("PUT", f"{RULES}/priorities"): Call("commission-profiles/default/rules/priorities", [{"commissionProfileRuleId": "{rule}", "priority": 1}]),
    ("GET", f"{MONEY}/{{transferId}}"): Call(f"{MONEY}/{{waiting}}", None, FIRST),
    ("GET", f"{MONEY}/accounts/{{accountId}}"): Call(f"{MONEY}/accounts/{{account}}", None, FIRST),
    ("POST", f"{MONEY}/deposit"): Call(f"{MONEY}/deposit", NEW_TRANSFER, FIRST),
    ("POST", f"{MONEY}/withdrawal"): Call(f"{MONEY}/withdrawal", NEW_TRANSFER, FIRST),
    ("POST", f"{MONEY}/withdrawal-confirm"): Call(f"{MONEY}/withdrawal-confirm", WAITING, FIRST),
    ("POST", f"{MONEY}/withdrawal-cancel"): Call(f"{MONEY}/withdrawal-cancel", WAITING, FIRST),
    ("GET", "/api/users/{userId}/balances"): Call("/api/users/anna/balances", None, FIRST),
    ("POST", "/api/users/balances"): Call("/api/users/balances", FILTERS, FIRST),
    ("POST", "/api/accounts/balances"): Call("/api/accounts/balances", FILTERS, FIRST),
    ("POST", "/api/active-accounts"): Call("/api/active-accounts", SINCE, FIRST),
    ("POST", "/api/billing/billing-info"): Call("/api/billing/billing-info", SINCE, FIRST),
    ("POST", "/api/commissions/accounts-assets"): Call("/api/commissions/accounts-assets", SINCE, FIRST),
    ("POST", "/api/commissions/users-assets"): Call("/api/commissions/users-assets", FILTERS, FIRST),
    ("POST", "/api/commissions/users"): Call("/api/commissions/users", SINCE | {"limit": 10, "offset": 0, "sort": BY_COMMISSION}, FIRST),
    ("POST", "/api/commissions/accounts"): Call("/api/commissions/accounts", SINCE | {"limit": 10, "sort": BY_COMMISSION}, FIRST),
    ("POST", "/api/commissions/assets"): Call("/api/commissions/assets", SINCE, FIRST),
    ("POST", "/api/v1/markups/revenue"): Call("/api/v1/markups/revenue", {"filters": [], "limit": 10}, FIRST),
    ("POST", "/api/orders"): Call("/api/orders", SINCE | {"limit": 3}, FIRST),
    ("POST", "/api/open-orders"): Call("/api/open-orders", OF_GOLD | {"sort": {"column": "createdAt", "direction": "Desc"}, "offset": 0}, FIRST),
    ("POST", "/api/external-orders"): Call("/api/external-orders", FILTERS | {"limit": 3}, FIRST),
    ("POST", "/api/trades"): Call("/api/trades", FILTERS, FIRST),
    ("POST", "/api/unsolicited-trades"): Call("/api/unsolicited-trades", OF_GOLD, FIRST),
    ("GET", "/api/history/orders/{orderId}"): Call("/api/history/orders/{order}", None, FIRST, OF_ANNA),
    ("POST", "/api/history/orders/list"): Call(
        "/api/history/orders/list", {"createdAtFrom": "2026-01-01T00:00:00Z", "orderStatuses": ["Completed", "Working"], "limit": 3}, FIRST, OF_ANNA
    ),
    ("GET", "/api/reports"): Call("/api/reports", None, FIRST),
    ("POST", "/api/reports"): Call("/api/reports", {"reportName": "Transfers of today"} | REPORT, FIRST),
    ("GET", "/api/reports/{reportId}"): Call("/api/reports/{report}", None, FIRST),
    ("DELETE", "/api/reports/{reportId}"): Call("/api/reports/{report}", None, FIRST),
    ("GET", "/api/reports/{reportId}/download"): Call("/api/reports/{report}/download", None, FIRST),
    ("GET", "/api/reports/templates"): Call("/api/reports/templates", None, FIRST),
    ("POST", "/api/reports/templates"): Call("/api/reports/templates", {"templateName": "Every morning"} | SCHEDULED, FIRST),
    ("GET", "/api/reports/templates/{templateId}"): Call("/api/reports/templates/{template}", None, FIRST),
    ("PUT", "/api/reports/templates/{templateId}"): Call(
        "/api/reports/templates/{template}", {"templateId": "{template}", "templateName": "Every evening"} | SCHEDULED, FIRST
    ),
    ("DELETE", "/api/reports/templates/{templateId}"): Call("/api/reports/templates/{template}", None, FIRST),
    ("POST", "/api/reports/templates/{templateId}/run"): Call("/api/reports/templates/{template}/run", None, FIRST),
    ("POST", NOTIFICATIONS): Call(NOTIFICATIONS, {"unreadOnly": True, "types": ["ExternalOrderTimeout"], "lastId": "1000000", "limit": 1}, FIRST),
    ("GET", f"{NOTIFICATIONS}/unread-count"): Call(f"{NOTIFICATIONS}/unread-count", None, FIRST),
    ("POST", f"{NOTIFICATIONS}/mark-as-read"): Call(f"{NOTIFICATIONS}/mark-as-read", {"ids": ["1", "text"]}, FIRST),
    ("POST", f"{NOTIFICATIONS}/mark-all-as-read"): Call(f"{NOTIFICATIONS}/mark-all-as-read", None, FIRST),
    ("POST", "/api/charting"): Call("/api/charting", CANDLES, FIRST),
    ("POST", "/api/transfers"): Call("/api/transfers", SINCE | {"limit": 1}, FIRST),
}
