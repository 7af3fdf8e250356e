"""An account's statement: one asset over some days, on the page, as CSV or as PDF."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts.errors import Invalid, Unavailable
from backoffice.contracts.ledger import Statement
from backoffice.services import back_api, desk
from portal import respond
from portal.forms.form import Field, Form, choices_of
from portal.session import DeskRequest
from portal.statement import as_csv, as_pdf, last_day, moved, period_of
from portal.views.account_page import found, url
from portal.worth import worth_of

SHOWN = 1_000
USUAL = timedelta(days=30)


@require_safe
def show(request: DeskRequest, account_id: str) -> HttpResponse:
    _, context = found(request, account_id, "Statement")
    form = _form(request, account_id)
    context |= {"form": form, "statement": None}
    if not form.values["asset"]:
        return respond.page(request, "portal/accounts/statement.html", "", context)
    try:
        statement = _statement(request, account_id, form)
    except Invalid as refusal:
        return respond.page(request, "portal/accounts/statement.html", "", {**context, "form": _placed(form, refusal)}, status=400)
    query = urlencode(form.values)
    context |= {
        "statement": statement,
        "shown": statement.entries[:SHOWN],
        "left": max(0, len(statement.entries) - SHOWN),
        "moved": moved(statement),
        "csv": f"{url('statement-csv', account_id)}?{query}",
        "pdf": f"{url('statement-pdf', account_id)}?{query}",
    }
    return respond.page(request, "portal/accounts/statement.html", "", context)


@require_safe
def download_csv(request: DeskRequest, account_id: str) -> HttpResponse:
    account, context = found(request, account_id, "Statement")
    statement = _statement(request, account_id, _form(request, account_id))
    _taken(request, account_id, statement, "Csv")
    return _file(statement, as_csv(statement, account.value, context["user"]), "text/csv; charset=utf-8", "csv")


@require_safe
def download_pdf(request: DeskRequest, account_id: str) -> HttpResponse:
    account, context = found(request, account_id, "Statement")
    form = _form(request, account_id)
    statement = _statement(request, account_id, form)
    try:
        content = as_pdf(statement, account.value, context["user"], worth_of(request.actor))
    except (Invalid, Unavailable) as refusal:
        return respond.redirect(request, f"{url('statement', account_id)}?{urlencode(form.values)}", toast=refusal.detail, kind="error")
    _taken(request, account_id, statement, "Pdf")
    return _file(statement, content, "application/pdf", "pdf")


def _taken(request: DeskRequest, account_id: str, statement: Statement, format: str) -> None:
    facts = {"format": format, "assetId": statement.asset_id, "from": statement.start.isoformat(), "to": statement.end.isoformat()}
    desk().audit.took(request.actor, "ledger.statement", "account", account_id, rows=len(statement.entries), facts=facts)


def _statement(request: DeskRequest, account_id: str, form: Form) -> Statement:
    """Refuses: Invalid."""
    start, end = period_of(form.values["first"], form.values["last"])
    return back_api().ledger.statement(request.actor, account_id, form.values["asset"], start=start, end=end)


def _form(request: DeskRequest, account_id: str) -> Form:
    """The last thirty days unless the address says otherwise."""
    held = [one.asset_id for one in back_api().ledger.balances(request.actor, account_id)]
    today = timezone.now().date()
    usual = {"asset": held[0] if len(held) == 1 else "", "first": str(today - USUAL), "last": str(today)}
    fields = (
        Field(name="asset", label="Asset", kind="choice", choices=choices_of(((one, one) for one in held), empty="Choose an asset")),
        Field(name="first", label="From", kind="date"),
        Field(name="last", label="To, included", kind="date"),
    )
    asked = {name: request.GET.get(name, before).strip()[:15] for name, before in usual.items()}
    return Form(fields=fields, values=asked)


def _placed(form: Form, refusal: Invalid) -> Form:
    """The service's word for the end of a period is our last day."""
    fields = {{"end": "last", "start": "first"}.get(name, name): reasons for name, reasons in refusal.fields.items()}
    return form.refused(Invalid(refusal.detail, fields=fields))


def _file(statement: Statement, content: Any, kind: str, ending: str) -> HttpResponse:
    name = f"statement-{statement.account_id}-{statement.asset_id}-{statement.start:%Y%m%d}-{last_day(statement):%Y%m%d}.{ending}"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
