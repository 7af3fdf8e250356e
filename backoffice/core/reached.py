"""What of each table is in reach of somebody with limits: the accounts and markets that its rows belong to, as SQL on a row t.

`{accounts}` stands for the ids of account groups in reach, `{markets}` for those of market groups; both are parameters.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Reach(NamedTuple):
    """Conditions for whoever is limited to account groups, to market groups, to either; "" where such a limit changes nothing."""

    accounts: str = ""
    markets: str = ""
    either: str = ""


OF_GROUPS = "(SELECT a.id FROM accounts_account a WHERE a.group_id = ANY({accounts}))"
OF_MARKET_GROUPS = "(SELECT m.market_id FROM markets_market m WHERE m.market_group_id = ANY({markets}))"
TRANSFERS_OF = f"(SELECT x.id FROM transfers_transfer x WHERE x.account_id IN {OF_GROUPS})"  # noqa: S608  texts of ours only
USERS_OF = "(SELECT a.user_id FROM accounts_account a WHERE a.group_id = ANY({accounts}))"
ACCOUNT = Reach(accounts=f"t.account_id IN {OF_GROUPS}")
MARKET = Reach(markets=f"t.market_id IN {OF_MARKET_GROUPS}")
BOTH = Reach(ACCOUNT.accounts, MARKET.markets)
NOTHING = Reach(either="false")
# Objects of the trail that belong to nobody's group, and of which nothing is told but themselves.
OPEN_OBJECTS = "'asset', 'calendar', 'liquidity_session', 'rates', 'operator', 'role', 'api_client', 'sign_in', 'saved_view'"
ACCOUNT_OBJECTS, MARKET_OBJECTS = "'account', 'user', 'account_group', 'transfer'", "'market', 'market_group'"
CHANGE = Reach(
    accounts=f"""CASE t.object_type WHEN 'account' THEN t.object_id IN {OF_GROUPS} WHEN 'account_group' THEN t.object_id = ANY({{accounts}})
        WHEN 'user' THEN t.object_id IN {USERS_OF} WHEN 'transfer' THEN t.object_id IN {TRANSFERS_OF} ELSE true END""",
    markets=f"""CASE t.object_type WHEN 'market' THEN t.object_id IN {OF_MARKET_GROUPS}
        WHEN 'market_group' THEN t.object_id = ANY({{markets}}) ELSE true END""",
    either=f"t.object_type IN ({OPEN_OBJECTS}, {ACCOUNT_OBJECTS}, {MARKET_OBJECTS})",
)


def _through(table: str, key: str, of: Reach, column: str) -> Reach:
    """What is in reach when the row of another table is that it belongs to."""
    conditions = (condition.replace("t.", "o.") for condition in of)
    return Reach(*(condition and f"EXISTS (SELECT FROM {table} o WHERE o.{key} = t.{column} AND {condition})" for condition in conditions))


TABLES: Mapping[str, Reach] = {
    "accounts_account": Reach(accounts="t.group_id = ANY({accounts})"),
    "accounts_accountgroup": Reach(accounts="t.id = ANY({accounts})"),
    "accounts_user": Reach(accounts=f"t.id IN {USERS_OF}"),
    "markets_market": Reach(markets="t.market_group_id = ANY({markets})"),
    "markets_marketgroup": Reach(markets="t.id = ANY({markets})"),
    "markets_marketsession": MARKET,
    "markets_categorymarket": MARKET,
    "markets_candle": MARKET,
    "ledger_balance": ACCOUNT,
    "ledger_entry": ACCOUNT,
    "ledger_hold": ACCOUNT,
    "ledger_journal": _through("ledger_entry", "journal_id", ACCOUNT, "id"),
    "transfers_transfer": ACCOUNT,
    "transfers_event": _through("transfers_transfer", "id", ACCOUNT, "transfer_id"),
    "callbacks_callback": Reach(accounts=f"t.subject_id IN {TRANSFERS_OF}"),
    "callbacks_attempt": Reach(
        accounts=f"EXISTS (SELECT FROM callbacks_callback o WHERE o.webhook_id = t.callback_id AND o.subject_id IN {TRANSFERS_OF})"
    ),
    "commissions_rule": Reach(
        markets=f"(t.market_id IS NULL OR t.market_id IN {OF_MARKET_GROUPS}) AND (t.market_group_id IS NULL OR t.market_group_id = ANY({{markets}}))"
    ),
    "commissions_assignment": Reach(
        accounts=f"""(t.account_id IS NULL OR t.account_id IN {OF_GROUPS}) AND (t.account_group_id IS NULL OR t.account_group_id = ANY({{accounts}}))
            AND (t.user_id IS NULL OR t.user_id IN {USERS_OF})"""
    ),
    **dict.fromkeys(
        (
            "trading_order",
            "trading_externalorder",
            "trading_execution",
            "trading_orderfills",
            "trading_unsolicitedtrade",
            "trading_position",
            "trading_closing",
            "trading_swap",
            "trading_funding",
            "history_delta",
        ),
        BOTH,
    ),
    # Sums over what one may see and what one may not: whoever asks within limits is answered by those that know enough to tell the two apart.
    "history_accounttotal": Reach(accounts=ACCOUNT.accounts, markets="false"),
    "history_accountassettotal": Reach(accounts=ACCOUNT.accounts, markets="false"),
    "history_markettotal": Reach(accounts="false", markets=MARKET.markets),
    "history_typetotal": NOTHING,
    "trading_toldtimeouts": Reach(accounts="false", markets=MARKET.markets),
    "books_pass": NOTHING,
    "core_auditchange": CHANGE,
    "core_auditrecord": _through("core_auditchange", "record_id", CHANGE, "id"),
    # Drafts, files and what they came to name objects of all groups in one value.
    "commission_changes_changeset": NOTHING,
    "commission_changes_impactrow": NOTHING,
    "commission_files_rulefile": NOTHING,
    "markets_marketfile": NOTHING,
    "markets_marketfilerow": NOTHING,
    "markets_marketfileerror": NOTHING,
    "notifications_adminnotification": NOTHING,
}
# They tell nothing of an account or of a market, or nothing but by the guard's own word: who may see a report is asked where reports are read.
OPEN = frozenset(
    {
        "callbacks_client",
        "callbacks_host",
        "callbacks_secret",
        "commissions_assignmentlist",
        "commissions_profile",
        "core_heartbeat",
        "django_session",
        "ledger_gate",
        "markets_asset",
        "markets_calendar",
        "markets_calendarinterval",
        "markets_calendaroverride",
        "markets_categorytree",
        "markets_liquiditysession",
        "markets_mappingpreset",
        "markets_marketcategory",
        "markets_rateprice",
        "markets_rootrate",
        "reports_delivery",
        "reports_report",
        "reports_skip",
        "reports_template",
        "reports_unsubscribed",
    }
)
# Apps whose tables are about the people of this desk.
OPEN_APPS = ("auth_", "django_", "operators_", "approvals_", "chain_", "inbox_", "notifications_")
