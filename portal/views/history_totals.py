"""What trading came to: commissions by client, account and asset, revenue by market."""

from typing import Any

from django.urls import reverse

from backoffice.contracts.filters import Filter as Entry
from backoffice.contracts.totals import (
    RANKED_MOST,
    AccountAssetCommission,
    AccountCommission,
    AssetCommission,
    MarketRevenue,
    RankedQuery,
    TotalsQuery,
    UserAssetCommission,
    UserCommission,
)
from backoffice.contracts.users import UserStatus
from backoffice.services import back_api
from portal import history_lists as of
from portal.history_lists import CELL
from portal.listing import Column, Empty, Filter, Listing, Period, Range, State, Text, entries, order
from portal.listing.filters import AnyFilter
from portal.templatetags.desk import worded

COMMISSIONS = "view-commissions"
KINDS = (
    ("By client", "portal:commission-totals-clients", COMMISSIONS),
    ("By account", "portal:commission-totals-accounts", COMMISSIONS),
    ("By asset", "portal:commission-totals-assets", COMMISSIONS),
    ("By client and asset", "portal:commission-totals-client-assets", COMMISSIONS),
    ("By account and asset", "portal:commission-totals-account-assets", COMMISSIONS),
)
EMPTY = Empty(icon="badge-percent", text="Commissions add up here as trades are charged.")
TRADED = Period(key="created", label="Traded", field="createdAt")
MARKET: tuple[AnyFilter, ...] = (
    Text(key="market_name", label="Market", field="displayName", hint="As EUR/USD"),
    Text(key="market", label="Market id", field="marketId", is_whole=True, hint="As cfd.eur_usd"),
    *(one for one in of.MARKET if one.key == "market_type"),
    of.SIDE,
)
CLIENT_STATUS = Filter(key="status", label="Client's status", choices=worded(UserStatus), field="status")
OF_ASSET = (
    TRADED,
    of.ASSET,
    *of.WHOSE,
    CLIENT_STATUS,
    *MARKET,
    Range(key="volume", label="Volume in root asset", field="totalAssetAmountInRAT"),
    Range(key="commission", label="Commission in root asset", field="totalAssetCommissionInRAT"),
)
RANKED = (
    TRADED,
    *of.WHOSE,
    CLIENT_STATUS,
    *MARKET,
    Range(key="volume", label="Volume", field="totalTradedVolumeInRAT"),
    Range(key="commission", label="Commission", field="totalCommissionInRAT"),
)
ASSET_FIGURES = (
    Column(key="amount", label="Traded", attribute="total_asset_amount", sort="totalAssetAmount", cell=CELL + "in_asset", is_numeric=True),
    of.worth_column("traded", "Traded in root asset", "total_asset_amount_in_rat", sort="totalAssetAmountInRAT"),
    Column(key="fee", label="Commission", attribute="total_asset_commission", sort="totalAssetCommission", cell=CELL + "in_asset", is_numeric=True),
    of.worth_column("paid", "Commission in root asset", "total_asset_commission_in_rat", sort="totalAssetCommissionInRAT"),
)
RANKED_FIGURES = (
    of.worth_column("total_volume", "Volume", "total_traded_volume_in_rat", sort="totalTradedVolumeInRAT"),
    of.worth_column("total_commission", "Commission", "total_commission_in_rat", sort="totalCommissionInRAT"),
    of.worth_column("balance", "Holds now", "total_balance_in_rat"),
)
STATUS_COLUMN = Column(key="status", label="Status", cell=CELL + "client_status")


def _ranked(declared: Listing[Any], state: State) -> RankedQuery:
    return RankedQuery(filters=entries(declared, state), sort=order(declared, state), limit=min(state.size, RANKED_MOST), after=state.after)


def _whole(declared: Listing[Any], state: State) -> TotalsQuery:
    return TotalsQuery(filters=entries(declared, state), sort=order(declared, state), limit=state.size, after=state.after)


CLIENTS: Listing[UserCommission] = Listing(
    section="client-commissions",
    title="Commissions by client",
    noun="client",
    nouns="clients",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="-totalCommissionInRAT",
    report_source="UsersCommissions",
    siblings=KINDS,
    find=lambda actor, state: back_api().totals.users(actor, _ranked(CLIENTS, state)),
    key=lambda row: row.user_id,
    href=lambda row: reverse("portal:clients-show", args=[row.user_id]),
    empty=EMPTY,
    filters=RANKED,
    columns=(
        Column(key="user_email", label="Client"),
        Column(key="user_id", label="Client id", sort="userId", cell=CELL + "id"),
        STATUS_COLUMN,
        *RANKED_FIGURES,
    ),
)
ACCOUNTS: Listing[AccountCommission] = Listing(
    section="account-commissions",
    title="Commissions by account",
    noun="account",
    nouns="accounts",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="-totalCommissionInRAT",
    report_source="AccountsCommissions",
    siblings=KINDS,
    find=lambda actor, state: back_api().totals.accounts(actor, _ranked(ACCOUNTS, state)),
    key=lambda row: row.account_id,
    href=lambda row: reverse("portal:accounts-show", args=[row.account_id]),
    empty=EMPTY,
    filters=RANKED,
    columns=(
        Column(key="account_name", label="Account"),
        Column(key="account_id", label="Account id", sort="accountId", cell=CELL + "id"),
        Column(key="user_email", label="Client", cell=CELL + "email"),
        *RANKED_FIGURES,
    ),
)
ASSETS: Listing[AssetCommission] = Listing(
    section="asset-commissions",
    title="Commissions by asset",
    noun="asset",
    nouns="assets",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="assetId",
    report_source="AssetsCommissions",
    siblings=KINDS,
    find=lambda actor, state: back_api().totals.assets(actor, _whole(ASSETS, state)),
    key=lambda row: row.asset_id,
    href=lambda row: reverse("portal:assets-show", args=[row.asset_id]),
    empty=EMPTY,
    filters=OF_ASSET,
    columns=(of.ASSET_COLUMN, Column(key="asset_name", label="Name"), *ASSET_FIGURES),
)
CLIENT_ASSETS: Listing[UserAssetCommission] = Listing(
    section="client-asset-commissions",
    title="Commissions by client and asset",
    noun="row",
    nouns="rows",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="userId",
    report_source="UserAssetCommissions",
    report_needs="userId",
    siblings=KINDS,
    find=lambda actor, state: back_api().totals.user_assets(actor, _whole(CLIENT_ASSETS, state)),
    key=lambda row: f"{row.user_id} {row.asset_id}",
    href=lambda row: reverse("portal:clients-show", args=[row.user_id]),
    empty=EMPTY,
    filters=OF_ASSET,
    columns=(Column(key="user_id", label="Client id", sort="userId"), of.ASSET_COLUMN, Column(key="asset_name", label="Name"), *ASSET_FIGURES),
)
ACCOUNT_ASSETS: Listing[AccountAssetCommission] = Listing(
    section="account-asset-commissions",
    title="Commissions by account and asset",
    noun="row",
    nouns="rows",
    search=of.BY_EMAIL,
    sought=of.by_email,
    default_sort="accountId",
    siblings=KINDS,
    find=lambda actor, state: back_api().totals.account_assets(actor, _whole(ACCOUNT_ASSETS, state)),
    key=lambda row: f"{row.account_id} {row.asset_id}",
    href=lambda row: reverse("portal:accounts-show", args=[row.account_id]),
    empty=EMPTY,
    filters=OF_ASSET,
    columns=(
        Column(key="account_name", label="Account"),
        Column(key="account_id", label="Account id", sort="accountId", cell=CELL + "id"),
        Column(key="user_id", label="Client id", cell=CELL + "id", is_shown=False),
        of.ASSET_COLUMN,
        Column(key="asset_name", label="Name", is_shown=False),
        *ASSET_FIGURES,
    ),
)
REVENUE: Listing[MarketRevenue] = Listing(
    section="revenue",
    title="Revenue by market",
    noun="market",
    nouns="markets",
    search="Client's e-mail or market",
    sought=lambda text: Entry(entry_type="Like", field="userEmail" if "@" in text else "displayName", value=text),
    default_sort="-tradedVolumeInRat",
    note="This month so far, unless a period is chosen.",
    find=lambda actor, state: back_api().totals.revenue(actor, _ranked(REVENUE, state)),
    key=lambda row: row.market_id,
    href=lambda row: reverse("portal:markets-show", args=[row.market_id]),
    empty=Empty(icon="chart-candlestick", text="What markups and commissions earn adds up here, market by market."),
    filters=(
        TRADED,
        *MARKET,
        *of.WHOSE,
        CLIENT_STATUS,
        Range(key="trades", label="Trades", field="tradesCount"),
        Range(key="volume", label="Volume", field="tradedVolumeInRat"),
        Range(key="markup", label="Markup", field="markupProfitInRat"),
        Range(key="commission", label="Commission", field="commissionProfitInRat"),
    ),
    columns=(
        Column(key="market", label="Market", attribute="display_name", cell=CELL + "own_market"),
        Column(key="market_id", label="Market id", sort="marketId", cell=CELL + "id", is_shown=False),
        Column(key="trades_count", label="Trades", sort="tradesCount", is_numeric=True),
        Column(key="traded_volume", label="Volume in base asset", sort="tradedVolume", is_numeric=True),
        of.worth_column("market_volume", "Volume", "traded_volume_in_rat", sort="tradedVolumeInRat"),
        of.worth_column("market_markup", "Markup", "markup_profit_in_rat", sort="markupProfitInRat"),
        of.worth_column("market_commission", "Commission", "commission_profit_in_rat", sort="commissionProfitInRat"),
        Column(
            key="revenue",
            label="Revenue",
            plain=lambda row: row.markup_profit_in_rat + row.commission_profit_in_rat,
            cell=CELL + "in_root",
            is_numeric=True,
            is_summed=True,
        ),
    ),
)

by_client = of.page(CLIENTS)
by_account = of.page(ACCOUNTS)
by_asset = of.page(ASSETS)
by_client_and_asset = of.page(CLIENT_ASSETS)
by_account_and_asset = of.page(ACCOUNT_ASSETS)
revenue = of.page(REVENUE)
