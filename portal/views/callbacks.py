"""Callbacks: the list with how each host fares, one with its tries, sending again: one, some, all that died."""

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.callbacks import MOST_AT_ONCE, Callback, CallbackQuery, CallbackState
from backoffice.contracts.paging import Page
from backoffice.services import back_api, desk
from portal import listing, respond
from portal.listing import Bulk, Column, Empty, Filter, Listing, Period, State
from portal.objects import Act, Tab, act, demand
from portal.session import DeskRequest
from portal.templatetags.desk import worded

CELL = "portal/callbacks/cells.html#"
LONGEST = 4_000
CREATED = Period(key="created", label="Created")


def _hosts(actor: Actor) -> list[tuple[str, str]]:
    return [(one.host, one.host) for one in back_api().callbacks.hosts(actor)]


def _clients(actor: Actor) -> list[tuple[str, str]]:
    return [(one.id, one.name) for one in desk().api_clients.find(actor)] if actor.may("manage-api-clients") else []


def query_of(state: State, *, limit: int | None = None) -> CallbackQuery:
    chosen: CallbackState | None = next((value for value in ("Waiting", "Delivered", "Dead") if value == state.one("state")), None)
    start, end = CREATED.ends(state)
    return CallbackQuery(
        search=state.search or None,
        state=chosen,
        host=state.one("host") or None,
        client_id=state.one("client") or None,
        created_from=start,
        created_to=end,
        after=state.after,
        limit=limit or state.size,
    )


def _find(actor: Actor, state: State) -> Page[Callback]:
    return back_api().callbacks.find(actor, query_of(state))


CALLBACKS: Listing[Callback] = Listing(
    section="callbacks",
    title="Callbacks",
    noun="callback",
    nouns="callbacks",
    object_type="callback",
    search="Id, transfer or host",
    find=_find,
    key=lambda row: row.webhook_id,
    href=lambda row: reverse("portal:callbacks-show", args=[row.webhook_id]),
    bulk=(Bulk(label="Send again", icon="rotate-ccw", url_name="portal:callbacks-replay-many", operation="manage-transfers"),),
    empty=Empty(icon="webhook", text="A transfer that is asked for with a callback address tells of every step there, signed."),
    filters=(
        Filter(key="state", label="State", choices=worded(CallbackState), is_single=True),
        Filter(key="host", label="Host", choices=_hosts, is_single=True),
        Filter(key="client", label="API client", choices=_clients, is_single=True),
        CREATED,
    ),
    columns=(
        Column(key="type", label="Event", cell=CELL + "type"),
        Column(key="state", label="State", cell=CELL + "state"),
        Column(key="host", label="Host", cell=CELL + "host"),
        Column(key="attempts", label="Tries", is_numeric=True),
        Column(key="next", label="Next try", plain=lambda row: row.next_attempt_at if row.state == "Waiting" else None, cell=CELL + "next"),
        Column(key="subject_id", label="Transfer", cell=CELL + "subject"),
        Column(key="seq", label="Step", is_numeric=True),
        Column(key="created_at", label="Created", cell=CELL + "created"),
        Column(key="finished_at", label="Ended", cell=CELL + "finished", is_shown=False),
        Column(key="dead_reason", label="Died of", cell=CELL + "reason", is_shown=False),
        Column(key="client_id", label="API client", cell=CELL + "client", is_shown=False),
        Column(key="webhook_id", label="Id", cell=CELL + "id", is_shown=False),
    ),
)


@require_safe
def list_callbacks(request: DeskRequest) -> HttpResponse:
    return listing.answer(request, CALLBACKS, above="portal/callbacks/hosts.html", hosts=back_api().callbacks.hosts(request.actor))


@require_safe
def show(request: DeskRequest, webhook_id: str) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    detail = back_api().callbacks.get(request.actor, webhook_id)
    is_timeline = request.GET.get("tab") == "timeline"
    here = reverse("portal:callbacks-show", args=[webhook_id])
    context = {
        "detail": detail,
        "callback": detail.callback,
        "is_timeline": is_timeline,
        "records": desk().audit.timeline(request.actor, "callback", webhook_id) if is_timeline else [],
        "tabs": [Tab("Overview", here, not is_timeline), Tab("Timeline", f"{here}?tab=timeline", is_timeline)],
        "acts": _acts(request.actor, detail.callback),
        "live": {"type": "callback", "id": webhook_id, "since": since},
        "crumbs": [("Callbacks", reverse("portal:callbacks-list")), (webhook_id, "")],
    }
    return respond.page(request, "portal/callbacks/show.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def replay(request: DeskRequest, webhook_id: str) -> HttpResponse:
    """From wherever it was asked, it goes to the transfer, whose steps show what becomes of it."""
    demand(request.actor, "callbacks.replay")
    callback = back_api().callbacks.get(request.actor, webhook_id).callback
    back = reverse("portal:transfers-show", args=[callback.subject_id])
    if request.method == "POST":
        (result,) = back_api().callbacks.replay(request.actor, [webhook_id])
        toast = "The callback is being sent again." if result.is_queued else f"It is not sent again: {result.reason}."
        return respond.redirect(request, back, toast=toast, kind="success" if result.is_queued else "error")
    known = "It was delivered already; the receiver knows it by the same id. " if callback.state == "Delivered" else ""
    question = {
        "title": "Send this callback again?",
        "detail": f"{known}The same id and the same bytes go to {callback.host}, on a fresh schedule of tries.",
        "button": "Send again",
        "action": request.path,
        "back": back,
        "crumbs": [
            ("Callbacks", reverse("portal:callbacks-list")),
            (webhook_id, reverse("portal:callbacks-show", args=[webhook_id])),
            ("Send again", ""),
        ],
    }
    return respond.page(request, "components/confirm.html", "question", question)


@require_http_methods(["GET", "HEAD", "POST"])
def replay_many(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "callbacks.replay")
    sent = request.POST if request.method == "POST" else request.GET
    ids = _matching(request, sent["all"]) if "all" in sent else list(dict.fromkeys(sent.getlist("id")))[:MOST_AT_ONCE]
    if not ids:
        return respond.redirect(request, reverse("portal:callbacks-list"), toast="Select some callbacks first.", kind="info")
    query = QueryDict(sent.get("back", "")[:LONGEST]).urlencode()
    back = reverse("portal:callbacks-list") + (f"?{query}" if query else "")
    crumbs = [("Callbacks", back), (f"Send {len(ids)} again", "")]
    if request.method == "POST":
        results = back_api().callbacks.replay(request.actor, ids)
        queued = sum(one.is_queued for one in results)
        context = {"results": results, "queued": queued, "refused": len(results) - queued, "back": back, "crumbs": crumbs}
        return respond.page(request, "portal/callbacks/results.html", "", context)
    question = {
        "title": f"Send {len(ids)} callback{'' if len(ids) == 1 else 's'} again?",
        "detail": "With the same ids and bytes, on a fresh schedule. What waits already stays as it is, and among several what was delivered.",
        "button": "Send again",
        "action": request.path,
        "hidden": [("back", query), *(("id", one) for one in ids)],
        "back": back,
        "crumbs": crumbs,
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _matching(request: DeskRequest, query: str) -> list[str]:
    """Every callback of a list's view, not only of the page that was shown."""
    state = listing.state_of(request, QueryDict(query[:LONGEST]), CALLBACKS)
    return [one.webhook_id for one in back_api().callbacks.find(request.actor, query_of(state, limit=MOST_AT_ONCE)).items]


def _acts(actor: Actor, callback: Callback) -> list[Act]:
    if callback.state == "Waiting":
        return []
    again = reverse("portal:callbacks-replay", args=[callback.webhook_id])
    return [act(actor, "callbacks.replay", "Send again", "rotate-ccw", again, asks=True, is_primary=callback.state == "Dead")]
