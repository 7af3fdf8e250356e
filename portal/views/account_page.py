"""What every page of one account has: head, tabs, next acts; and its balances, entries, holds and transfers."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.history import TransferQuery
from backoffice.contracts.users import User
from backoffice.contracts.value import Versioned
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.clients import ACCOUNT_LABELS
from portal.objects import Act, Tab, act
from portal.session import DeskRequest
from portal.views.commission_explain import explain_act
from portal.worth import total, worth_of

PAGE, RECORDS = 50, 50
TABS = (
    ("Balances", "show", "accounts.by_id"),
    ("Entries", "entries", "ledger.entries"),
    ("Holds", "holds", "ledger.holds"),
    ("Transfers", "transfers", "history.transfer_page"),
    ("Statement", "statement", "ledger.statement"),
    ("Edit", "edit", "accounts.update"),
    ("Timeline", "timeline", "accounts.by_id"),
)


@require_safe
def show(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Balances")
    balances = back_api().ledger.balances(request.actor, account_id) if permitted(request.actor, "ledger.balances") else None
    context["balances"] = balances
    context["sum"] = total(one.total_in_root for one in balances if one.total) if balances is not None else None
    return respond.page(request, "portal/accounts/show.html", "", context)


@require_safe
def entries(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Entries")
    asset, after = request.GET.get("asset", ""), request.GET.get("after", "")
    page = back_api().ledger.entries(request.actor, account_id, asset_id=asset or None, after=after or None, limit=PAGE)
    kept = {"asset": asset} if asset else {}
    context |= {
        "page": page,
        "asset": asset,
        "assets": [one.asset_id for one in back_api().ledger.balances(request.actor, account_id)],
        "first": "?" + urlencode(kept) if after else "",
        "next": "?" + urlencode({**kept, "after": page.next}) if page.next else "",
    }
    return respond.page(request, "portal/accounts/entries.html", "region", context)


@require_safe
def holds(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Holds")
    context["holds"] = back_api().ledger.holds(request.actor, account_id)
    return respond.page(request, "portal/accounts/holds.html", "", context)


@require_safe
def transfers(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Transfers")
    after = request.GET.get("after", "")
    page = back_api().history.transfer_page(request.actor, TransferQuery(account_id=account_id, after=after or None, limit=PAGE))
    context |= {
        "page": page,
        "first": request.path if after else "",
        "next": "?" + urlencode({"after": page.next}) if page.next else "",
        "in_list": f"{reverse('portal:transfers-list')}?{urlencode({'q': account_id})}",
    }
    return respond.page(request, "portal/accounts/transfers.html", "region", context)


@require_safe
def timeline(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Timeline")
    records = desk().audit.timeline(request.actor, "account", account_id, before=number_of(request.GET.get("before", "")))
    context |= {"records": records, "labels": ACCOUNT_LABELS, "more": f"?before={records[-1].id}" if len(records) >= RECORDS else ""}
    return respond.page(request, "portal/accounts/timeline.html", "records", context)


def found(request: DeskRequest, account_id: str, tab: str) -> tuple[Versioned[AccountDetails], dict[str, Any]]:
    """The account and the context that portal/accounts/object.html needs."""
    actor = request.actor
    since = desk().audit.latest(actor)
    account = back_api().accounts.by_id(actor, account_id)
    user = back_api().users.get(actor, account.value.user_id).value
    name = user.name or user.email
    return account, {
        "account": account.value,
        "user": user,
        "worth": worth_of(actor),
        "tabs": [Tab(label, url(page, account_id), label == tab) for label, page, action in TABS if permitted(actor, action)],
        "acts": _acts(actor, account.value, user),
        "live": {"type": "account", "id": account_id, "since": since},
        "crumbs": [
            ("Clients", reverse("portal:clients-list")),
            (name, reverse("portal:clients-show", args=[user.user_id])),
            (account.value.account_name, ""),
        ],
    }


def url(page: str, account_id: str) -> str:
    return reverse(f"portal:accounts-{page}", args=[account_id])


def _acts(actor: Actor, account: AccountDetails, user: User) -> list[Act]:
    """No money moves on a closed account, nor for a client who is frozen or gone."""
    query = "?" + urlencode({"account": account.account_id})
    traded = act(actor, "trade_lists.trades_page", "Trades", "arrow-left-right", reverse("portal:trades-list") + query)
    asks = [traded, explain_act(actor, account=account.account_id)]
    if account.status == "Closed" or user.status in ("Frozen", "Terminated"):
        return asks
    return [
        *asks,
        act(actor, "transfers.withdraw", "Withdraw", "banknote-arrow-up", reverse("portal:transfers-withdraw") + query),
        act(actor, "transfers.deposit", "Deposit", "banknote-arrow-down", reverse("portal:transfers-deposit") + query, is_primary=True),
    ]
