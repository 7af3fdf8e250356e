"""One transfer: what it is, why it is where it is, what may be done next, every step with its callback and the tries at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2s
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import CallbackDetail
from backoffice.contracts.transfers import FINAL, TransferDetail, TransferEvent
from backoffice.contracts.users import User
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.objects import Act, Tab, act
from portal.session import DeskRequest
from portal.worth import EXACT, Worth, worth_of

# A callback whose next try is further away than this needs no watching.
SOON = timedelta(minutes=2)
# Nothing leaves the accounts of clients with these statuses.
HELD = ("Frozen", "Terminated")


@dataclass(frozen=True)
class Step:
    """An event, with the callback that tells of it; `is_behind` another, of an earlier step, that has not ended."""

    event: TransferEvent
    callback: CallbackDetail | None
    is_behind: bool


@require_safe
def show(request: DeskRequest, transfer_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    detail = back_api().transfers.detail(request.actor, transfer_id)
    account, user = owner_of(request.actor, detail.account_id)
    worth = worth_of(request.actor)
    context = {
        "detail": detail,
        "transfer": detail.transfer,
        "account": account,
        "user": user,
        "worth": worth,
        "in_root": _in_root(request.actor, detail, worth),
        "is_waiting": detail.transfer.status not in FINAL,
        "is_held": user is not None and user.status in HELD,
        "journal": _journal(request.actor, detail),
        "caller": detail.events[0].actor_name if detail.events else detail.caller,
        "tabs": [Tab("Overview", href_of(transfer_id), True)],
        "acts": _acts(request.actor, detail, user),
        "live": {"type": "transfer", "id": transfer_id, "since": since},
        "crumbs": [("Transfers", reverse("portal:transfers-list")), (transfer_id, "")],
        **steps_context(request.actor, detail),
    }
    return respond.page(request, "portal/transfers/show.html", "", context)


@require_safe
def steps(request: DeskRequest, transfer_id: str) -> HttpResponse:
    """The steps alone, asked for while a callback is under way; nothing when they are what the page shows already."""
    detail = back_api().transfers.detail(request.actor, transfer_id)
    context = steps_context(request.actor, detail)
    if request.GET.get("seen") == context["seen"]:
        return respond.nothing()
    return respond.page(request, "portal/transfers/steps.html", "steps", context | {"detail": detail, "transfer": detail.transfer})


def steps_context(actor: Actor, detail: TransferDetail) -> dict[str, Any]:
    callbacks = back_api().callbacks.of_subject(actor, detail.transfer.transfer_id)
    by_seq = {one.callback.seq: one for one in callbacks}
    first = min((one.callback.seq for one in callbacks if one.callback.state == "Waiting"), default=0)
    return {
        "steps": [Step(event, by_seq.get(event.seq), 0 < first < event.seq) for event in reversed(detail.events)],
        "seen": _digest(callbacks),
        "is_moving": any(_is_moving(one) for one in callbacks),
    }


def owner_of(actor: Actor, account_id: str) -> tuple[AccountDetails | None, User | None]:
    """Neither for whoever may not see accounts."""
    if not permitted(actor, "accounts.by_id"):
        return None, None
    account = back_api().accounts.by_id(actor, account_id).value
    return account, back_api().users.get(actor, account.user_id).value


def href_of(transfer_id: str) -> str:
    return reverse("portal:transfers-show", args=[transfer_id])


def _acts(actor: Actor, detail: TransferDetail, user: User | None) -> list[Act]:
    """Legal next steps only: a waiting withdrawal is canceled, or confirmed while money of its client may leave."""
    if detail.transfer.status != "AwaitingConfirmation":
        return []
    confirm, cancel = (reverse(f"portal:transfers-{one}", args=[detail.transfer.transfer_id]) for one in ("confirm", "cancel"))
    acts = [act(actor, "transfers.cancel", "Cancel", "ban", cancel, asks=True, is_danger=True)]
    if user is None or user.status not in HELD:
        acts.append(act(actor, "transfers.confirm", "Confirm", "check", confirm, asks=True, is_primary=True))
    return acts


def _journal(actor: Actor, detail: TransferDetail) -> Any:
    readable = detail.journal_id and permitted(actor, "ledger.journal")
    return back_api().ledger.journal(actor, detail.journal_id) if readable and detail.journal_id else None


def _in_root(actor: Actor, detail: TransferDetail, worth: Worth) -> Any:
    """At the rate of its end; at the present one while it waits."""
    rate = detail.rate_to_root
    if rate is None and detail.transfer.status not in FINAL and worth.root:
        rate = next((one.rate for one in back_api().rates.find(actor) if one.asset_id == detail.transfer.asset_id), None)
    return None if rate is None else EXACT.multiply(detail.transfer.amount, rate)


def _digest(callbacks: Iterable[CallbackDetail]) -> str:
    """Changes whenever the steps would look different."""
    told = "|".join(f"{one.callback.state}{one.callback.attempts}{one.callback.is_in_flight}{len(one.tries)}" for one in callbacks)
    return blake2s(told.encode(), digest_size=8).hexdigest()


def _is_moving(one: CallbackDetail) -> bool:
    due = one.callback.next_attempt_at
    return one.callback.state == "Waiting" and (due is None or due - timezone.now() < SOON)
