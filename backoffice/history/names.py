"""Names that rows of trading are asked for by, though they stand elsewhere: whose account it is, what the market is called."""

from typing import get_args

from backoffice.contracts.markets import MarketType
from backoffice.core.filters import Field, Within

OF_USERS = "SELECT a.id FROM accounts_account a JOIN accounts_user u ON u.id = a.user_id WHERE {}"
OF_ACCOUNTS = "SELECT a.id FROM accounts_account a WHERE {}"
OF_MARKETS = "SELECT m.market_id FROM markets_market m WHERE {}"
OF_ASSETS = "SELECT s.id FROM markets_asset s WHERE {}"

# An account stays its user's for good, so that all of them lead to the index of accounts.
WHOSE = {
    "userId": Field("user_id", "text", within=Within("account_id", OF_ACCOUNTS, "a.user_id")),
    "userEmail": Field("user_email", "text", within=Within("account_id", OF_USERS, "u.email")),
    "accountId": Field("account_id", "text"),
    "accountName": Field("account_name", "text", within=Within("account_id", OF_ACCOUNTS, "a.name")),
    "accountGroupId": Field("account_group_id", "text", within=Within("account_id", OF_ACCOUNTS, "a.group_id")),
}
WHERE = {
    "marketId": Field("market_id", "text"),
    "marketDisplayName": Field("market_display_name", "text", within=Within("market_id", OF_MARKETS, "m.display_name")),
}

MARKET_TYPE = Field("market_type", "word", get_args(MarketType))


def named(row: str) -> str:
    """Whose the row is and where, with what people call them; a market's id says its type and its quote asset.

    Looked up one by one and not joined: with half a dozen joins planning took longer than finding a hundred rows, and the planner
    leaves out what a question does not name, and what it sorts away, either way.
    """
    return f"""
        {row}.user_id, (SELECT u.email FROM accounts_user u WHERE u.id = {row}.user_id) AS user_email,
        (SELECT u.name FROM accounts_user u WHERE u.id = {row}.user_id) AS user_name,
        {row}.account_id, (SELECT a.name FROM accounts_account a WHERE a.id = {row}.account_id) AS account_name,
        {row}.market_id, (SELECT m.display_name FROM markets_market m WHERE m.market_id = {row}.market_id) AS market_display_name,
        initcap(split_part({row}.market_id, '.', 1)) AS market_type, split_part({row}.market_id, '_', 2) AS quote_asset_id
    """  # noqa: S608  texts of ours only


def asset_of(row: str, column: str = "commission_asset_id") -> str:
    return f"(SELECT s.name FROM markets_asset s WHERE s.id = {row}.{column})"  # noqa: S608  texts of ours only


def session_of(row: str) -> str:
    return f"(SELECT l.name FROM markets_liquiditysession l WHERE l.id = {row}.session_id)"  # noqa: S608  texts of ours only


def asset_name(column: str, key: str) -> Field:
    return Field(column, "text", within=Within(key, OF_ASSETS, "s.name"))
