"""A new deposit or withdrawal: first whose account, then what and how much."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, Unavailable
from backoffice.contracts.ledger import Balance
from backoffice.contracts.transfers import TransferRefused, TransferType
from backoffice.contracts.users import User, UserQuery
from backoffice.guard import permitted
from backoffice.services import back_api
from portal import respond
from portal.forms.form import Form
from portal.forms.transfers import ID, draft_of, fields_of, new_id
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.transfer_page import href_of, owner_of
from portal.worth import worth_of

FOUND_USERS, LONGEST_SEARCH = 12, 100
VERBS: dict[TransferType, str] = {"Deposit": "deposit", "Withdrawal": "withdraw"}


@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: DeskRequest) -> HttpResponse:
    return _new(request, "Deposit")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: DeskRequest) -> HttpResponse:
    return _new(request, "Withdrawal")


def _new(request: DeskRequest, type: TransferType) -> HttpResponse:
    demand(request.actor, f"transfers.{VERBS[type]}")
    demand(request.actor, "accounts.by_id")
    if request.method == "POST":
        return _make(request, type)
    if account_id := request.GET.get("account", "").strip():
        asset = request.GET.get("asset", "")
        return _form(request, type, account_id, Form(fields=_fields(request.actor, type, account_id), values={"assetId": asset}), new_id())
    return _choose(request, type)


def _choose(request: DeskRequest, type: TransferType) -> HttpResponse:
    sought = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found: list[tuple[User, list[AccountDetails]]] = []
    if sought:
        users = back_api().users.find(request.actor, UserQuery(search=sought, limit=FOUND_USERS)).items
        accounts = back_api().accounts.of_users(request.actor, [user.user_id for user in users])
        found = [(user, [one for one in accounts if one.user_id == user.user_id]) for user in users]
    context = {**_frame(type), "sought": sought, "found": found, "is_full": len(found) == FOUND_USERS}
    return respond.page(request, "portal/transfers/choose.html", "found", context)


def _make(request: DeskRequest, type: TransferType) -> HttpResponse:
    account_id, key = request.POST.get("accountId", ""), request.POST.get(ID, "")
    form = Form.of_post(_fields(request.actor, type, account_id), request.POST)
    transfers = back_api().transfers
    try:
        draft = draft_of(form, request.POST)
        made = transfers.deposit(request.actor, draft) if type == "Deposit" else transfers.withdraw(request.actor, draft)
    except TransferRefused as refusal:
        # On record as failed, and its id with it: another try is another transfer.
        return _form(request, type, account_id, form.refused(refusal), new_id(), failed=refusal.transfer_id)
    except Unavailable as refusal:
        # Nobody knows whether it was done; the same id finds out.
        return _form(request, type, account_id, replace(form, general=refusal.detail), key, status=503)
    except Invalid as refusal:
        used = refusal.code == "deduplication_mismatch"
        return _form(request, type, account_id, _used(form) if used else form.refused(refusal), new_id() if used else key)
    words = "was made already; nothing moved a second time" if made.is_replayed else "is made"
    return respond.redirect(
        request, href_of(made.value.transfer_id), toast=f"The {type.lower()} {words}.", kind="info" if made.is_replayed else "success"
    )


def _used(form: Form) -> Form:
    words = (
        "This form was sent before with other values, and that transfer stands. Look for it on the account first; sending again makes a second one."
    )
    return replace(form, general=words)


def _form(request: DeskRequest, type: TransferType, account_id: str, form: Form, key: str, *, status: int = 0, failed: str = "") -> HttpResponse:
    account, user = owner_of(request.actor, account_id)
    context = {
        **_frame(type),
        "account": account,
        "user": user,
        "form": form,
        "key": key,
        "failed": failed,
        "balances": _balances(request.actor, account_id),
        "worth": worth_of(request.actor),
        "back": reverse("portal:accounts-show", args=[account_id]),
        "other": f"{reverse(f'portal:transfers-{VERBS[type]}')}?{urlencode({'q': user.email if user else ''})}",
    }
    return respond.page(request, "portal/transfers/create.html", "", context, status=status or (400 if form.general else 200))


def _fields(actor: Actor, type: TransferType, account_id: str) -> Any:
    return fields_of(back_api().assets.find(actor), _balances(actor, account_id), worth_of(actor), has_funds_first=type == "Withdrawal")


def _balances(actor: Actor, account_id: str) -> list[Balance]:
    return back_api().ledger.balances(actor, account_id) if permitted(actor, "ledger.balances") else []


def _frame(type: TransferType) -> dict[str, Any]:
    return {
        "type": type,
        "action": reverse(f"portal:transfers-{VERBS[type]}"),
        "crumbs": [("Transfers", reverse("portal:transfers-list")), (f"New {type.lower()}", "")],
    }
