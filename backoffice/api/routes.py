"""The whole REST face in one table. A path that is not here does not exist; tests hold it against the contract and the guard."""

from http import HTTPStatus
from typing import NamedTuple

from backoffice.api.areas import assets, calendars, categories, liquidity_sessions, market_files, market_groups, markets, tokens
from backoffice.api.endpoint import Endpoint, endpoint
from backoffice.api.uploads import FILE


class Route(NamedTuple):
    """`operation` None: whoever comes, without a token."""

    method: str
    path: str
    operation: str | None
    endpoint: Endpoint
    version: str = "2.0"


V2 = "/back-api/backoffice/v2"
GROUPS, CALENDARS, SESSIONS, FILES = f"{V2}/market-groups", f"{V2}/calendars", f"{V2}/liquidity-sessions", f"{V2}/markets/file"
VIEW, MARKETS, ASSETS, TREE = "view-common", "manage-markets", "manage-assets", "manage-markets-categories"
CREATED = HTTPStatus.CREATED

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
    Route("POST", "/auth/token", None, endpoint(tokens.issue, reader=tokens.CREDENTIALS)),
)
