"""The hosted Totals: each answer is one statement, so that all its figures are of one instant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from backoffice.contracts import periods
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
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
from backoffice.core import costs, keyset, replica
from backoffice.history import activity, rollups, totals_lists
from backoffice.history.asked import Sql, utc_now
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
    _refuse(_range_faults(query))
    return totals_lists.page(
        totals_lists.REVENUE,
        query.filters,
        sort=query.sort,
        after=query.after,
        limit=query.limit,
        offset=query.offset,
        now=utc_now(),
        usual=_month_to_date,
    )


def billing(actor: Actor, query: PeriodQuery) -> Billing:  # noqa: ARG001  verbs are told who asks
    return msgspec.convert(_row(activity.billing(query.filters, utc_now())), Billing)


def active_accounts(actor: Actor, query: PeriodQuery) -> ActiveAccounts:  # noqa: ARG001  verbs are told who asks
    return ActiveAccounts(total=_row(activity.active(query.filters, utc_now()))["total"])


def fold(actor: Actor) -> int:  # noqa: ARG001  verbs are told who asks
    return rollups.fold()


def rebuild(actor: Actor) -> None:  # noqa: ARG001  verbs are told who asks
    rollups.rebuild()


def _whole(of: TotalsList[Row], query: TotalsQuery) -> Page[Row]:
    _refuse(keyset.limit_fault(TOTALS_MOST if query.limit is None else query.limit, TOTALS_MOST))
    limit = query.limit or TOTALS_MOST
    found = totals_lists.page(of, query.filters, sort=query.sort, after=query.after, limit=limit, now=utc_now())
    if query.limit is None and found.next is not None:
        detail = f"More than {TOTALS_MOST} rows match: narrow the filters, or give a limit and go on behind each answer."
        raise Invalid(detail, code="too_many_rows", fields={"limit": ["is needed for so many rows"]})
    return found


def _ranked(of: TotalsList[Row], query: RankedQuery) -> Page[Row]:
    _refuse(_range_faults(query))
    return totals_lists.page(of, query.filters, sort=query.sort, after=query.after, limit=query.limit, offset=query.offset, now=utc_now())


def _range_faults(query: RankedQuery) -> dict[str, list[str]]:
    wrong = keyset.limit_fault(query.limit, RANKED_MOST)
    if not 0 <= query.offset <= OFFSET_MOST:
        wrong["offset"] = [f"must be from 0 to {OFFSET_MOST}"]
    elif query.offset and query.after is not None:
        wrong["offset"] = ["cannot be given together with a cursor"]
    return wrong


def _month_to_date(now: datetime) -> Period:
    """Whole days of the desk's zone: from the first of the month up to the end of today."""
    return Period(periods.span("this month", settings.DESK_ZONE, now).start, periods.span("today", settings.DESK_ZONE, now).end)


def _row(sql: Sql) -> Mapping[str, Any]:
    def question(connection: BaseDatabaseWrapper) -> Mapping[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql.text, sql.values)
            names = [column.name for column in cursor.description]
            return dict(zip(names, cursor.fetchone(), strict=True))

    with costs.bounded(totals_lists.ADVICE):
        return replica.ask(question)


def _refuse(wrong: dict[str, list[str]]) -> None:
    if wrong:
        raise Invalid("The query is not valid.", fields=wrong)
