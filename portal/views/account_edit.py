"""Creating an account under a client, editing and closing one."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api, desk
from portal import respond
from portal.forms.clients import account_change, account_form, new_account, new_account_fields
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.objects import demand
from portal.session import DeskRequest
from portal.views.account_page import found, url


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest, user_id: str) -> HttpResponse:
    demand(request.actor, "accounts.create")
    user = back_api().users.get(request.actor, user_id).value
    fields = new_account_fields(back_api().account_groups.find(request.actor))
    name, back = user.name or user.email, reverse("portal:clients-show", args=[user_id])
    context = {"user": user, "back": back, "crumbs": [("Clients", reverse("portal:clients-list")), (name, back), ("New account", "")]}
    if request.method != "POST":
        return respond.page(request, "portal/accounts/create.html", "", {**context, "form": Form(fields=fields)})
    form = Form.of_post(fields, request.POST)
    try:
        made = back_api().accounts.create(request.actor, user_id, new_account(form))
    except Invalid as refusal:
        return respond.page(request, "portal/accounts/create.html", "", {**context, "form": form.refused(refusal)}, status=400)
    return respond.redirect(request, url("show", made.account_id), toast=f"The account {form.values['accountName']} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, account_id: str) -> HttpResponse:
    demand(request.actor, "accounts.update")
    account, context = found(request, account_id, "Edit")
    fresh = account_form(account.value, account.version, back_api().account_groups.find(request.actor))
    context |= {"form": fresh, "back": url("show", account_id)}
    if request.method != "POST":
        return respond.page(request, "portal/accounts/edit.html", "", context)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        back_api().accounts.update(request.actor, account.value.user_id, account_id, account_change(form), version=form.version or 0)
    except Stale:
        newest = desk().audit.timeline(request.actor, "account", account_id, limit=1, is_change=True)
        context |= {"merge": Merge.of(form, fresh), "record": newest[0] if newest else None, "back": url("edit", account_id)}
        return respond.page(request, "portal/accounts/merge.html", "", context, status=412)
    except Invalid as refusal:
        return respond.page(request, "portal/accounts/edit.html", "", {**context, "form": form.refused(refusal)}, status=400)
    return respond.redirect(request, url("show", account_id), toast=f"{form.values['accountName']} is saved.")
