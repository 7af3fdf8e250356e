"""Names that rows of trading are asked for by, though they stand elsewhere: whose account it is, what the market is called."""

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


def asset_name(column: str, key: str) -> Field:
    return Field(column, "text", within=Within(key, OF_ASSETS, "s.name"))
