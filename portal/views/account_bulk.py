"""One change for many accounts: those of the clients selected in their list, of which some may be left out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from backoffice.contracts.accounts import AccountPatch, AccountSeen
from backoffice.contracts.actor import Actor
from backoffice.contracts.markets import FieldChange
from backoffice.services import back_api
from portal.forms.clients import ACCOUNT_LABELS, account_patch_fields
from portal.forms.form import Field
from portal.listing import state_of
from portal.session import DeskRequest
from portal.views import bulk
from portal.views.bulk import LONGEST, MOST, Line, Many
from portal.views.clients import CLIENTS

NAMED = 10


def _fields(actor: Actor) -> Sequence[Field]:
    return account_patch_fields(back_api().account_groups.find(actor))


def _chosen(request: DeskRequest) -> list[str]:
    """The accounts of the clients that were selected, or with `all` of every client of the list's view."""
    user_ids = request.GET.getlist("id")[:MOST]
    if "all" in request.GET:
        state = state_of(request, QueryDict(request.GET["all"][:LONGEST]), CLIENTS)
        user_ids = [one.user_id for one in CLIENTS.find(request.actor, replace(state, size=MOST)).items]
    return [one.account_id for one in back_api().accounts.of_users(request.actor, user_ids)]


def _preview(actor: Actor, account_ids: list[str], patch: AccountPatch) -> list[Line]:
    said = {one.name: one for one in _fields(actor)}

    def worded(change: FieldChange) -> FieldChange:
        words = said[change.field].label_of
        return FieldChange(field=change.field, before=words(change.before or ""), after=words(change.after or ""))

    found = back_api().accounts.preview(actor, account_ids, patch)
    return [Line(one.account_id, one.account_name, one.version, [worded(change) for change in one.changes], one.errors) for one in found]


def _apply(actor: Actor, versions: dict[str, int], patch: AccountPatch) -> str:
    seen = [AccountSeen(account_id=account_id, version=version) for account_id, version in versions.items()]
    names = [one.account_name for one in back_api().accounts.patch(actor, seen, patch) if one.is_changed]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} {'account is' if len(names) == 1 else 'accounts are'} changed: {', '.join(names[:NAMED])}{more}."


def _more(actor: Actor, account_ids: list[str]) -> dict[str, Any]:
    accounts = {one.account_id: one for one in back_api().accounts.by_ids(actor, account_ids)}
    owners = back_api().users.by_ids(actor, sorted({one.user_id for one in accounts.values()}))
    return {"accounts": [accounts[one] for one in account_ids if one in accounts], "owners": {one.user_id: one.name or one.email for one in owners}}


MANY = Many(
    title="Clients",
    noun="account",
    nouns="accounts",
    url_name="portal:accounts-bulk",
    list_url="portal:clients-list",
    action="accounts.patch",
    template="portal/accounts/bulk.html",
    labels=ACCOUNT_LABELS,
    shape=AccountPatch,
    fields=_fields,
    chosen=_chosen,
    preview=_preview,
    apply=_apply,
    more=_more,
)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest) -> HttpResponse:
    return bulk.answer(request, MANY)
