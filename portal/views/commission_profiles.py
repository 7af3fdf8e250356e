"""Commission profiles: the list, create (also as a copy), rename, delete, and the frame of a profile's pages."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionProfile
from backoffice.contracts.paging import Page
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import catalog
from portal.forms.commissions import PROFILE_LABELS, new_profile, new_profile_fields, profile_change, profile_form
from portal.forms.form import Form
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

    def make(form: Form) -> tuple[str, str]:
        profile = back_api().commission_profiles.create(request.actor, new_profile(form))
        return profile.commission_profile_id, profile.name

    return catalog.create(request, KIND, Form(fields=fields, values={"copyOf": request.GET.get("copy", "")}), make)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, profile_id: str) -> HttpResponse:
    demand(request.actor, "commission_profiles.update")
    profile, version, found = found_profile(request, profile_id, "Rename")

    def save(form: Form) -> str:
        change = profile_change(form)
        back_api().commission_profiles.update(request.actor, profile_id, change, version=form.version or 0)
        return change.name

    return catalog.edit(request, KIND, found, profile_form(profile, version), save)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, profile_id: str) -> HttpResponse:
    demand(request.actor, "commission_profiles.delete")
    profile, version, found = found_profile(request, profile_id, "Rules")

    def remove(seen: int) -> None:
        back_api().commission_profiles.delete(request.actor, profile_id, version=seen)

    def using() -> catalog.Context:
        if not profile.assignment_count:
            return {}
        theirs = [one for one in back_api().commission_assignments.find(request.actor).value if one.commission_profile_id == profile_id]
        shown = theirs[: catalog.NAMED]
        return {"template": "portal/commissions/in_use.html", "using": shown, "names": names_of(request.actor, shown)}

    return catalog.deletion(request, found, version, remove, using=using, lost=f", with its {profile.rule_count:,} rules")


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
