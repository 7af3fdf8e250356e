"""Liquidity sessions: the list by provider, one session with its markets, create, edit, delete."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.liquidity import LiquiditySession
from backoffice.contracts.markets import MarketQuery
from backoffice.contracts.paging import Page
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.forms.form import Form
from portal.forms.liquidity import KINDS, LABELS, NEW, STATUSES, change_of, draft_of, form_of
from portal.listing import Action, Column, Empty, Filter, Listing, State, answer, page_of
from portal.objects import demand
from portal.session import DeskRequest

CELLS = "portal/liquidity/cells.html#"
CREATE = Action(label="New session", icon="plus", url_name="portal:liquidity-create", operation="manage-markets", is_primary=True)
KIND = catalog.Kind(
    section="liquidity", title="Liquidity sessions", noun="session", object_type="liquidity_session", capability="liquidity_sessions", labels=LABELS
)


def _providers(actor: Actor) -> list[tuple[str, str]]:
    return [(one, one) for one in sorted({session.liquidity_provider_id for session in back_api().liquidity_sessions.find(actor)})]


def _find(actor: Actor, state: State) -> Page[LiquiditySession]:
    rows = sorted(back_api().liquidity_sessions.find(actor), key=lambda row: (row.liquidity_provider_id, row.kind != "Trading", row.name))
    return page_of(
        rows,
        state,
        search=lambda row: (row.name, row.id, row.liquidity_provider_id),
        filters={"provider": lambda row: row.liquidity_provider_id, "status": lambda row: row.status, "kind": lambda row: row.kind},
        sorts={
            "provider": lambda row: row.liquidity_provider_id,
            "name": lambda row: row.name.lower(),
            "id": lambda row: row.id,
            "kind": lambda row: row.kind,
            "status": lambda row: row.status,
        },
    )


SESSIONS: Listing[LiquiditySession] = Listing(
    section="liquidity",
    title="Liquidity sessions",
    noun="session",
    nouns="sessions",
    object_type="liquidity_session",
    search="Find by name or provider",
    default_sort="provider",
    find=_find,
    key=lambda row: row.id,
    href=lambda row: reverse("portal:liquidity-show", args=[row.id]),
    actions=(CREATE,),
    empty=Empty(icon="cable", text="A session is the connection to a liquidity provider: one for orders, one for quotes.", action=CREATE),
    filters=(
        Filter(key="provider", label="Provider", choices=_providers),
        Filter(key="kind", label="Kind", choices=KINDS),
        Filter(key="status", label="Status", choices=STATUSES),
    ),
    columns=(
        Column(key="name", label="Session", sort="name", cell=CELLS + "name"),
        Column(key="liquidity_provider_id", label="Provider", sort="provider", cell=CELLS + "provider"),
        Column(key="kind", label="Kind", sort="kind", cell=CELLS + "kind"),
        Column(key="status", label="Status", sort="status", cell=CELLS + "status"),
        Column(key="id", label="Id", sort="id", cell=CELLS + "id"),
    ),
)


@require_safe
def list_sessions(request: DeskRequest) -> HttpResponse:
    return answer(request, SESSIONS)


@require_safe
def show(request: DeskRequest, session_id: str) -> HttpResponse:
    session, _, found = _found(request, session_id, "Overview")
    return respond.page(request, "portal/liquidity/show.html", "", {**found, **catalog.using_markets(request, _users(session)), "session": session})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "liquidity_sessions.create")

    def make(form: Form) -> tuple[str, str]:
        session = back_api().liquidity_sessions.create(request.actor, draft_of(form))
        return session.id, session.name

    return catalog.create(request, KIND, Form(fields=NEW, values={"status": "Disconnected"}), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, session_id: str) -> HttpResponse:
    demand(request.actor, "liquidity_sessions.update")
    session, version, found = _found(request, session_id, "Edit")

    def save(form: Form) -> str:
        change = change_of(form)
        back_api().liquidity_sessions.update(request.actor, session_id, change, version=form.version or 0)
        return change.name

    return catalog.edit(request, KIND, found, form_of(session, version), save)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, session_id: str) -> HttpResponse:
    demand(request.actor, "liquidity_sessions.delete")
    session, version, found = _found(request, session_id, "Overview")
    return catalog.deletion_from_markets(
        request, found, version, _users(session), lambda seen: back_api().liquidity_sessions.delete(request.actor, session_id, version=seen)
    )


@require_safe
def timeline(request: DeskRequest, session_id: str) -> HttpResponse:
    return catalog.timeline(request, KIND, _found(request, session_id, "Timeline")[2])


def _found(request: DeskRequest, session_id: str, tab: str) -> tuple[LiquiditySession, int, catalog.Context]:
    since = desk().audit.latest(request.actor)
    found = back_api().liquidity_sessions.get(request.actor, session_id)
    frame = catalog.frame(request, KIND, session_id, found.value.name, tab, since=since, acts=catalog.usual_acts(request, KIND, session_id))
    by = "trading" if found.value.kind == "Trading" else "market_data"
    return (
        found.value,
        found.version,
        {**frame, "status_word": found.value.status, "all_markets": f"{reverse('portal:markets-list')}?{urlencode({by: found.value.name})}"},
    )


def _users(session: LiquiditySession) -> MarketQuery:
    names = [session.name]
    if session.kind == "Trading":
        return MarketQuery(trading_session_names=names, limit=catalog.NAMED)
    return MarketQuery(market_data_session_names=names, limit=catalog.NAMED)
