"""What would an order pay, and why exactly that: everything asked stands in the address, so the answer can be sent to somebody."""

from decimal import Decimal
from typing import Any, get_args

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_quotes import CommissionQuote, QuoteRequest
from backoffice.contracts.commissions import Side
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.guard import permitted
from backoffice.services import back_api
from portal import respond
from portal.fees import fee_words
from portal.forms.form import Field, Form
from portal.objects import Act, act, demand
from portal.session import DeskRequest
from portal.views.commission_names import Owner, names_of, pick_urls
from portal.worth import worth_of

TITLE = "What would it pay?"
UNITS = (("amount", "Base asset"), ("lots", "Lots"))
FIELDS = (
    Field(name="account", label="Account", is_required=True, hint="A part of its client's name or e-mail, or the whole id"),
    Field(name="market", label="Market", is_required=True, hint="A part of its name or id"),
    Field(name="side", label="Side", kind="choice", choices=[(side, side) for side in get_args(Side)]),
    Field(name="size", label="How much", kind="decimal", is_required=True),
    Field(name="unit", label="in", kind="choice", choices=UNITS),
    Field(name="price", label="Price", kind="decimal", is_required=True),
)


# The names of a quote's request and of the inputs here.
PLACES = {"accountId": "account", "marketId": "market", "amount": "size", "lots": "size", "price": "price", "side": "side"}


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "commission_quotes.quote")
    asked = {one.name: request.GET.get(one.name, "").strip()[:100] for one in FIELDS}
    form = Form(fields=FIELDS, values={**asked, "side": asked["side"] or "Buy", "unit": asked["unit"] or "amount"})
    quote = None
    if all(asked[one.name] for one in FIELDS if one.is_required):
        try:
            quote = back_api().commission_quotes.quote(request.actor, _request_of(form))
        except NotFound as refusal:
            form = form.refused(Invalid(refusal.detail))
        except Invalid as refusal:
            form = form.refused(_placed(refusal))
    context = {"form": form, "picks": pick_urls(), "quote": quote, "crumbs": [(TITLE, "")], **(_answer(request.actor, quote) if quote else {})}
    return respond.page(request, "portal/commissions/explain.html", "answer", context, status=400 if form.general else 200)


def explain_act(actor: Actor, **known: str) -> Act:
    """The link of an account's and a market's page."""
    href = f"{reverse('portal:commissions-explain')}?{urlencode(known)}"
    return act(actor, "commission_quotes.quote", "What would it pay?", "badge-percent", href)


def _request_of(form: Form) -> QuoteRequest:
    """Refuses: Invalid."""
    typed = form.typed()
    size: Decimal = typed["size"]
    names = {"accountId": typed["account"], "marketId": typed["market"], typed["unit"] if typed["unit"] == "lots" else "amount": size}
    return form.read(QuoteRequest, **names)


def _placed(refusal: Invalid) -> Invalid:
    fields = {PLACES.get(name, name): reasons for name, reasons in refusal.fields.items()}
    return Invalid(refusal.detail, code=refusal.code, fields=fields)


def _answer(actor: Actor, quote: CommissionQuote) -> dict[str, Any]:
    worth = worth_of(actor)
    groups = {group.market_group_id: group.name for group in back_api().market_groups.find(actor)} if permitted(actor, "market_groups.find") else {}
    markets = {market.market_id: market.display_name for market in back_api().markets.names(actor)} if permitted(actor, "markets.names") else {}
    profiles = {one.commission_profile_id: one.name for one in back_api().commission_profiles.find(actor)}
    return {
        "names": names_of(actor, [*quote.assignments, Owner(quote.account_id)]),
        "groups": groups,
        "markets": markets,
        "profiles": profiles,
        "fee": fee_words(quote.fee_settings, worth.root),
        "worth": worth,
        "won_assignment": next((one for one in quote.assignments if one.won), None),
        "won_rule": next((one for one in quote.rules if one.won), None),
    }
