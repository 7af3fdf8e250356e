"""Change sets: the list, one with what it changes object by object, its timeline, its name and note."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, get_args

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commission_changes import BookChange, ChangeSet, ChangeSetDraft, ChangeSetQuery, ChangeSetStatus
from backoffice.contracts.errors import Invalid, Stale
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.services import back_api, desk
from portal import respond
from portal.asked import number_of
from portal.forms.commissions import RULE_LABELS
from portal.forms.form import Field, Form
from portal.forms.merge import Merge
from portal.listing import Column, Empty, Filter, Listing, State, answer
from portal.objects import Act, Tab, act, demand
from portal.session import DeskRequest
from portal.templatetags.desk import words
from portal.views.commission_names import market_names, owner_names
from portal.worth import worth_of

CELLS, OBJECT, FULL = "portal/commissions/change_cells.html#", "change_set", 50
TITLE = "Change sets"
FIELDS = (
    Field(name="name", label="Name", is_required=True, hint="Up to 100 characters"),
    Field(name="note", label="Note", kind="area", is_wide=True, hint="Why it is proposed, who agreed"),
)
LABELS = {
    **RULE_LABELS,
    "fee.spot.size": "Spot, percent",
    "fee.cfd.type": "CFD, by",
    "fee.cfd.size": "CFD, size",
    "fee.cfd.assetId": "CFD, asset of a lot's fee",
    "fee.minFeeRAT": "Least an order",
    "userId": "Client",
    "accountId": "Account",
    "accountGroupId": "Account group",
    "commissionProfileId": "Profile",
    "profileId": "Profile",
    "priority": "Priority",
    "applyAt": "To be applied",
    "changeCount": "Changes",
}
TABS = (("Changes", "change"), ("Impact", "change-impact"), ("Timeline", "change-timeline"))
PLAIN = ("fee.spot.type", "isDefault")
Diff = tuple[BookChange, str, list[tuple[str, str | None, str | None]]]
OPEN, APPLICABLE = ("Draft", "Failed"), ("Draft", "Scheduled", "Failed")


def _find(actor: Actor, state: State) -> Page[ChangeSet]:
    status: ChangeSetStatus | None = next((one for one in get_args(ChangeSetStatus) if one == state.one("status")), None)
    return back_api().commission_changes.find(actor, ChangeSetQuery(status=status, after=state.after, limit=state.size))


def _difference(row: ChangeSet) -> Decimal | None:
    if row.impact is None or row.impact.old_in_rat is None or row.impact.new_in_rat is None:
        return None
    return row.impact.new_in_rat - row.impact.old_in_rat


CHANGES: Listing[ChangeSet] = Listing(
    section="commission-changes",
    title=TITLE,
    noun="change set",
    nouns="change sets",
    object_type=OBJECT,
    find=_find,
    key=lambda row: row.change_set_id,
    href=lambda row: href_of(row.change_set_id),
    empty=Empty(
        icon="file-pen-line",
        text="A change of rules or assignments that is kept as a draft becomes a change set: look at its impact, then apply or schedule it.",
    ),
    filters=(Filter(key="status", label="Status", choices=[(one, words(one)) for one in get_args(ChangeSetStatus)], is_single=True),),
    columns=(
        Column(key="name", label="Change set", cell=CELLS + "named"),
        Column(key="status", label="Status", cell=CELLS + "status"),
        Column(key="change_count", label="Changes", is_numeric=True),
        Column(key="impact", label="Difference", plain=_difference, cell=CELLS + "impact", is_numeric=True),
        Column(key="created_by", label="By"),
        Column(key="created_at", label="Drafted", cell=CELLS + "drafted"),
        Column(key="updated_at", label="Changed", cell=CELLS + "changed"),
    ),
)


@require_safe
def list_changes(request: DeskRequest) -> HttpResponse:
    return answer(request, CHANGES, worth=worth_of(request.actor))


@require_safe
def show(request: DeskRequest, change_set_id: str) -> HttpResponse:
    return page(request, change_set_id)


def page(request: DeskRequest, change_set_id: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """What it changes, profile by profile; `refusal` says why an act on it was not done."""
    found, context = found_change(request, change_set_id, "Changes")
    named = {one.commission_profile_id: one.name for one in back_api().commission_profiles.find(request.actor)}
    rules = [one for one in found.value.changes if one.object_type == "commission_rule"]
    by_profile = groupby(sorted(rules, key=lambda one: one.commission_profile_id), key=lambda one: one.commission_profile_id)
    groups: list[tuple[str, Sequence[BookChange]]] = [(f"Rules of {named.get(id, id)}", list(changes)) for id, changes in by_profile]
    assigned = [one for one in found.value.changes if one.object_type == "commission_assignment"]
    if assigned:
        groups.append(("Assignments", assigned))
    called = market_names(request.actor) if rules else {}
    owners = owner_names(request.actor, [one.label for one in assigned]) if assigned else {}
    shown = [(heading, [_diff(one, owners if changes is assigned else called, named) for one in changes]) for heading, changes in groups]
    context |= {"groups": shown, "labels": LABELS, **more}
    return respond.page(request, "portal/commissions/change.html", "", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, change_set_id: str) -> HttpResponse:
    """Name and note. Whatever is saved is drafted anew from the rules as they are now, so one that failed becomes a draft again."""
    demand(request.actor, "commission_changes.edit")
    found, context = found_change(request, change_set_id, "Edit")
    fresh = Form.of_value(FIELDS, found.value.change_set, found.version)
    context |= {"form": fresh, "back": href_of(change_set_id)}
    if request.method != "POST":
        return respond.page(request, "portal/commissions/change_edit.html", "", context)
    form = Form.of_post(FIELDS, request.POST)
    try:
        draft = ChangeSetDraft(name=form.values["name"], note=form.values["note"], edits=found.value.edits)
        back_api().commission_changes.edit(request.actor, change_set_id, draft, version=form.version or 0)
    except Stale:
        merge = {"merge": Merge.of(form, fresh), "record": None}
        return respond.page(request, "portal/commissions/change_merge.html", "", {**context, **merge}, status=412)
    except Invalid as refusal:
        return respond.page(request, "portal/commissions/change_edit.html", "", {**context, "form": form.refused(refusal)}, status=400)
    return respond.redirect(request, href_of(change_set_id), toast=f"{draft.name} is drafted anew, from the rules as they are now.")


@require_safe
def timeline(request: DeskRequest, change_set_id: str) -> HttpResponse:
    _, context = found_change(request, change_set_id, "Timeline")
    records = desk().audit.timeline(request.actor, OBJECT, change_set_id, before=number_of(request.GET.get("before", "")))
    context |= {"records": records, "labels": LABELS, "more": f"?before={records[-1].id}" if len(records) >= FULL else ""}
    return respond.page(request, "portal/commissions/change_timeline.html", "records", context)


def found_change(request: DeskRequest, change_set_id: str, tab: str) -> tuple[Versioned[Any], dict[str, Any]]:
    """The change set and the context that portal/commissions/change_object.html needs."""
    since = desk().audit.latest(request.actor)
    found = back_api().commission_changes.get(request.actor, change_set_id)
    change = found.value.change_set
    return found, {
        "change": change,
        "version": found.version,
        "name": change.name,
        "worth": worth_of(request.actor),
        "tabs": [Tab(label, reverse(f"portal:commissions-{page}", args=[change_set_id]), label == tab) for label, page in TABS],
        "acts": _acts(request.actor, change),
        "crumbs": [(TITLE, reverse("portal:commissions-changes")), (change.name, "")],
        "live": {"type": OBJECT, "id": change_set_id, "since": since},
    }


def href_of(change_set_id: str) -> str:
    return reverse("portal:commissions-change", args=[change_set_id])


def _acts(actor: Actor, change: ChangeSet) -> list[Act]:
    """Legal next steps only."""

    def step(verb: str, label: str, icon: str, **more: bool) -> Act:
        href = reverse(f"portal:commissions-change-{verb}", args=[change.change_set_id])
        return act(actor, f"commission_changes.{verb}", label, icon, href, **more)

    acts: list[Act] = []
    if change.status in OPEN:
        acts.append(step("edit", "Name and note" if change.status == "Draft" else "Draft anew", "pencil"))
        acts.append(step("discard", "Discard", "trash-2", asks=True, is_danger=True))
    if change.status == "Draft":
        acts.append(step("schedule", "Schedule", "calendar-clock"))
    if change.status == "Scheduled":
        acts.append(step("schedule", "Another time", "calendar-clock"))
        acts.append(step("unschedule", "Do not apply it then", "calendar-x", asks=True))
    if change.status in APPLICABLE:
        acts.append(step("apply", "Apply now", "check", asks=True, is_primary=True))
    if change.status == "Applied":
        acts.append(step("undo", "Undo", "undo-2", asks=True, is_danger=True))
    return acts


def _diff(change: BookChange, called: Mapping[str, str], profiles: Mapping[str, str]) -> Diff:
    """The change, what people call its object, and its fields; what follows from the object itself is left out."""

    def shown(field: str, value: str | None) -> str | None:
        return profiles.get(value, value) if field == "profileId" and value else value

    fields = [(one.field, shown(one.field, one.before), shown(one.field, one.after)) for one in change.fields if one.field not in PLAIN]
    return change, called.get(change.label, change.label), fields
