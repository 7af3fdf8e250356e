"""Totals: commissions by client, account and asset, revenue by market, and what a broker is billed by."""

from backoffice.api.areas import lists
from backoffice.api.endpoint import WithHeaders
from backoffice.contracts.actor import Actor
from backoffice.contracts.totals import (
    AccountAssetCommissions,
    AccountCommissions,
    ActiveAccounts,
    AssetCommissions,
    Billing,
    MarketRevenue,
    PeriodQuery,
    RankedQuery,
    TotalsQuery,
    UserAssetCommissions,
    UserCommissions,
)
from backoffice.services import back_api


def account_assets(actor: Actor, body: TotalsQuery) -> WithHeaders[AccountAssetCommissions]:
    """What was traded and charged, by account and asset."""
    found = back_api().totals.account_assets(actor, body)
    return WithHeaders(AccountAssetCommissions(data=found.items), lists.following(found))


def user_assets(actor: Actor, body: TotalsQuery) -> WithHeaders[UserAssetCommissions]:
    """What was traded and charged, by user and asset."""
    found = back_api().totals.user_assets(actor, body)
    return WithHeaders(UserAssetCommissions(data=found.items), lists.following(found))


def users(actor: Actor, body: RankedQuery) -> WithHeaders[UserCommissions]:
    """Commission and traded volume by user, those who paid most first."""
    found = back_api().totals.users(actor, body)
    return WithHeaders(UserCommissions(data=found.items), lists.following(found))


def accounts(actor: Actor, body: RankedQuery) -> WithHeaders[AccountCommissions]:
    """Commission and traded volume by account, those that paid most first."""
    found = back_api().totals.accounts(actor, body)
    return WithHeaders(AccountCommissions(data=found.items), lists.following(found))


def assets(actor: Actor, body: TotalsQuery) -> WithHeaders[AssetCommissions]:
    """What was traded of each asset and charged in it."""
    found = back_api().totals.assets(actor, body)
    return WithHeaders(AssetCommissions(data=found.items), lists.following(found))


def revenue(actor: Actor, body: RankedQuery) -> WithHeaders[list[MarketRevenue]]:
    """Trades, volume, markup and commission by market, of this month unless asked otherwise."""
    found = back_api().totals.revenue(actor, body)
    return WithHeaders(found.items, lists.following(found))


def billing(actor: Actor, body: PeriodQuery) -> Billing:
    """Active accounts and traded volume."""
    return back_api().totals.billing(actor, body)


def active_accounts(actor: Actor, body: PeriodQuery) -> ActiveAccounts:
    """How many accounts have had an order, a trade or a transfer."""
    return back_api().totals.active_accounts(actor, body)
