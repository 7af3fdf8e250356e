"""Examples for the OpenAPI document: the contract's, with words of real life in them. A test decodes each one."""

from collections.abc import Mapping
from typing import Any

from backoffice.api.areas.admin_notifications import NotificationsQuery, ReadIds
from backoffice.contracts.accounts import AccountChange, AccountGroupChange, NewAccount, NewAccountGroup
from backoffice.contracts.approvals import ApprovalGiven, ApprovalPolicyDraft, ApprovalReason
from backoffice.contracts.assets import AssetChange, NewAsset
from backoffice.contracts.books import Reopening
from backoffice.contracts.calendars import CalendarChange, NewCalendar
from backoffice.contracts.callbacks import AllowedHosts, ReplayFailed, ReplayRequest
from backoffice.contracts.categories import CategoryTreeDraft
from backoffice.contracts.charts import CandleQuery
from backoffice.contracts.commission_changes import ChangeSetDraft, Period, Schedule
from backoffice.contracts.commission_quotes import QuoteRequest
from backoffice.contracts.commissions import (
    AssignmentDraft,
    AssignmentPriority,
    CommissionProfileChange,
    NewAssignment,
    NewCommissionProfile,
    NewRule,
    RuleChange,
    RuleCheck,
    RulePriority,
)
from backoffice.contracts.filters import RowsQuery
from backoffice.contracts.history import BalancesQuery
from backoffice.contracts.liquidity import LiquiditySessionChange, NewLiquiditySession
from backoffice.contracts.market_files import FileMapping, NewMappingPreset
from backoffice.contracts.market_groups import MarketGroupChange, NewMarketGroup
from backoffice.contracts.markets import MarketQuery, MarketSettings, NewMarket
from backoffice.contracts.order_lists import OpenOrdersQuery
from backoffice.contracts.own_orders import OwnOrdersQuery
from backoffice.contracts.rates import NewPrice, RootAsset
from backoffice.contracts.report_mail import TemplateTest
from backoffice.contracts.report_templates import SchedulePlan, TemplateChange, TemplateDraft
from backoffice.contracts.reports import NewReport
from backoffice.contracts.totals import PeriodQuery, RankedQuery, TotalsQuery
from backoffice.contracts.transfers import NewTransfer, TransferDecision
from backoffice.contracts.users import NewUser, UserChange

TRANSFER = {"deduplicationId": "psp-2026-000184", "accountId": "65f0c2a91b7e4d0a8c3f5e12", "amount": "250.00", "assetId": "usd"}
DECISION = {"accountId": "65f0c2a91b7e4d0a8c3f5e12", "transferId": "01K2PMT0VMJG5B8XBDNZ7FNM1F"}
SWAP = {"assetId": "usd", "swapSize": "0.75"}
SETTINGS = {
    "fullName": "Gold against US dollar",
    "displayName": "XAU/USD",
    "minAmount": None,
    "priceDeviation": "0.05",
    "priceScale": 2,
    "amountScale": None,
    "slippageRate": "0.01",
    "status": "Open",
    "subtype": "Metals",
    "isSynchronized": False,
    "externalTtl": 5000,
    "internalTtl": 1000,
    "marketGroupId": "metals",
    "calendarId": "metals-24-5",
    "lotSize": 100,
    "minLotAmount": "0.01",
    "maxLotAmount": 50,
    "tickSize": "0.01",
    "lotStep": "0.01",
    "swapSettings": {"type": "Fix", "shortPositionSettings": SWAP, "longPositionSettings": SWAP},
    "maxLeverage": 20,
    "isConstLeverage": False,
    "minQuoteAmount": "10",
    "maxBaseAmount": "5000",
    "tradingSessionIds": ["lp-one-trading"],
    "marketDataSessionIds": ["lp-one-quotes"],
}
QUERY = {
    "types": ["Cfd"],
    "statuses": ["Open", "Paused"],
    "marketGroupIds": ["metals"],
    "search": "gold",
    "limit": 50,
    "sort": {"field": "DisplayName", "direction": "Asc"},
}
TREE = {"categories": [{"name": "Metals", "categories": [{"name": "Precious", "categories": [], "markets": ["cfd.xau_usd"]}], "markets": []}]}
WEEK = {
    "name": "London equities",
    "timeZoneId": "Europe/London",
    "tradingSessions": [{"dayOfWeek": "Monday", "timeIntervals": [{"start": "08:00:00", "end": "16:30:00"}]}],
    "sessionOverrides": [{"date": "2026-12-25", "name": "Christmas Day", "timeIntervals": []}],
}
MAPPING = {
    "sources": [
        {"field": "displayName", "column": "symbol"},
        {"field": "baseAssetId", "column": "symbol", "transform": "WithoutQuote"},
        {"field": "quoteAssetId", "column": "currency", "transform": "Lower"},
        {"field": "type", "constant": "Cfd"},
    ],
    "rowFilters": [{"column": "provider", "values": ["lp-one"]}],
    "commentPrefix": "#",
    "createAssets": True,
}
SESSION = {"name": "LP One quotes", "status": "Connected", "liquidityProviderId": "lp-one"}

FEE = {"spot": {"type": "PerVolume", "size": "0.1"}, "cfd": {"type": "PerLot", "size": "3.5", "assetId": "usd"}, "minFeeRAT": "0.5"}
RULE_ID, ASSIGNMENT_ID = "5c1f6c4e-2f38-4a57-9a55-0d1c6f6a3f10", "8a3de0d4-7c0b-4a0e-8a53-6c5b6f3f4a21"

OF_USDT = {"entryType": "Exact", "field": "assetId", "value": ["usdt", "usdc"]}
OF_EXAMPLE = {"entryType": "Like", "field": "userEmail", "value": "@example.com"}
NOVEMBER = {"entryType": "Range", "field": "createdAt", "value": {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}}

REPORT = {"source": "Transfers", "notifyEmails": ["finance@example.com"], "filters": [OF_USDT], "format": "Xlsx"}
EVERY_WEEK = {"baseDate": "2026-11-30T06:00:00Z", "frequency": "Weekly", "daysOfWeek": ["Monday"], "timeZone": "Europe/Berlin"}
WEEKLY = REPORT | {"templateName": "Stablecoin transfers of the week", "schedule": EVERY_WEEK, "window": "PreviousWeek"}

EXAMPLES: Mapping[Any, Any] = {
    NewTransfer: TRANSFER | {"callbackUrl": "https://pay.example.com/callbacks"},
    TransferDecision: DECISION,
    NotificationsQuery: {"unreadOnly": True, "types": ["ExternalOrderTimeout"], "lastId": "184", "limit": 50},
    ReadIds: {"ids": ["184", "183"]},
    ReplayRequest: {"webhookIds": ["evt_5cd53ef183bb9cdc06f23b1e1bdf33bb"]},
    ReplayFailed: {"since": "2026-11-24T00:00:00Z", "host": "pay.example.com"},
    AllowedHosts: {"allowedHosts": ["pay.example.com", "*.callbacks.example.com:8443"]},
    ChangeSetDraft: {
        "name": "Metals dearer from December",
        "note": "Agreed on 20 November.",
        "edits": [
            {"type": "CreateRule", "commissionProfileId": "default", "priority": 1, "marketGroupId": "metals", "feeSettings": FEE},
            {"type": "CreateAssignment", "accountGroupId": "professional", "commissionProfileId": "vip"},
        ],
    },
    Period: {"from": "2026-11-01T00:00:00Z", "to": "2026-11-24T00:00:00Z"},
    Schedule: {"applyAt": "2027-01-01T00:00:00Z"},
    NewCommissionProfile: {"commissionProfileId": "vip", "name": "VIP", "copyOf": "default"},
    CommissionProfileChange: {"name": "VIP"},
    NewRule: {"commissionProfileRule": {"marketGroupId": "metals", "feeSettings": FEE, "priority": 1}},
    RuleChange: {"commissionProfileRule": {"marketGroupId": "metals", "feeSettings": FEE}},
    RuleCheck: {"commissionProfileRule": {"marketId": "cfd.xau_usd"}},
    list[RulePriority]: [{"commissionProfileRuleId": RULE_ID, "priority": 1}],
    NewAssignment: {"accountGroupId": "vip", "commissionProfileId": "vip", "priority": 1},
    AssignmentDraft: {"accountGroupId": "vip", "commissionProfileId": "vip"},
    list[AssignmentPriority]: [{"commissionAssignmentId": ASSIGNMENT_ID, "priority": 1}],
    QuoteRequest: {"accountId": "64a0f1c2d3e4b5a697887766", "marketId": "cfd.xau_usd", "side": "Buy", "lots": "0.5", "price": "2641.35"},
    NewAsset: {"id": "xau", "name": "Gold", "scale": 4, "type": "Metals"},
    AssetChange: {"name": "Gold", "scale": 4, "type": "Metals"},
    NewMarket: {"type": "Cfd", "baseAssetId": "xau", "quoteAssetId": "usd"} | SETTINGS,
    MarketSettings: SETTINGS,
    MarketQuery: QUERY,
    CategoryTreeDraft: TREE,
    NewMarketGroup: {"marketGroupId": "metals", "name": "Metals"},
    MarketGroupChange: {"name": "Metals"},
    NewCalendar: {"calendarId": "london-equities"} | WEEK,
    CalendarChange: WEEK,
    NewLiquiditySession: {"id": "lp-one-quotes", "kind": "MarketData"} | SESSION,
    LiquiditySessionChange: SESSION,
    FileMapping: MAPPING,
    NewUser: {"userId": "crm-10482", "email": "amal.haddad@example.com", "name": "Amal Haddad", "status": "Active"},
    UserChange: {"email": "amal.haddad@example.com", "name": "Amal Haddad", "status": "Halted"},
    NewAccount: {"accountName": "Main", "accountGroupId": "retail", "accountType": "Hedging"},
    AccountChange: {"accountName": "Main", "accountGroupId": "retail", "status": "Active"},
    NewAccountGroup: {"accountGroupId": "retail", "name": "Retail"},
    AccountGroupChange: {"name": "Retail"},
    NewPrice: {"baseAssetId": "btc", "quoteAssetId": "usd", "price": "64210.5", "source": "LP One", "at": "2026-11-24T09:30:00Z"},
    RootAsset: {"assetId": "usd"},
    Reopening: {"reason": "A restored backup lacked one journal; it was posted again as 01K2PMT0VMJG5B8XBDNZ7FNM1F."},
    ApprovalGiven: {"shownHash": "5c1e7f0d9a3b", "reason": "Agreed with the client on the phone."},
    ApprovalReason: {"reason": "The client asked for another account."},
    ApprovalPolicyDraft: {"name": "Large withdrawals", "covers": "transfers.confirm", "amountFrom": "10000", "approversNeeded": 2},
    BalancesQuery: {"filters": [OF_USDT]},
    PeriodQuery: {"filters": [NOVEMBER]},
    TotalsQuery: {"filters": [OF_USDT, NOVEMBER]},
    RankedQuery: {"filters": [NOVEMBER], "limit": 100, "sort": {"field": "marketId", "direction": "Asc"}},
    CandleQuery: {"marketId": "spot.btc_usd", "interval": "1h", "dateFrom": "2026-11-01T00:00:00Z", "dateTo": "2026-11-08T00:00:00Z"},
    RowsQuery: {"filters": [NOVEMBER, OF_EXAMPLE], "limit": 100, "sort": {"field": "createdAt", "direction": "Desc"}},
    OpenOrdersQuery: {"filters": [OF_EXAMPLE], "limit": 100, "offset": 0, "sort": {"field": "createdAt", "direction": "Desc"}},
    OwnOrdersQuery: {"createdAtFrom": "2026-11-01T00:00:00Z", "orderStatuses": ["Completed", "Cancelled"], "limit": 100},
    TemplateTest: {"recipient": "me@example.com"},
    NewReport: REPORT | {"reportName": "Stablecoin transfers", "window": "PreviousMonth", "timeZone": "Europe/Berlin"},
    TemplateDraft: WEEKLY,
    TemplateChange: WEEKLY,
    SchedulePlan: {"schedule": EVERY_WEEK, "window": "PreviousWeek"},
    NewMappingPreset: {"name": "LP One list", "mapping": MAPPING},
}
