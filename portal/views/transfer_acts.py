"""Confirming and canceling a withdrawal: one, asked about; or many, previewed with what they add up to and then decided one by one."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid
from backoffice.contracts.filters import Filter, RowsQuery
from backoffice.contracts.history import TransferRow
from backoffice.contracts.transfers import Decided, TransferDecision
from backoffice.services import back_api
from portal import respond
from portal.listing import state_of
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.transfer_page import href_of, owner_of
from portal.views.transfers import TRANSFERS, query_of
from portal.worth import total, worth_of

MOST, LONGEST = 1_000, 4_000
Status = Literal["Completed", "Canceled"]


class Decision(NamedTuple):
    verb: str
    done: str
    status: Status
    means: str
    is_danger: bool


CONFIRM = Decision("confirm", "confirmed", "Completed", "The money leaves the books and cannot be called back from here.", False)
CANCEL = Decision("cancel", "canceled", "Canceled", "The money is available to the client again. A canceled withdrawal stays canceled.", True)


class Line(NamedTuple):
    """One chosen transfer; `why_not` says why nothing will be done with it."""

    row: TransferRow
    why_not: str


class Sum(NamedTuple):
    asset_id: str
    transfers: int
    amount: Decimal
    in_root: Decimal | None


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: DeskRequest, transfer_id: str) -> HttpResponse:
    return _one(request, transfer_id, CONFIRM)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: DeskRequest, transfer_id: str) -> HttpResponse:
    return _one(request, transfer_id, CANCEL)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_many(request: DeskRequest) -> HttpResponse:
    return _many(request, CONFIRM)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel_many(request: DeskRequest) -> HttpResponse:
    return _many(request, CANCEL)


def _one(request: DeskRequest, transfer_id: str, decision: Decision) -> HttpResponse:
    demand(request.actor, f"transfers.{decision.verb}")
    detail = back_api().transfers.detail(request.actor, transfer_id)
    back = href_of(transfer_id)
    if request.method == "POST":
        decide = back_api().transfers.confirm if decision.verb == "confirm" else back_api().transfers.cancel
        try:
            decide(request.actor, TransferDecision(account_id=detail.account_id, transfer_id=transfer_id))
        except Invalid as refusal:
            return respond.redirect(request, back, toast=refusal.detail, kind="error")
        return respond.redirect(request, back, toast=f"The withdrawal is {decision.done}.")
    transfer = detail.transfer
    account, user = owner_of(request.actor, detail.account_id)
    whose = f" of {user.name or user.email}" if user else ""
    amount = f"{worth_of(request.actor).text(transfer.amount, transfer.asset_id)} {transfer.asset_id}"
    question = {
        "title": f"{decision.verb.capitalize()} the withdrawal of {amount}?",
        "detail": f"From the account {account.account_name if account else detail.account_id}{whose}. {decision.means}",
        "button": f"{decision.verb.capitalize()} withdrawal",
        "action": request.path,
        "back": back,
        "is_danger": decision.is_danger,
        "crumbs": [("Transfers", reverse("portal:transfers-list")), (transfer_id, back), (decision.verb.capitalize(), "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _many(request: DeskRequest, decision: Decision) -> HttpResponse:
    demand(request.actor, "transfers.decide")
    sent = request.POST if request.method == "POST" else request.GET
    ids = _matching(request, sent["all"]) if "all" in sent else list(dict.fromkeys(sent.getlist("id")))[:MOST]
    if not ids:
        return respond.redirect(request, reverse("portal:transfers-list"), toast="Select some transfers first.", kind="info")
    done: Sequence[Decided] = back_api().transfers.decide(request.actor, ids, decision.status) if request.method == "POST" else ()
    # Read after deciding, so that the results show what each has become.
    rows = _rows(request, ids)
    lines = [Line(row, _why_not(row)) for row in rows]
    query = sent.get("back", "")[:LONGEST]
    context = {
        "decision": decision,
        "lines": lines,
        "sums": _sums(line.row for line in lines if not line.why_not),
        "ready": [line.row.transfer_id for line in lines if not line.why_not],
        "query": query,
        **_frame(decision, query, len(ids)),
        "worth": worth_of(request.actor),
    }
    if request.method != "POST":
        return respond.page(request, "portal/transfers/bulk.html", "", context)
    outcomes = {one.transfer_id: one for one in done}
    results = [(row, outcomes[row.transfer_id]) for row in rows if row.transfer_id in outcomes]
    successes = [row for row, outcome in results if outcome.is_done]
    context |= {"results": results, "sums": _sums(successes), "done": len(successes), "refused": len(results) - len(successes)}
    return respond.page(request, "portal/transfers/results.html", "", context)


def _matching(request: DeskRequest, query: str) -> list[str]:
    """Every transfer of a list's view, not only of the page that was shown."""
    state = state_of(request, QueryDict(query[:LONGEST]), TRANSFERS)
    return [row.transfer_id for row in back_api().history.transfer_page(request.actor, query_of(state, limit=MOST)).items]


def _rows(request: DeskRequest, ids: list[str]) -> list[TransferRow]:
    chosen = Filter(entry_type="Exact", field="transferId", value=ids)
    return back_api().history.transfers(request.actor, RowsQuery(filters=[chosen], limit=MOST)).items


def _why_not(row: TransferRow) -> str:
    if row.type == "Deposit":
        return "a deposit"
    return "" if row.status == "AwaitingConfirmation" else f"{row.status.lower()} already"


def _sums(rows: Iterable[TransferRow]) -> list[Sum]:
    """What they add up to, asset by asset."""
    of_asset: dict[str, list[TransferRow]] = {}
    for row in rows:
        of_asset.setdefault(row.asset_id, []).append(row)
    return [_sum(asset_id, found) for asset_id, found in sorted(of_asset.items())]


def _sum(asset_id: str, rows: Sequence[TransferRow]) -> Sum:
    amount = total(row.asset_amount for row in rows) or Decimal(0)
    return Sum(asset_id, len(rows), amount, total(row.asset_amount_in_rat for row in rows))


def _frame(decision: Decision, query: str, count: int) -> dict[str, Any]:
    known = QueryDict(query).urlencode()
    back = reverse("portal:transfers-list") + (f"?{known}" if known else "")
    return {"back": back, "crumbs": [("Transfers", back), (f"{decision.verb.capitalize()} {count}", "")]}
