"""Commission profiles: the list, create (also as a copy), rename, delete, and the frame of a profile's pages."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionProfile
from backoffice.contracts.errors import InUse, Invalid, Stale
from backoffice.contracts.paging import Page
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import catalog, respond
from portal.asked import number_of
from portal.forms.commissions import PROFILE_LABELS, new_profile, new_profile_fields, profile_change, profile_form
from portal.forms.form import Form
from portal.forms.merge import Merge
from portal.listing import Action, Column, Empty, Listing, State, answer, page_of
from portal.objects import Act, Tab, act, demand
from portal.session import DeskRequest
from portal.views.commission_names import names_of

CELLS = "portal/commissions/cells.html#"
CREATE = Action(label="New profile", icon="plus", url_name="portal:commissions-create", operation="manage-commission-rules", is_primary=True)
UPLOAD = Action(label="Upload rules", icon="upload", url_name="portal:commissions-files-upload", operation="manage-commission-rules")
KIND = catalog.Kind(
    section="commissions",
    title="Commission profiles",
    noun="profile",
    object_type="commission_profile",
    capability="commission_profiles",
    labels=PROFILE_LABELS,
)
TABS = (("Rules", "show"), ("Coverage", "coverage"), ("Timeline", "timeline"))


def _find(actor: Actor, state: State) -> Page[CommissionProfile]:
    sorts = {
        "name": lambda row: (not row.is_default, row.name.lower()),
        "id": lambda row: row.commission_profile_id,
        "rules": lambda row: row.rule_count,
        "assignments": lambda row: row.assignment_count,
    }
    found = back_api().commission_profiles.find(actor)
    return page_of(found, state, search=lambda row: (row.name, row.commission_profile_id), filters={}, sorts=sorts)


PROFILES: Listing[CommissionProfile] = Listing(
    section="commissions",
    title="Commission profiles",
    noun="profile",
    nouns="profiles",
    object_type="commission_profile",
    search="Find by id or name",
    default_sort="name",
    find=_find,
    key=lambda row: row.commission_profile_id,
    href=lambda row: reverse("portal:commissions-show", args=[row.commission_profile_id]),
    actions=(UPLOAD, CREATE),
    empty=Empty(icon="badge-percent", text="A profile holds the rules by which accounts pay commissions.", action=CREATE),
    columns=(
        Column(key="name", label="Profile", sort="name", cell=CELLS + "profile"),
        Column(key="commission_profile_id", label="Id", sort="id", cell=CELLS + "id"),
        Column(key="rule_count", label="Rules", sort="rules", is_numeric=True),
        Column(key="assignment_count", label="Assignments", sort="assignments", cell=CELLS + "assignments", is_numeric=True),
        Column(key="updated_at", label="Changed", cell=CELLS + "changed"),
    ),
)


@require_safe
def list_profiles(request: DeskRequest) -> HttpResponse:
    return answer(request, PROFILES, above="portal/commissions/about.html")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "commission_profiles.create")
    fields = new_profile_fields(back_api().commission_profiles.find(request.actor))
    if request.method != "POST":
        return catalog.creation(request, KIND, Form(fields=fields, values={"copyOf": request.GET.get("copy", "")}))
    form = Form.of_post(fields, request.POST)
    try:
        profile = back_api().commission_profiles.create(request.actor, new_profile(form))
    except Invalid as refusal:
        return catalog.creation(request, KIND, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", profile.commission_profile_id), toast=f"{profile.name} is created.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, profile_id: str) -> HttpResponse:
    demand(request.actor, "commission_profiles.update")
    profile, version, found = found_profile(request, profile_id, "Rename")
    fresh = profile_form(profile, version)
    if request.method != "POST":
        return catalog.edition(request, KIND, found, fresh)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        back_api().commission_profiles.update(request.actor, profile_id, profile_change(form), version=form.version or 0)
    except Stale:
        return catalog.merge(request, KIND, found, Merge.of(form, fresh))
    except Invalid as refusal:
        return catalog.edition(request, KIND, found, form.refused(refusal), status=400)
    return respond.redirect(request, KIND.url("show", profile_id), toast=f"{form.values['name']} is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, profile_id: str) -> HttpResponse:
    demand(request.actor, "commission_profiles.delete")
    profile, version, found = found_profile(request, profile_id, "Rules")
    status, detail = 200, f"The profile goes for good, with its {profile.rule_count:,} rules; its timeline stays in the audit trail."
    if request.method == "POST":
        try:
            back_api().commission_profiles.delete(request.actor, profile_id, version=number_of(request.POST.get("version", "")) or 0)
            return respond.redirect(request, KIND.url("list"), toast=f"{profile.name} is deleted.")
        except InUse:
            status = 400
        except Stale:
            status, detail = 412, "Somebody changed the profile since you were asked. Look at it again before you delete it."
    question = {
        **found,
        "title": f"Delete {profile.name}?",
        "detail": detail,
        "button": "Delete profile",
        "action": request.path,
        "hidden": [("version", str(version))],
        "back": KIND.url("show", profile_id),
        "is_danger": True,
    }
    if not profile.assignment_count:
        return respond.page(request, "components/confirm.html", "question", question, status=status)
    using = [one for one in back_api().commission_assignments.find(request.actor).value if one.commission_profile_id == profile_id]
    question |= {"using": using[: catalog.NAMED], "names": names_of(request.actor, using[: catalog.NAMED])}
    return respond.page(request, "portal/commissions/in_use.html", "question", question, status=status)


@require_safe
def timeline(request: DeskRequest, profile_id: str) -> HttpResponse:
    """With its rules, by the names of what they are for."""
    named = dict(PROFILE_LABELS)
    if permitted(request.actor, "markets.names"):
        named |= {market.market_id: market.display_name for market in back_api().markets.names(request.actor)}
        named |= {f"group:{group.market_group_id}": group.name for group in back_api().market_groups.find(request.actor)}
    return catalog.timeline(request, replace(KIND, labels=named), found_profile(request, profile_id, "Timeline")[2])


def found_profile(request: DeskRequest, profile_id: str, tab: str) -> tuple[CommissionProfile, int, dict[str, Any]]:
    """The profile, its version and the context of its pages."""
    since = desk().audit.latest(request.actor)
    found = back_api().commission_profiles.get(request.actor, profile_id)
    profile = found.value
    return (
        profile,
        found.version,
        {
            "kind": KIND,
            "profile": profile,
            "key": profile_id,
            "name": profile.name,
            "tag": "Default profile" if profile.is_default else "",
            "tabs": [Tab(label, KIND.url(page, profile_id), label == tab) for label, page in TABS],
            "acts": _acts(request.actor, profile),
            "crumbs": [(KIND.title, KIND.url("list")), (profile.name, "")],
            "live": {"type": KIND.object_type, "id": profile_id, "since": since},
        },
    )


def _acts(actor: Actor, profile: CommissionProfile) -> list[Act]:
    """Deleting the default profile is never legal, so it is not offered."""
    id = profile.commission_profile_id
    acts = [act(actor, "commission_profiles.update", "Rename", "pencil", KIND.url("edit", id))]
    if not profile.is_default:
        acts.append(act(actor, "commission_profiles.delete", "Delete", "trash-2", KIND.url("delete", id), asks=True, is_danger=True))
    acts.append(act(actor, "commission_profiles.create", "Copy", "copy", f"{KIND.url('create')}?copy={id}"))
    return acts
