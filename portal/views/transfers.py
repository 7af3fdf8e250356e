"""Transfers: the list, with how long withdrawals have waited, and the way into confirming or canceling many at once."""

import msgspec
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.history import ListedTransfer, TransferQuery, TransferSort
from backoffice.contracts.paging import Page
from backoffice.contracts.transfers import TransferStatus, TransferType
from backoffice.guard import permitted
from backoffice.services import back_api
from portal import listing
from portal.listing import Action, Bulk, Column, Empty, Filter, Listing, Period, Range, State, Text
from portal.session import DeskRequest
from portal.templatetags.desk import worded
from portal.templatetags.money import waited
from portal.worth import worth_of

CELL = "portal/transfers/cells.html#"
MANAGE = "manage-transfers"
WAITING = ("AwaitingConfirmation", "Pending")
DEPOSIT = Action(label="New deposit", icon="banknote-arrow-down", url_name="portal:transfers-deposit", operation=MANAGE, is_primary=True)
WITHDRAW = Action(label="New withdrawal", icon="banknote-arrow-up", url_name="portal:transfers-withdraw", operation=MANAGE)


def _assets(actor: Actor) -> list[tuple[str, str]]:
    """What has deposits and withdrawals at all."""
    if not permitted(actor, "assets.find"):
        return []
    return [(one.id, f"{one.id} · {one.name}") for one in back_api().assets.find(actor) if one.source == "Crm"]


def query_of(state: State, *, limit: int | None = None) -> TransferQuery:
    return TransferQuery(
        search=state.search or None,
        filters=listing.entries(TRANSFERS, state),
        sort=msgspec.convert({"field": state.sort, "direction": state.direction}, TransferSort) if state.sort else None,
        after=state.after,
        limit=limit or state.size,
        is_counted=state.is_counted,
    )


def _find(actor: Actor, state: State) -> Page[ListedTransfer]:
    return back_api().history.transfer_page(actor, query_of(state))


TRANSFERS: Listing[ListedTransfer] = Listing(
    section="transfers",
    title="Transfers",
    noun="transfer",
    nouns="transfers",
    object_type="transfer",
    report_source="Transfers",
    search="Id, client or external id",
    default_sort="-CreatedAt",
    find=_find,
    key=lambda row: row.transfer_id,
    href=lambda row: reverse("portal:transfers-show", args=[row.transfer_id]),
    actions=(WITHDRAW, DEPOSIT),
    bulk=(
        Bulk(label="Confirm", icon="check", url_name="portal:transfers-confirm-many", operation=MANAGE),
        Bulk(label="Cancel", icon="ban", url_name="portal:transfers-cancel-many", operation=MANAGE),
    ),
    empty=Empty(icon="arrow-right-left", text="Payment gateways make them through the API, and you can make one here.", action=DEPOSIT),
    filters=(
        Filter(key="status", label="Status", choices=worded(TransferStatus), field="status"),
        Filter(key="type", label="Type", choices=worded(TransferType), field="type"),
        Period(key="created", label="Created", field="createdAt"),
        Range(key="amount", label="Amount", field="assetAmount"),
        Text(key="email", label="Client's e-mail", field="userEmail"),
        Text(key="account", label="Account", field="accountName"),
        Text(key="external", label="External id", field="deduplicationId"),
        Filter(key="asset", label="Asset", choices=_assets, field="assetId"),
    ),
    columns=(
        Column(key="type", label="Transfer", cell=CELL + "type"),
        Column(key="status", label="Status", cell=CELL + "status"),
        Column(key="age", label="Waiting", plain=lambda row: waited(row.created_at) if row.status in WAITING else None, cell=CELL + "age"),
        Column(key="client", label="Client", plain=lambda row: row.user_name or row.user_email or row.user_id, cell=CELL + "client"),
        Column(key="account", label="Account", attribute="account_name", cell=CELL + "account"),
        Column(key="amount", label="Amount", sort="Amount", field="assetAmount", attribute="asset_amount", cell=CELL + "amount", is_numeric=True),
        Column(key="asset_id", label="Asset", cell=CELL + "asset"),
        Column(key="root", label="In root asset", attribute="asset_amount_in_rat", cell=CELL + "root", is_numeric=True),
        Column(key="created_at", label="Created", sort="CreatedAt", field="createdAt", cell=CELL + "created"),
        Column(key="updated_at", label="Updated", sort="UpdatedAt", field="updatedAt", cell=CELL + "updated", is_shown=False),
        Column(key="deduplication_id", label="External id", cell=CELL + "deduplication", is_shown=False),
        Column(key="transfer_id", label="Id", cell=CELL + "id", is_shown=False),
        Column(key="failure_code", label="Failure", cell=CELL + "failure", is_shown=False),
        Column(key="caller", label="Caller", cell=CELL + "caller", is_shown=False),
    ),
)


@require_safe
def list_transfers(request: DeskRequest) -> HttpResponse:
    return listing.answer(request, TRANSFERS, worth=worth_of(request.actor))
