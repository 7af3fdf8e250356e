"""Market queries compiled to SQL: declared filters only, keyset pages, counts that stop at a cap."""

import re
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from backoffice.contracts.errors import Invalid
from backoffice.contracts.markets import ListedMarket, MarketQuery, MarketSort
from backoffice.contracts.paging import COUNT_CAP, Page
from backoffice.core import keyset
from backoffice.markets import models, rows

MOST = 1000
VALUES_MOST = 1000
# What may stand between the two assets of a pair; any other character makes the text no pair.
SEPARATORS, PAIR = re.compile(r"[ ./_-]+"), re.compile(r"[a-z0-9]+")

ANY_OF = {
    "market_ids": "market_id__in",
    "types": "type__in",
    "subtypes": "subtype__in",
    "display_names": "display_name__in",
    "full_names": "full_name__in",
    "calendar_ids": "calendar_id__in",
    "market_group_ids": "market_group_id__in",
    "base_asset_ids": "base_asset_id__in",
    "quote_asset_ids": "quote_asset_id__in",
    "statuses": "status__in",
}
SORTS = {
    "MarketId": "market_id",
    "DisplayName": "display_name",
    "FullName": "full_name",
    "Type": "type",
    "Subtype": "subtype",
    "Status": "status",
    "CreatedAt": "created_at",
    "UpdatedAt": "updated_at",
}
# Empty texts sort as "", so that a keyset comparison never meets NULL.
NULLABLE = ("FullName", "Subtype")
TIMES = ("CreatedAt", "UpdatedAt")


def find(query: MarketQuery) -> Page[ListedMarket]:
    check(query)
    sort = query.sort or MarketSort()
    matching = filtered(query)
    ordered = _ordered(matching, sort)
    if query.after is not None:
        ordered = ordered.filter(_behind(sort, query.after))
    found = list(rows.whole(ordered)[query.offset : query.offset + query.limit + 1])
    shown = found[: query.limit]
    total, is_exceeded = keyset.counted(matching.order_by()[: COUNT_CAP + 1].count())
    return Page(
        items=[rows.as_listed(row) for row in shown],
        next=_cursor(sort, shown[-1]) if len(found) > len(shown) and shown else None,
        total=total,
        is_exceeded=is_exceeded,
    )


def filtered(query: MarketQuery) -> QuerySet[models.Market]:
    """The markets a query matches, unordered."""
    wanted = Q()
    for field, lookup in ANY_OF.items():
        if values := getattr(query, field):
            wanted &= Q((lookup, values))
    if query.exclude_market_group_ids:
        wanted &= Q(market_group__isnull=True) | ~Q(market_group_id__in=query.exclude_market_group_ids)
    if query.market_id:
        wanted &= Q(market_id__icontains=query.market_id)
    if query.search:
        wanted &= _named(query.search)
    if query.has_calendar is not None:
        wanted &= Q(calendar__isnull=not query.has_calendar)
    return models.Market.objects.alias(pair=Concat("base_asset_id", "quote_asset_id")).filter(wanted & _sessions(query))


def _named(search: str) -> Q:
    """By id or any name, and by the pair however it is spelled: EURUSD, eur usd, EUR-USD."""
    named = Q(market_id__icontains=search) | Q(display_name__icontains=search) | Q(full_name__icontains=search)
    pair = SEPARATORS.sub("", search.lower())
    return named | Q(pair__contains=pair) if PAIR.fullmatch(pair) else named


def _sessions(query: MarketQuery) -> Q:
    wanted = Q()
    for kind, names, status in (
        ("Trading", query.trading_session_names, query.trading_session_status),
        ("MarketData", query.market_data_session_names, query.market_data_session_status),
    ):
        if names or status:
            linked = models.MarketSession.objects.filter(session__kind=kind)
            linked = linked.filter(session__name__in=names) if names else linked
            linked = linked.filter(session__status=status) if status else linked
            wanted &= Q(market_id__in=linked.values("market_id"))
    return wanted


def _ordered(matching: QuerySet[models.Market], sort: MarketSort) -> QuerySet[models.Market]:
    key = SORTS[sort.field]
    keyed = matching.annotate(sort_key=Coalesce(key, Value("")) if sort.field in NULLABLE else F(key))
    return keyed.order_by("sort_key", "market_id") if sort.direction == "Asc" else keyed.order_by("-sort_key", "-market_id")


def _behind(sort: MarketSort, after: str) -> Q:
    key, market_id = keyset.read(after, 2)
    value: Any = keyset.instant(key) if sort.field in TIMES else key
    beyond = "gt" if sort.direction == "Asc" else "lt"
    return Q((f"sort_key__{beyond}", value)) | Q(("sort_key", value), (f"market_id__{beyond}", market_id))


def _cursor(sort: MarketSort, row: rows.Row) -> str:
    key = row[SORTS[sort.field]]
    return keyset.cursor(key.isoformat() if isinstance(key, datetime) else key or "", row["market_id"])


def check(query: MarketQuery) -> None:
    """Refuses: Invalid."""
    wrong = keyset.limit_fault(query.limit, MOST)
    if not 0 <= query.offset <= 1_000_000:
        wrong["offset"] = ["must be from 0 to 1000000"]
    if query.after is not None and query.offset:
        wrong["offset"] = ["must be 0 together with after"]
    for field in (*ANY_OF, "exclude_market_group_ids", "trading_session_names", "market_data_session_names"):
        if len(getattr(query, field) or ()) > VALUES_MOST:
            wrong[query.__struct_encode_fields__[query.__struct_fields__.index(field)]] = [f"has more than {VALUES_MOST} values"]
    if wrong:
        raise Invalid("The query is not valid.", fields=wrong)
