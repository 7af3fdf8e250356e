"""The seam: what can be asked of the back-API and of this desk, whoever answers it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast, get_type_hints

from django.conf import settings
from django.utils.module_loading import import_string

from backoffice.contracts.access import Access
from backoffice.contracts.accounts import AccountGroups, Accounts
from backoffice.contracts.approvals import ApprovalPolicies, Approvals
from backoffice.contracts.assets import Assets
from backoffice.contracts.audit import Audit
from backoffice.contracts.audit_chain import AuditChain
from backoffice.contracts.books import Books
from backoffice.contracts.calendars import Calendars
from backoffice.contracts.callbacks import Callbacks
from backoffice.contracts.categories import Categories
from backoffice.contracts.charts import Charts
from backoffice.contracts.commission_changes import CommissionChanges
from backoffice.contracts.commission_quotes import CommissionQuotes
from backoffice.contracts.commissions import CommissionAssignments, CommissionProfiles, CommissionRules
from backoffice.contracts.desk import ApiClients, Operators, Own, Roles
from backoffice.contracts.factors import Factors
from backoffice.contracts.history import History
from backoffice.contracts.identity import Identity
from backoffice.contracts.inbox import InboxDesk
from backoffice.contracts.installation import Installations
from backoffice.contracts.ledger import Ledger
from backoffice.contracts.liquidity import LiquiditySessions
from backoffice.contracts.market_files import MarketFiles
from backoffice.contracts.market_groups import MarketGroups
from backoffice.contracts.markets import Markets
from backoffice.contracts.notifications import AdminNotifications
from backoffice.contracts.order_lists import OrderLists
from backoffice.contracts.order_page import Orders
from backoffice.contracts.own_orders import OwnOrders
from backoffice.contracts.position_lists import PositionLists
from backoffice.contracts.rates import Rates
from backoffice.contracts.report_mail import ReportMail
from backoffice.contracts.report_templates import ReportTemplates
from backoffice.contracts.reports import ReportDesk
from backoffice.contracts.rule_files import RuleFiles
from backoffice.contracts.timeouts import ExternalTimeouts
from backoffice.contracts.totals import Totals
from backoffice.contracts.trade_lists import TradeLists
from backoffice.contracts.transfers import Transfers
from backoffice.contracts.users import Users
from backoffice.guard import guarded

Face = TypeVar("Face", bound="BackApi | Desk")


@dataclass(frozen=True, kw_only=True)
class BackApi:
    """The back-API; the setting BACK_API names who builds it."""

    assets: Assets
    market_groups: MarketGroups
    calendars: Calendars
    liquidity_sessions: LiquiditySessions
    categories: Categories
    markets: Markets
    market_files: MarketFiles
    ledger: Ledger
    transfers: Transfers
    callbacks: Callbacks
    books: Books
    notifications: AdminNotifications
    external_timeouts: ExternalTimeouts
    rates: Rates
    users: Users
    accounts: Accounts
    account_groups: AccountGroups
    history: History
    totals: Totals
    order_lists: OrderLists
    trade_lists: TradeLists
    position_lists: PositionLists
    own_orders: OwnOrders
    charts: Charts
    orders: Orders
    commission_profiles: CommissionProfiles
    commission_rules: CommissionRules
    commission_assignments: CommissionAssignments
    commission_quotes: CommissionQuotes
    commission_changes: CommissionChanges
    rule_files: RuleFiles
    reports: ReportDesk
    report_templates: ReportTemplates
    report_mail: ReportMail
    inbox: InboxDesk


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What stays here whoever answers the back-API."""

    operators: Operators
    roles: Roles
    api_clients: ApiClients
    own: Own
    factors: Factors
    approvals: Approvals
    approval_policies: ApprovalPolicies
    access: Access
    audit: Audit
    installation: Installations
    audit_chain: AuditChain


def back_api() -> BackApi:
    return _built()[0]


def desk() -> Desk:
    return _built()[1]


@cache
def _built() -> tuple[BackApi, Desk]:
    """Both, whichever is asked for: what waits for approval may be a call of either."""
    build_api: Callable[[], BackApi] = import_string(settings.BACK_API)
    build_desk: Callable[[], Desk] = import_string(settings.DESK)
    return _behind_guard(build_api()), _behind_guard(build_desk())


@cache
def identity() -> Identity:
    return cast(Identity, import_module(settings.IDENTITY))


def _behind_guard(built: Face) -> Face:
    protocols: dict[str, Any] = get_type_hints(type(built))
    return type(built)(**{field.name: guarded(field.name, getattr(built, field.name), protocols[field.name]) for field in fields(built)})
