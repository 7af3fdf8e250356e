"""What one would write first: a DRF view with serializers, `transaction.atomic` and `select_for_update`, served as the desk is.

It leaves the same rows in the same tables as a deposit of the desk: transfer (found by its id for a repetition), balance, journal, two entries,
event, callback, audit line. It has one query's worth of authentication and the middleware that a new project has for an API; no throttle.
"""

# ruff: noqa: E402  the models behind the imports need Django set up first
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
settings.ROOT_URLCONF = "bench.transfers_plain"
settings.REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
django.setup()

import jwt
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from rest_framework import authentication, exceptions, permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from ulid import ULID

from backoffice.accounts.models import Account
from backoffice.callbacks.models import Callback, ClientSettings
from backoffice.core.models import AuditChange, AuditRecord
from backoffice.ledger.models import Balance, Entry, Journal
from backoffice.markets.models import Asset, RootRate
from backoffice.operators import keys
from backoffice.operators.models import ApiClient
from backoffice.transfers.models import Transfer, TransferEvent


class Bearer(authentication.BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiClient, dict[str, Any]]:
        token = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        ours = keys.current()
        key = ours.verifying[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, key, algorithms=[keys.ALGORITHM], audience=settings.JWT_AUDIENCE)
        return ApiClient.objects.get(pk=claims["sub"], is_active=True), claims


class MayMove(permissions.BasePermission):
    def has_permission(self, request: Request, _view: APIView) -> bool:
        return "manage-transfers" in request.auth["operations"]


class DepositSerializer(serializers.Serializer[Any]):
    deduplicationId = serializers.CharField(max_length=255)
    accountId = serializers.CharField(max_length=24)
    assetId = serializers.CharField(max_length=15)
    amount = serializers.DecimalField(max_digits=38, decimal_places=2)
    callbackUrl = serializers.URLField(required=False)


class TransferSerializer(serializers.Serializer[Any]):
    transferId = serializers.CharField(source="id")
    deduplicationId = serializers.CharField(source="deduplication_id")
    assetId = serializers.CharField(source="asset_id")
    type = serializers.CharField()
    status = serializers.CharField()
    amount = serializers.DecimalField(max_digits=38, decimal_places=2)
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")


class DepositView(APIView):
    authentication_classes = [Bearer]
    permission_classes = [MayMove]

    def post(self, request: Request) -> Response:
        serializer = DepositSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        with transaction.atomic():
            transfer = self._deposit(request.user, serializer.validated_data)
        return Response(TransferSerializer(transfer).data)

    def _deposit(self, client: ApiClient, asked: dict[str, Any]) -> Transfer:
        caller = f"client:{client.pk}"
        print_ = hashlib.sha256(json.dumps(asked, default=str, sort_keys=True).encode()).digest()
        known = Transfer.objects.filter(caller=caller, deduplication_id=asked["deduplicationId"]).first()
        if known:
            if bytes(known.fingerprint) != print_:
                raise exceptions.ValidationError("another request has used this id")
            return known
        account = Account.objects.select_related("user").get(pk=asked["accountId"])
        asset = Asset.objects.get(pk=asked["assetId"])
        if account.status != "Active" or account.user.status in ("Frozen", "Terminated") or asset.source == "Internal":
            raise exceptions.ValidationError("not allowed")
        balance = Balance.objects.select_for_update().get(account_id=account.pk, asset_id=asset.pk)
        return self._written(client, caller, print_, asked, balance)

    def _written(self, client: ApiClient, caller: str, print_: bytes, asked: dict[str, Any], balance: Balance) -> Transfer:
        now, amount, url = timezone.now(), asked["amount"], asked.get("callbackUrl")
        host = urlsplit(url).netloc if url else None
        if url and host not in ClientSettings.objects.get(pk=client.pk).allowed_hosts:
            raise exceptions.ValidationError("callback refused")
        after = balance.total + amount
        Balance.objects.filter(account_id=balance.account_id, asset_id=balance.asset_id).update(total=after, seq=balance.seq + 1, updated_at=now)
        transfer = Transfer(
            id=str(ULID()), caller=caller, deduplication_id=asked["deduplicationId"], fingerprint=print_, type="Deposit", status="Completed",
            account_id=balance.account_id, asset_id=balance.asset_id, amount=amount, callback_url=url, callback_host=host,
            callback_client=client.pk if url else None, rate_to_root=RootRate.objects.get(pk=balance.asset_id).rate, trace_id="plain", seq=1,
            created_at=now, updated_at=now,
        )  # fmt: skip
        journal = Journal.objects.create(id=str(ULID()), kind="Deposit", subject_id=transfer.pk, at=now)
        transfer.journal_id = journal.pk
        transfer.save(force_insert=True)
        mine = {"journal": journal, "account_id": balance.account_id, "asset_id": balance.asset_id}
        theirs = mine | {"account_id": f"external:{balance.asset_id}"}
        Entry.objects.bulk_create([
            Entry(line=1, amount=amount, seq=balance.seq + 1, balance_after=after, at=now, **mine),
            Entry(line=2, amount=-amount, at=now, **theirs),
        ])  # fmt: skip
        TransferEvent.objects.create(
            transfer=transfer, seq=1, status="Completed", at=now, actor_kind="client", actor_id=client.pk, actor_name=client.name, door="api",
            trace_id="plain", callback_url=url,
        )  # fmt: skip
        if url:
            Callback.objects.create(
                webhook_id=f"evt_{secrets.token_hex(16)}", subject_id=transfer.pk, seq=1, client_id=client.pk, url=url, host=host,
                type="transfer.completed", body=message(transfer), next_attempt_at=now, created_at=now,
            )  # fmt: skip
        record = AuditRecord.objects.create(
            at=now, actor_kind="client", actor_id=client.pk, actor_name=client.name, door="api", action="transfers.deposit", trace_id="plain"
        )
        after_state = {"type": "Deposit", "status": "Completed", "accountId": balance.account_id, "assetId": balance.asset_id, "amount": str(amount)}
        AuditChange.objects.create(record=record, object_type="transfer", object_id=transfer.pk, before={}, after=after_state)
        return transfer


def message(transfer: Transfer) -> bytes:
    """Spelled as PostgreSQL spells it, for the auditor reads it as text."""
    told = {"seq": transfer.seq, "accountId": transfer.account_id, **TransferSerializer(transfer).data}
    at = transfer.updated_at.isoformat()
    return json.dumps({"type": "transfer.completed", "timestamp": at, "data": told}, separators=(", ", " : ")).encode()


def alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("back-api/backoffice/transfers/deposit", DepositView.as_view()), path("livez", alive)]
application = get_wsgi_application()
