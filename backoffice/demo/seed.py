"""Loads the demo broker through the seam, so that it obeys every rule and shows up in the audit trail like anybody's work."""

import io
import os
import time
from collections.abc import Callable

from backoffice.contracts import operations
from backoffice.contracts.actor import Actor
from backoffice.contracts.categories import CategoryTreeDraft
from backoffice.contracts.users import UserQuery
from backoffice.demo import broker, commissions, gateway, money, trades
from backoffice.services import back_api

DEMO = Actor(kind="system", id="demo", name="demo", door="cli", operations=frozenset(operations.ALL) | {operations.OWN})
Step = Callable[[str, int, int], None]
PATIENCE_SECONDS = 120


class Stopped(Exception):
    """The demo could not be loaded; the message says why."""


def is_loaded() -> bool:
    return bool(back_api().assets.find(DEMO))


def load(markets: int, trade_count: int, *, progress: Step) -> None:
    """Everything that is not there yet; running it again adds nothing twice."""
    _assets(progress)
    _catalogs(progress)
    _markets(broker.market_file(markets), progress)
    _categories(progress)
    _rates(progress)
    _clients(progress)
    commissions.load(DEMO, progress=progress)
    # Before any other money moves: history is told of accounts that nothing happened on yet.
    trades.load(DEMO, trade_count, progress=progress)
    money.load(DEMO, progress=progress)
    gateway.load(DEMO, port=int(os.environ.get("RECEIVER_PORT", "8001")), progress=progress)


def _assets(progress: Step) -> None:
    api = back_api()
    crm, own = broker.assets("Crm"), broker.assets("Internal")
    api.assets.sync(DEMO, crm)
    known = {asset.id for asset in api.assets.find(DEMO)}
    for asset in own:
        if asset.id not in known:
            api.assets.create(DEMO, asset)
    progress("assets", len(crm) + len(own), len(crm) + len(own))


def _categories(progress: Step) -> None:
    api, drafts = back_api(), broker.categories()
    if not api.categories.get(DEMO).value.categories:
        names = {market.market_id for market in api.markets.names(DEMO)}
        api.categories.replace(DEMO, CategoryTreeDraft(categories=[broker.within(category, names) for category in drafts]))
    progress("categories", len(drafts), len(drafts))


def _rates(progress: Step) -> None:
    rates, prices = back_api().rates, broker.prices()
    if rates.root(DEMO) is None:
        rates.set_root(DEMO, broker.ROOT_ASSET)
    if not rates.prices(DEMO):
        rates.set_prices(DEMO, prices)
    progress("rates", len(prices), len(prices))


def _clients(progress: Step) -> None:
    """Accounts get ids of their own; they are known again by user and name."""
    api = back_api()
    groups = {group.account_group_id for group in api.account_groups.find(DEMO)}
    for group in broker.account_groups():
        if group.account_group_id not in groups:
            api.account_groups.create(DEMO, group)
    users = api.users.find(DEMO, UserQuery(search="crm-", limit=1_000)).items
    for user in broker.users():
        if user.user_id not in {known.user_id for known in users}:
            api.users.create(DEMO, user)
    accounts = {(known.user_id, account.account_name) for known in users for account in api.accounts.find(DEMO, known.user_id)}
    drafts = broker.accounts()
    for number, (user_id, account) in enumerate(drafts, start=1):
        if (user_id, account.account_name) not in accounts:
            api.accounts.create(DEMO, user_id, account)
        progress("accounts", number, len(drafts))


def _catalogs(progress: Step) -> None:
    api = back_api()
    groups = {group.market_group_id for group in api.market_groups.find(DEMO)}
    for group in broker.groups():
        if group.market_group_id not in groups:
            api.market_groups.create(DEMO, group)
    sessions = {session.id for session in api.liquidity_sessions.find(DEMO)}
    for session in broker.liquidity_sessions():
        if session.id not in sessions:
            api.liquidity_sessions.create(DEMO, session)
    calendars = {calendar.calendar_id for calendar in api.calendars.find(DEMO)}
    drafts = broker.calendars()
    for number, calendar in enumerate(drafts, start=1):
        if calendar.calendar_id not in calendars:
            api.calendars.create(DEMO, calendar)
        progress("calendars", number, len(drafts))


def _markets(content: bytes, progress: Step) -> None:
    files = back_api().market_files
    started = files.upload(DEMO, io.BytesIO(content), name="demo-markets.csv", mode="ValidRows")
    until = time.monotonic() + PATIENCE_SECONDS
    # A worker that is up may take the file first; then this waits for it.
    while True:
        files.run(DEMO, started.id)
        file = files.get(DEMO, started.id)
        progress("markets", file.rows_read, max(file.rows_total or file.rows_read, 1))
        if file.stage == "Applied":
            break
        if file.stage == "Failed" or time.monotonic() > until:
            raise Stopped(f"the demo's market file: {file.stage_reason or 'took too long'}")
        time.sleep(0.2)
    if file.errors:
        first = files.errors(DEMO, started.id, limit=1).items[0]
        raise Stopped(f"the demo's market file has {file.errors} faults, the first in row {first.row}, {first.column}: {first.reason}")
