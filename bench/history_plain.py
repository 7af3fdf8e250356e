"""What one would write first for a list of trades: a DRF ModelSerializer over the ORM, filtered by django-filter, served as the desk is.

It has one query's worth of authentication, as bench/transfers_plain.py. /api/trades gives 22 columns of the table and of the order, /api/named
the 22 fields of the contract, whose names are looked up by subqueries. Under /bare the statement of the desk by psycopg alone, without Django.
"""

# ruff: noqa: E402  the other plain view sets Django up
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

# Its settings first, ours over them.
from bench.transfers_plain import Bearer

settings.ROOT_URLCONF = "bench.history_plain"

import django_filters
import psycopg
from django.core.wsgi import get_wsgi_application
from django.db.models import Model, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import generics, pagination, serializers

from backoffice.accounts.models import Account, User
from backoffice.markets.models import Asset, Market
from backoffice.trading.models import Execution, ExternalOrder

STATEMENT = Path(os.environ.get("BENCH_STATEMENT", "/nowhere"))
OWN = threading.local()
NOT_IN_THE_CONTRACT = ("market_type", "lots", "rate_to_root", "maker_price", "markup_in_rat", "reason")


class TradeFilter(django_filters.FilterSet):
    account_id = django_filters.CharFilter()
    market_id = django_filters.CharFilter()
    side = django_filters.CharFilter()
    at = django_filters.IsoDateTimeFromToRangeFilter()

    class Meta:
        model = Execution
        fields = ("account_id", "market_id", "side", "at")


class TradeSerializer(serializers.ModelSerializer[Execution]):
    order_type = serializers.CharField(source="order.order_type")
    time_in_force = serializers.CharField(source="order.time_in_force")

    class Meta:
        model = Execution
        fields: tuple[str, ...] = (
            "id", "order_id", "at", "account_id", "user_id", "market_id", "market_type", "side", "base_amount", "lots", "price", "rate_to_root",
            "commission_asset_id", "commission", "commission_in_rat", "external_order_id", "lp_execution_id", "maker_price", "markup_in_rat",
            "reason", "order_type", "time_in_force",
        )  # fmt: skip


class NamedSerializer(TradeSerializer):
    """The fields of the contract's row."""

    user_email = serializers.CharField()
    account_name = serializers.CharField()
    market_display_name = serializers.CharField()
    commission_asset_name = serializers.CharField()
    lp_order_id = serializers.CharField()
    quote_amount = serializers.SerializerMethodField()

    class Meta(TradeSerializer.Meta):
        names = ("user_email", "account_name", "market_display_name", "commission_asset_name", "lp_order_id", "quote_amount")
        fields = (*(name for name in TradeSerializer.Meta.fields if name not in NOT_IN_THE_CONTRACT), *names)

    def get_quote_amount(self, one: Execution) -> str:
        return format(one.base_amount * one.price, "f")


class Thousand(pagination.LimitOffsetPagination):
    default_limit = 1_000

    def get_count(self, queryset: Any) -> int:  # noqa: ARG002  the base class's signature
        """The list of the desk counts nothing either."""
        return 1_000_000


class TradesView(generics.ListAPIView[Execution]):
    authentication_classes = [Bearer]
    queryset = Execution.objects.select_related("order").order_by("-id")
    serializer_class = TradeSerializer
    pagination_class = Thousand
    filter_backends = [DjangoFilterBackend]
    filterset_class = TradeFilter


def named(model: type[Model], key: str, name: str) -> Subquery:
    return Subquery(model.objects.filter(pk=OuterRef(key)).values(name))  # type: ignore[attr-defined]


class NamedTradesView(TradesView):
    queryset = TradesView.queryset.annotate(
        user_email=named(User, "user_id", "email"),
        account_name=named(Account, "account_id", "name"),
        market_display_name=named(Market, "market_id", "display_name"),
        commission_asset_name=named(Asset, "commission_asset_id", "name"),
        lp_order_id=named(ExternalOrder, "external_order_id", "lp_order_id"),
    )
    serializer_class = NamedSerializer


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("api/trades", TradesView.as_view()), path("api/named", NamedTradesView.as_view()), path("livez", alive)]
serve = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    return bare(start_response) if environ["PATH_INFO"] == "/bare" else serve(environ, start_response)


def bare(start_response: Callable[..., Any]) -> list[bytes]:
    if not hasattr(OWN, "cursor"):
        OWN.statement = STATEMENT.read_bytes()
        OWN.cursor = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).cursor()
    OWN.cursor.execute(OWN.statement)
    found = OWN.cursor.pgresult
    body = b'{"data":[' + b",".join(found.get_value(number, 0) for number in range(found.ntuples)) + b"]}"
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
