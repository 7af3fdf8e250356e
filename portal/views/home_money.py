"""What of money waits for a person: withdrawals, dead callbacks, paused hosts, closed books, what the desk has reported."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import ListedTransfer, TransferQuery, TransferSort
from backoffice.guard import permitted
from backoffice.services import back_api
from portal.templatetags.money import lateness, waited
from portal.worth import total, worth_of

MOST, ERRORS = 1_000, 3
FAILURES_COUNT = timedelta(days=1)
WAITING = "?status=AwaitingConfirmation&sort=CreatedAt"
# Told by needs of their own.
KNOWN = ("CallbackDead", "CallbackHostPaused", "BooksViolation", "ReportFailed", "ReportMailFailed")


class Need(NamedTuple):
    """One thing that waits for somebody."""

    icon: str
    tone: str
    what: str
    why: str
    href: str
    button: str


def needs_of_money(actor: Actor) -> list[Need]:
    needs: list[Need] = []
    if permitted(actor, "books.latest"):
        needs.extend(_books(actor))
    if permitted(actor, "history.transfer_page"):
        needs.extend([*_withdrawals(actor), *_callbacks(actor)])
    if permitted(actor, "notifications.find"):
        needs.extend(_reports(actor))
    return needs


def _books(actor: Actor) -> Iterator[Need]:
    state = back_api().books.latest(actor)
    if state.closed_at:
        why = f"{state.reason or 'An invariant is violated.'} No money moves until they are reopened."
        yield Need("octagon-alert", "bad", "The books are closed", why, reverse("portal:proof-show"), "Look")


def _withdrawals(actor: Actor) -> Iterator[Need]:
    oldest_first = TransferSort(field="CreatedAt", direction="Asc")
    query = TransferQuery(types=["Withdrawal"], statuses=["AwaitingConfirmation"], sort=oldest_first, limit=MOST)
    page = back_api().history.transfer_page(actor, query)
    if page.items:
        count = f"{page.total:,}{'+' if page.is_exceeded else ''}"
        what = f"{count} withdrawal{' waits' if page.total == 1 else 's wait'} to be confirmed"
        oldest = page.items[0].created_at
        why = f"The oldest for {waited(oldest)}{_sum(actor, page.items, is_part=page.next is not None)}"
        yield Need("hourglass", lateness(oldest) or "wait", what, why, reverse("portal:transfers-list") + WAITING, "Decide")


def _sum(actor: Actor, rows: Sequence[ListedTransfer], *, is_part: bool) -> str:
    worth, amount = worth_of(actor), total(row.asset_amount_in_rat for row in rows)
    if amount is None or not worth.root:
        return ""
    return f" · {'more than ' if is_part else ''}{worth.root_text(amount)} {worth.root} in all"


def _callbacks(actor: Actor) -> Iterator[Need]:
    hosts, here = back_api().callbacks.hosts(actor), reverse("portal:callbacks-list")
    if dead := sum(one.dead for one in hosts):
        names = ", ".join(one.host for one in hosts if one.dead)
        what = f"{dead:,} callback{' has' if dead == 1 else 's have'} died"
        yield Need("webhook", "bad", what, f"Nobody was told: {names}", here + "?state=Dead", "Look")
    for one in hosts:
        if one.paused_at:
            what = f"Callbacks to {one.host} are paused"
            yield Need("circle-pause", "bad", what, f"{one.waiting:,} wait since {waited(one.paused_at)}, until somebody resumes them.", here, "Look")


def _reports(actor: Actor) -> Iterator[Need]:
    """The latest errors that nothing above tells of."""
    for found in back_api().notifications.find(actor, severity="error", limit=ERRORS):
        if found.type not in KNOWN and timezone.now() - found.at < FAILURES_COUNT:
            yield Need("bell", "bad", found.title, f"{found.detail} · {waited(found.at)} ago", reverse("portal:callbacks-list"), "Look")
