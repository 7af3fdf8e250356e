"""The hosted Totals: each answer is one statement, so that all its figures are of one instant."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec
from django.conf import settings

from backoffice.contracts import periods
from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.totals import (
    OFFSET_MOST,
    RANKED_MOST,
    TOTALS_MOST,
    AccountAssetCommission,
    AccountCommission,
    ActiveAccounts,
    AssetCommission,
    Billing,
    MarketRevenue,
    PeriodQuery,
    RankedQuery,
    TotalsQuery,
    UserAssetCommission,
    UserCommission,
)
from backoffice.core import keyset
from backoffice.history import activity, asking, rollups, totals_lists
from backoffice.history.asked import utc_now
from backoffice.history.cover import Period
from backoffice.history.over_time import money, series, top
from backoffice.history.totals_lists import TotalsList

__all__ = [
    "account_assets",
    "accounts",
    "active_accounts",
    "assets",
    "billing",
    "fold",
    "money",
    "rebuild",
    "revenue",
    "series",
    "top",
    "user_assets",
    "users",
]
Row = TypeVar("Row", bound=msgspec.Struct)


def account_assets(actor: Actor, query: TotalsQuery) -> Page[AccountAssetCommission]:  # noqa: ARG001  verbs are told who asks
    return _whole(totals_lists.ACCOUNT_ASSET_LIST, query)


def user_assets(actor: Actor, query: TotalsQuery) -> Page[UserAssetCommission]:  # noqa: ARG001  verbs are told who asks
    return _whole(totals_lists.USER_ASSET_LIST, query)


def assets(actor: Actor, query: TotalsQuery) -> Page[AssetCommission]:  # noqa: ARG001  verbs are told who asks
    return _whole(totals_lists.ASSET_LIST, query)


def users(actor: Actor, query: RankedQuery) -> Page[UserCommission]:  # noqa: ARG001  verbs are told who asks
    return _ranked(totals_lists.USERS, query)


def accounts(actor: Actor, query: RankedQuery) -> Page[AccountCommission]:  # noqa: ARG001  verbs are told who asks
    return _ranked(totals_lists.ACCOUNT_LIST, query)


def revenue(actor: Actor, query: RankedQuery) -> Page[MarketRevenue]:  # noqa: ARG001  verbs are told who asks
    return _ranked(totals_lists.REVENUE, query, usual=_month_to_date)


def billing(actor: Actor, query: PeriodQuery) -> Billing:  # noqa: ARG001  verbs are told who asks
    (found,) = asking.one(activity.billing(query.filters, utc_now()), totals_lists.ADVICE)
    return msgspec.json.decode(found, type=Billing)


def active_accounts(actor: Actor, query: PeriodQuery) -> ActiveAccounts:  # noqa: ARG001  verbs are told who asks
    (total,) = asking.one(activity.active(query.filters, utc_now()), totals_lists.ADVICE)
    return ActiveAccounts(total=total)


def fold(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    return rollups.fold()


def rebuild(actor: Actor) -> None:  # noqa: ARG001  verbs are told who asks
    rollups.rebuild()


def _whole(of: TotalsList[Row], query: TotalsQuery) -> Page[Row]:
    asking.refuse(keyset.limit_fault(TOTALS_MOST if query.limit is None else query.limit, TOTALS_MOST))
    limit = query.limit or TOTALS_MOST
    found = totals_lists.page(of, query.filters, sort=query.sort, after=query.after, limit=limit, now=utc_now())
    asking.refuse_cut(query.limit, found.next, TOTALS_MOST)
    return found


def _ranked(of: TotalsList[Row], query: RankedQuery, *, usual: Callable[[datetime], Period] | None = None) -> Page[Row]:
    asking.refuse(keyset.limit_fault(query.limit, RANKED_MOST) | keyset.offset_fault(query.offset, OFFSET_MOST, after=query.after))
    return totals_lists.page(
        of, query.filters, sort=query.sort, after=query.after, limit=query.limit, offset=query.offset, now=utc_now(), usual=usual
    )


def _month_to_date(now: datetime) -> Period:
    """Whole days of the desk's zone: from the first of the month up to the end of today."""
    return Period(periods.span("this month", settings.DESK_ZONE, now).start, periods.span("today", settings.DESK_ZONE, now).end)
