"""The back-API out of our own domain apps; mypy checks each module against its Protocol here."""

from backoffice.accounts import accounts, users
from backoffice.accounts import groups as account_groups
from backoffice.books import service as books
from backoffice.callbacks import service as callbacks
from backoffice.commission_changes import service as commission_changes
from backoffice.commission_files import service as rule_files
from backoffice.commissions import assignments as commission_assignments
from backoffice.commissions import profiles as commission_profiles
from backoffice.commissions import quotes as commission_quotes
from backoffice.commissions import rules as commission_rules
from backoffice.history import charts, order_lists, own_orders, position_lists, totals, trade_lists
from backoffice.history import order_page as orders
from backoffice.history import reading as history
from backoffice.inbox import service as inbox
from backoffice.ledger import reading as ledger
from backoffice.markets import assets, calendars, categories, groups, liquidity, markets, rates
from backoffice.markets.files import service as market_files
from backoffice.notifications import service as notifications
from backoffice.reports import service as reports
from backoffice.reports import templates as report_templates
from backoffice.reports.delivery import service as report_mail
from backoffice.services import BackApi
from backoffice.trading import timeouts as external_timeouts
from backoffice.transfers import transfers


def build() -> BackApi:
    return BackApi(
        assets=assets,
        market_groups=groups,
        calendars=calendars,
        liquidity_sessions=liquidity,
        categories=categories,
        markets=markets,
        market_files=market_files,
        ledger=ledger,
        transfers=transfers,
        callbacks=callbacks,
        books=books,
        notifications=notifications,
        external_timeouts=external_timeouts,
        rates=rates,
        users=users,
        accounts=accounts,
        account_groups=account_groups,
        history=history,
        totals=totals,
        order_lists=order_lists,
        trade_lists=trade_lists,
        position_lists=position_lists,
        own_orders=own_orders,
        charts=charts,
        orders=orders,
        commission_profiles=commission_profiles,
        commission_rules=commission_rules,
        commission_assignments=commission_assignments,
        commission_quotes=commission_quotes,
        commission_changes=commission_changes,
        rule_files=rule_files,
        reports=reports,
        report_templates=report_templates,
        report_mail=report_mail,
        inbox=inbox,
    )
