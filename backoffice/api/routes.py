"""The whole REST face in one table. A path that is not here does not exist; tests hold it against the contract and the guard."""

from http import HTTPStatus
from typing import NamedTuple

from backoffice.api.areas import (
    account_groups,
    accounts,
    assets,
    books,
    calendars,
    callbacks,
    categories,
    charting,
    commission_assignments,
    commission_change_sets,
    commission_profiles,
    commission_quotes,
    commission_rules,
    history,
    liquidity_sessions,
    market_files,
    market_groups,
    markets,
    rates,
    rule_files,
    tokens,
    transfers,
    users,
)
from backoffice.api.endpoint import Endpoint, endpoint
from backoffice.api.uploads import FILE, RULE_FILE


class Route(NamedTuple):
    """`operation` None: whoever comes, without a token."""

    method: str
    path: str
    operation: str | None
    endpoint: Endpoint
    version: str = "2.0"


V2 = "/back-api/backoffice/v2"
GROUPS, CALENDARS, SESSIONS, FILES = f"{V2}/market-groups", f"{V2}/calendars", f"{V2}/liquidity-sessions", f"{V2}/markets/file"
TRANSFERS = "/back-api/backoffice/transfers"
MOVE = "manage-transfers"
CALLBACKS, API_CLIENT, CLIENTS = f"{V2}/callbacks", f"{V2}/api-clients/{{clientId}}", "manage-api-clients"
VIEW, MARKETS, ASSETS, TREE = "view-common", "manage-markets", "manage-assets", "manage-markets-categories"
BOOKS = f"{V2}/books"
USERS, ACCOUNT_GROUPS = f"{V2}/users", f"{V2}/account-groups"
ACCOUNTS = "manage-accounts"
CREATED = HTTPStatus.CREATED
PROFILES, ASSIGNMENTS = f"{V2}/commission-profiles", f"{V2}/commission-assignments"
PROFILE, ASSIGNMENT = f"{PROFILES}/{{commissionProfileId}}", f"{ASSIGNMENTS}/{{commissionAssignmentId}}"
RULES, RULE = f"{PROFILE}/rules", f"{PROFILE}/rules/{{commissionProfileRuleId}}"
CHANGE_SETS = f"{V2}/commission-change-sets"
CHANGE_SET = f"{CHANGE_SETS}/{{changeSetId}}"
VIEW_FEES, FEES = "view-commission-rules", "manage-commission-rules"

ROUTES = (
    Route("GET", f"{V2}/assets/list", VIEW, endpoint(assets.find)),
    Route("GET", f"{V2}/assets/{{id}}", VIEW, endpoint(assets.get)),
    Route("POST", f"{V2}/internal-assets", ASSETS, endpoint(assets.create, CREATED)),
    Route("PUT", f"{V2}/internal-assets/{{id}}", ASSETS, endpoint(assets.update)),
    Route("GET", f"{V2}/markets", VIEW, endpoint(markets.names)),
    Route("POST", f"{V2}/markets", MARKETS, endpoint(markets.create, CREATED)),
    Route("POST", f"{V2}/markets/list", VIEW, endpoint(markets.find)),
    Route("GET", f"{V2}/markets/{{marketId}}", VIEW, endpoint(markets.get)),
    Route("PUT", f"{V2}/markets/{{marketId}}", MARKETS, endpoint(markets.update)),
    Route("GET", f"{V2}/markets-categories", VIEW, endpoint(categories.get)),
    Route("PUT", f"{V2}/markets-categories", TREE, endpoint(categories.replace)),
    Route("GET", GROUPS, VIEW, endpoint(market_groups.find)),
    Route("POST", GROUPS, MARKETS, endpoint(market_groups.create, CREATED)),
    Route("GET", f"{GROUPS}/{{marketGroupId}}", VIEW, endpoint(market_groups.get)),
    Route("PUT", f"{GROUPS}/{{marketGroupId}}", MARKETS, endpoint(market_groups.update)),
    Route("DELETE", f"{GROUPS}/{{marketGroupId}}", MARKETS, endpoint(market_groups.delete)),
    Route("GET", CALENDARS, VIEW, endpoint(calendars.find)),
    Route("POST", CALENDARS, MARKETS, endpoint(calendars.create, CREATED)),
    Route("GET", f"{CALENDARS}/{{calendarId}}", VIEW, endpoint(calendars.get)),
    Route("PUT", f"{CALENDARS}/{{calendarId}}", MARKETS, endpoint(calendars.update)),
    Route("DELETE", f"{CALENDARS}/{{calendarId}}", MARKETS, endpoint(calendars.delete)),
    Route("GET", f"{CALENDARS}/{{calendarId}}/status", VIEW, endpoint(calendars.status)),
    Route("GET", SESSIONS, VIEW, endpoint(liquidity_sessions.find)),
    Route("POST", SESSIONS, MARKETS, endpoint(liquidity_sessions.create, CREATED)),
    Route("GET", f"{SESSIONS}/{{sessionId}}", VIEW, endpoint(liquidity_sessions.get)),
    Route("PUT", f"{SESSIONS}/{{sessionId}}", MARKETS, endpoint(liquidity_sessions.update)),
    Route("DELETE", f"{SESSIONS}/{{sessionId}}", MARKETS, endpoint(liquidity_sessions.delete)),
    Route("POST", FILES, MARKETS, endpoint(market_files.upload, reader=FILE)),
    Route("GET", f"{FILES}/{{id}}", MARKETS, endpoint(market_files.result)),
    Route("GET", f"{FILES}/{{id}}/errors", MARKETS, endpoint(market_files.errors)),
    Route("GET", f"{FILES}/{{id}}/rows", MARKETS, endpoint(market_files.rows)),
    Route("POST", f"{FILES}/{{id}}/apply", MARKETS, endpoint(market_files.apply)),
    Route("POST", f"{FILES}/{{id}}/repair", MARKETS, endpoint(market_files.repair)),
    Route("POST", f"{FILES}/{{id}}/discard", MARKETS, endpoint(market_files.discard)),
    Route("POST", f"{FILES}/{{id}}/undo", MARKETS, endpoint(market_files.undo)),
    Route("POST", f"{FILES}/{{id}}/mapping", MARKETS, endpoint(market_files.remap)),
    Route("GET", f"{V2}/markets/files", MARKETS, endpoint(market_files.find)),
    Route("GET", f"{V2}/markets/files/{{id}}", MARKETS, endpoint(market_files.get)),
    Route("GET", f"{V2}/markets/download", MARKETS, endpoint(market_files.export)),
    Route("GET", f"{V2}/markets/download/{{id}}", MARKETS, endpoint(market_files.download)),
    Route("GET", f"{V2}/markets/mapping-presets", MARKETS, endpoint(market_files.presets)),
    Route("POST", f"{V2}/markets/mapping-presets", MARKETS, endpoint(market_files.save_preset, CREATED)),
    Route("DELETE", f"{V2}/markets/mapping-presets/{{id}}", MARKETS, endpoint(market_files.delete_preset)),
    Route("GET", USERS, VIEW, endpoint(users.find)),
    Route("POST", USERS, ACCOUNTS, endpoint(users.create, CREATED)),
    Route("GET", f"{USERS}/{{userId}}", VIEW, endpoint(users.get)),
    Route("PUT", f"{USERS}/{{userId}}", ACCOUNTS, endpoint(users.update)),
    Route("GET", f"{USERS}/{{userId}}/accounts", VIEW, endpoint(accounts.find)),
    Route("POST", f"{USERS}/{{userId}}/accounts", ACCOUNTS, endpoint(accounts.create, CREATED)),
    Route("GET", f"{USERS}/{{userId}}/accounts/{{accountId}}", VIEW, endpoint(accounts.get)),
    Route("PUT", f"{USERS}/{{userId}}/accounts/{{accountId}}", ACCOUNTS, endpoint(accounts.update)),
    Route("GET", f"{V2}/accounts/{{accountId}}", VIEW, endpoint(accounts.details)),
    Route("GET", ACCOUNT_GROUPS, VIEW, endpoint(account_groups.find)),
    Route("POST", ACCOUNT_GROUPS, ACCOUNTS, endpoint(account_groups.create, CREATED)),
    Route("GET", f"{ACCOUNT_GROUPS}/{{accountGroupId}}", VIEW, endpoint(account_groups.get)),
    Route("PUT", f"{ACCOUNT_GROUPS}/{{accountGroupId}}", ACCOUNTS, endpoint(account_groups.update)),
    Route("DELETE", f"{ACCOUNT_GROUPS}/{{accountGroupId}}", ACCOUNTS, endpoint(account_groups.delete)),
    Route("GET", "/api/users/{userId}/balances", "view-balances", endpoint(history.user_total), "1.0"),
    Route("POST", "/api/users/balances", "view-balances", endpoint(history.user_balances), "1.0"),
    Route("POST", "/api/accounts/balances", "view-balances", endpoint(history.account_balances), "1.0"),
    Route("POST", "/api/active-accounts", "view-active-accounts", endpoint(history.active_accounts), "1.0"),
    Route("POST", "/api/transfers", "view-transfers", endpoint(history.transfers), "1.0"),
    Route("POST", "/api/charting", "manage-charts", endpoint(charting.file), "1.0"),
    Route("GET", f"{V2}/rates", VIEW, endpoint(rates.find)),
    Route("PUT", f"{V2}/rates", ASSETS, endpoint(rates.set_prices)),
    Route("GET", f"{V2}/rates/prices", VIEW, endpoint(rates.prices)),
    Route("GET", f"{V2}/root-asset", VIEW, endpoint(rates.root)),
    Route("PUT", f"{V2}/root-asset", ASSETS, endpoint(rates.set_root)),
    Route("GET", f"{TRANSFERS}/{{transferId}}", "view-transfers", endpoint(transfers.get), "1.0"),
    Route("GET", f"{TRANSFERS}/accounts/{{accountId}}", "view-transfers", endpoint(transfers.of_account), "1.0"),
    Route("POST", f"{TRANSFERS}/deposit", MOVE, endpoint(transfers.deposit, CREATED), "1.0"),
    Route("POST", f"{TRANSFERS}/withdrawal", MOVE, endpoint(transfers.withdraw, CREATED), "1.0"),
    Route("POST", f"{TRANSFERS}/withdrawal-confirm", MOVE, endpoint(transfers.confirm), "1.0"),
    Route("POST", f"{TRANSFERS}/withdrawal-cancel", MOVE, endpoint(transfers.cancel), "1.0"),
    Route("GET", CALLBACKS, "view-transfers", endpoint(callbacks.find)),
    Route("GET", f"{CALLBACKS}/{{webhookId}}", "view-transfers", endpoint(callbacks.get)),
    Route("POST", f"{CALLBACKS}/replay", MOVE, endpoint(callbacks.replay)),
    Route("POST", f"{CALLBACKS}/replay-failed", MOVE, endpoint(callbacks.replay_failed)),
    Route("GET", f"{V2}/callback-hosts", "view-transfers", endpoint(callbacks.hosts)),
    Route("POST", f"{V2}/callback-hosts/{{host}}/resume", MOVE, endpoint(callbacks.resume)),
    Route("GET", f"{API_CLIENT}/callback-settings", CLIENTS, endpoint(callbacks.settings)),
    Route("PUT", f"{API_CLIENT}/callback-settings", CLIENTS, endpoint(callbacks.allow_hosts)),
    Route("POST", f"{API_CLIENT}/callback-secret", CLIENTS, endpoint(callbacks.make_secret, CREATED)),
    Route("DELETE", f"{API_CLIENT}/callback-secret/previous", CLIENTS, endpoint(callbacks.end_previous_secret)),
    Route("GET", PROFILES, VIEW_FEES, endpoint(commission_profiles.find)),
    Route("POST", PROFILES, FEES, endpoint(commission_profiles.create, CREATED)),
    Route("GET", PROFILE, VIEW_FEES, endpoint(commission_profiles.get)),
    Route("PUT", PROFILE, FEES, endpoint(commission_profiles.update)),
    Route("DELETE", PROFILE, FEES, endpoint(commission_profiles.delete)),
    Route("GET", f"{PROFILE}/coverage", VIEW_FEES, endpoint(commission_profiles.coverage)),
    Route("GET", RULES, VIEW_FEES, endpoint(commission_rules.find)),
    Route("POST", RULES, FEES, endpoint(commission_rules.create, CREATED)),
    Route("PUT", f"{RULES}/priorities", FEES, endpoint(commission_rules.set_priorities)),
    Route("GET", RULE, VIEW_FEES, endpoint(commission_rules.get)),
    Route("PUT", RULE, FEES, endpoint(commission_rules.update)),
    Route("DELETE", RULE, FEES, endpoint(commission_rules.delete)),
    Route("POST", f"{RULE}/validate-update", FEES, endpoint(commission_rules.validate_update)),
    Route("POST", f"{RULE}/validate-delete", FEES, endpoint(commission_rules.validate_delete)),
    Route("GET", ASSIGNMENTS, VIEW_FEES, endpoint(commission_assignments.find)),
    Route("POST", ASSIGNMENTS, FEES, endpoint(commission_assignments.create, CREATED)),
    Route("PUT", f"{ASSIGNMENTS}/priorities", FEES, endpoint(commission_assignments.set_priorities)),
    Route("GET", ASSIGNMENT, VIEW_FEES, endpoint(commission_assignments.get)),
    Route("PUT", ASSIGNMENT, FEES, endpoint(commission_assignments.update)),
    Route("DELETE", ASSIGNMENT, FEES, endpoint(commission_assignments.delete)),
    Route("POST", f"{V2}/commission-quotes", VIEW_FEES, endpoint(commission_quotes.quote)),
    Route("GET", CHANGE_SETS, VIEW_FEES, endpoint(commission_change_sets.find)),
    Route("POST", CHANGE_SETS, FEES, endpoint(commission_change_sets.draft, CREATED)),
    Route("GET", CHANGE_SET, VIEW_FEES, endpoint(commission_change_sets.get)),
    Route("PUT", CHANGE_SET, FEES, endpoint(commission_change_sets.edit)),
    Route("GET", f"{CHANGE_SET}/impact", VIEW_FEES, endpoint(commission_change_sets.impact)),
    Route("POST", f"{CHANGE_SET}/impact", FEES, endpoint(commission_change_sets.estimate)),
    Route("DELETE", f"{CHANGE_SET}/impact", FEES, endpoint(commission_change_sets.cancel_estimate)),
    Route("POST", f"{CHANGE_SET}/apply", FEES, endpoint(commission_change_sets.apply)),
    Route("POST", f"{CHANGE_SET}/schedule", FEES, endpoint(commission_change_sets.schedule)),
    Route("POST", f"{CHANGE_SET}/unschedule", FEES, endpoint(commission_change_sets.unschedule)),
    Route("POST", f"{CHANGE_SET}/discard", FEES, endpoint(commission_change_sets.discard)),
    Route("POST", f"{CHANGE_SET}/undo", FEES, endpoint(commission_change_sets.undo)),
    Route("POST", f"{V2}/commission-rules/file", FEES, endpoint(rule_files.upload, reader=RULE_FILE)),
    Route("GET", f"{V2}/commission-rules/file/{{id}}", FEES, endpoint(rule_files.get)),
    Route("GET", f"{V2}/commission-rules/file/{{id}}/errors", FEES, endpoint(rule_files.errors)),
    Route("GET", f"{V2}/commission-rules/download", VIEW_FEES, endpoint(rule_files.download)),
    Route("GET", BOOKS, "view-balances", endpoint(books.state)),
    Route("GET", f"{BOOKS}/passes", "view-balances", endpoint(books.passes)),
    Route("POST", f"{BOOKS}/audit", "audit-books", endpoint(books.audit)),
    Route("POST", f"{BOOKS}/reopen", "audit-books", endpoint(books.reopen)),
    Route("POST", "/auth/token", None, endpoint(tokens.issue, reader=tokens.CREDENTIALS)),
)
