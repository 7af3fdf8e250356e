"""Who pays by which profile: one ordered list, put into another order as a draft of the page; assignments added, changed, removed."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.commissions import AssignmentPriority, CommissionAssignment
from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api, desk
from portal import respond
from portal.forms.commissions import assignment_fields
from portal.forms.form import Field
from portal.forms.ranks import Rank, Ranks
from portal.objects import Act, Tab, act, demand
from portal.session import DeskRequest
from portal.views import commission_drafts
from portal.views.commission_names import names_of

PAGE, RACE = "portal/commissions/assignments.html", "portal/commissions/race.html"
TITLE, OBJECT = "Commission assignments", "commission_assignment"


class AssignmentLine(NamedTuple):
    """One row; `rank` is None for the default assignment, which stays last. With `is_faint` it is not what was asked for."""

    one: CommissionAssignment
    rank: Rank | None
    name: str
    is_faint: bool


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    since = desk().audit.latest(request.actor)
    found = back_api().commission_assignments.find(request.actor)
    return _editor(request, found.value, Ranks.of(_ids(found.value), found.version), since=since)


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: DeskRequest) -> HttpResponse:
    """One act on the order that the page carries; nothing is stored before "save". Reloaded by GET, the draft is gone."""
    if request.method != "POST":
        return respond.redirect(request, here())
    demand(request.actor, "commission_assignments.set_priorities")
    found = back_api().commission_assignments.find(request.actor)
    ranks, act = Ranks.of_post(request.POST), request.POST.get("act", "")
    if act == "save":
        return _save(request, ranks)
    if act == "draft":
        if ranks.version != found.version:
            return _race(request, ranks)
        return commission_drafts.keep(request, commission_drafts.assignments_ordered(ranks.order), "Another order of assignments")
    if act == "merge":
        merged = ranks.over(_ids(found.value), found.version)
        return _editor(request, found.value, merged, said="Your order is laid over theirs. Look it over, then save.")
    if set(ranks.order) != set(_ids(found.value)):
        return _race(request, ranks)
    try:
        moved, said = ranks.act(act, _called(request, found.value))
    except Invalid as refusal:
        return _editor(request, found.value, ranks, error=refusal.detail, status=400)
    return _editor(request, found.value, ranks, said=said, moved=moved)


def here() -> str:
    return reverse("portal:commissions-assignments")


def fields_of(request: DeskRequest) -> tuple[Field, ...]:
    api = back_api()
    return tuple(assignment_fields(api.account_groups.find(request.actor), api.commission_profiles.find(request.actor)))


def _save(request: DeskRequest, ranks: Ranks) -> HttpResponse:
    wishes = [AssignmentPriority(commission_assignment_id=id, priority=number) for number, id in enumerate(ranks.order, start=1)]
    try:
        back_api().commission_assignments.set_priorities(request.actor, wishes, version=ranks.version)
    except Stale:
        return _race(request, ranks)
    return respond.redirect(request, here(), toast="The order is saved.")


def _race(request: DeskRequest, ranks: Ranks) -> HttpResponse:
    """My order and theirs side by side; nothing of either is lost before one chooses."""
    fresh = back_api().commission_assignments.find(request.actor).value
    theirs, names = _ids(fresh), _called(request, fresh)
    pairs = [(one.number, _named(one.mine, names), _named(one.theirs, names), one.mine != one.theirs) for one in ranks.against(theirs)]
    context = {
        **_frame(request),
        "pairs": pairs,
        "is_same_order": ranks.base == theirs,
        "record": None,
        "ranks": ranks,
        "action": reverse("portal:commissions-assignments-order"),
        "back": here(),
        "what": "assignments",
    }
    return respond.page(request, RACE, "editor", context, status=412)


def _editor(
    request: DeskRequest, found: list[CommissionAssignment], ranks: Ranks, *, since: int | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    known = {one.commission_assignment_id: one for one in found}
    wanted = request.GET.get("profile", "")
    names = names_of(request.actor, found)
    ordered = [(known[rank.id], rank) for rank in ranks.ranks if rank.id in known]
    lines = [AssignmentLine(one, rank, names.of(one), _is_faint(one, wanted)) for one, rank in ordered]
    lines += [AssignmentLine(one, None, names.of(one), _is_faint(one, wanted)) for one in found if one.is_default]
    context = {
        **_frame(request, since=since),
        "lines": lines,
        "names": names,
        "wanted": next((one.commission_profile_name for one in found if one.commission_profile_id == wanted), ""),
        "ranks": ranks,
        "action": reverse("portal:commissions-assignments-order"),
        "back": here(),
        **commission_drafts.context_of(request.actor),
        **more,
    }
    return respond.page(request, PAGE, "editor", context, status=status)


def _frame(request: DeskRequest, *, since: int | None = None) -> dict[str, Any]:
    return {
        "tabs": [Tab("In order", here(), True)],
        "acts": [_add(request)],
        "crumbs": [(TITLE, "")],
        "live": {"type": OBJECT, "id": "", "since": desk().audit.latest(request.actor) if since is None else since},
        "name": TITLE,
        "key": "",
    }


def _add(request: DeskRequest) -> Act:
    href = reverse("portal:commissions-assignments-create")
    return act(request.actor, "commission_assignments.create", "New assignment", "plus", href, is_primary=True)


def _is_faint(one: CommissionAssignment, wanted: str) -> bool:
    return bool(wanted) and one.commission_profile_id != wanted


def _called(request: DeskRequest, found: list[CommissionAssignment]) -> dict[str, str]:
    names = names_of(request.actor, found)
    return {one.commission_assignment_id: names.of(one) for one in found}


def _named(id: str, names: dict[str, str]) -> str:
    return names.get(id, "one that is gone") if id else "—"


def _ids(found: list[CommissionAssignment]) -> list[str]:
    return [one.commission_assignment_id for one in found if not one.is_default]
