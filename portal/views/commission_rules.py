"""The rules of a profile in the order they are tried: shown, put into another order as a draft of the page, saved with its version or kept."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.commissions import CommissionRule, RulePriority
from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api, desk
from portal import respond
from portal.fees import FeeWords, fee_words
from portal.forms.ranks import Rank, Ranks
from portal.objects import demand
from portal.session import DeskRequest
from portal.views import commission_drafts
from portal.views.commission_profiles import KIND, found_profile
from portal.worth import worth_of

PAGE, RACE = "portal/commissions/rules.html", "portal/commissions/race.html"


class RuleLine(NamedTuple):
    """One row of the list; `rank` is None for the default rule, which stays last."""

    rule: CommissionRule
    fee: FeeWords
    rank: Rank | None

    @property
    def name(self) -> str:
        return target_of(self.rule)


@require_safe
def show(request: DeskRequest, profile_id: str) -> HttpResponse:
    _, _, found = found_profile(request, profile_id, "Rules")
    rules = back_api().commission_rules.find(request.actor, profile_id)
    return _editor(request, found, rules.value, Ranks.of(_ids(rules.value), rules.version))


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: DeskRequest, profile_id: str) -> HttpResponse:
    """One act on the order that the page carries; nothing is stored before "save". Reloaded by GET, the draft is gone."""
    if request.method != "POST":
        return respond.redirect(request, KIND.url("show", profile_id))
    demand(request.actor, "commission_rules.set_priorities")
    _, _, found = found_profile(request, profile_id, "Rules")
    rules = back_api().commission_rules.find(request.actor, profile_id)
    ranks, act = Ranks.of_post(request.POST), request.POST.get("act", "")
    if act == "save":
        return _save(request, profile_id, found, ranks)
    if act == "draft":
        if ranks.version != rules.version:
            return _race(request, profile_id, found, ranks)
        return commission_drafts.keep(request, commission_drafts.rules_ordered(profile_id, ranks.order), f"Another order of {found['name']}")
    if act == "merge":
        merged = ranks.over(_ids(rules.value), rules.version)
        return _editor(request, found, rules.value, merged, said="Your order is laid over theirs. Look it over, then save.")
    if set(ranks.order) != set(_ids(rules.value)):
        return _race(request, profile_id, found, ranks)
    try:
        moved, said = ranks.act(act, called(rules.value))
    except Invalid as refusal:
        return _editor(request, found, rules.value, ranks, error=refusal.detail, status=400)
    return _editor(request, found, rules.value, ranks, said=said, moved=moved)


def _save(request: DeskRequest, profile_id: str, found: dict[str, Any], ranks: Ranks) -> HttpResponse:
    wishes = [RulePriority(commission_profile_rule_id=id, priority=number) for number, id in enumerate(ranks.order, start=1)]
    try:
        back_api().commission_rules.set_priorities(request.actor, profile_id, wishes, version=ranks.version)
    except Stale:
        return _race(request, profile_id, found, ranks)
    return respond.redirect(request, KIND.url("show", profile_id), toast="The order is saved.")


def _race(request: DeskRequest, profile_id: str, found: dict[str, Any], ranks: Ranks) -> HttpResponse:
    """My order and theirs side by side; nothing of either is lost before one chooses."""
    fresh = back_api().commission_rules.find(request.actor, profile_id)
    theirs = _ids(fresh.value)
    newest = desk().audit.timeline(request.actor, KIND.object_type, profile_id, limit=1, is_change=True)
    names = called(fresh.value)
    context = {
        **found,
        "pairs": [(pair.number, _named(pair.mine, names), _named(pair.theirs, names), pair.mine != pair.theirs) for pair in ranks.against(theirs)],
        "is_same_order": ranks.base == theirs,
        "record": newest[0] if newest else None,
        "ranks": ranks,
        "action": KIND.url("order", profile_id),
        "back": KIND.url("show", profile_id),
        "what": "rules",
    }
    return respond.page(request, RACE, "editor", context, status=412)


def _editor(
    request: DeskRequest, found: dict[str, Any], rules: list[CommissionRule], ranks: Ranks, *, status: int = 200, **more: Any
) -> HttpResponse:
    root = worth_of(request.actor).root
    known = {rule.commission_profile_rule_id: rule for rule in rules}
    lines = [RuleLine(known[rank.id], fee_words(known[rank.id].fee_settings, root), rank) for rank in ranks.ranks if rank.id in known]
    lines += [RuleLine(rule, fee_words(rule.fee_settings, root), None) for rule in rules if rule.is_default]
    context = {
        **found,
        "lines": lines,
        "ranks": ranks,
        "action": KIND.url("order", found["key"]),
        "back": KIND.url("show", found["key"]),
        **commission_drafts.context_of(request.actor),
        **more,
    }
    return respond.page(request, PAGE, "editor", context, status=status)


def called(rules: list[CommissionRule]) -> dict[str, str]:
    """What each rule is for, by its id."""
    return {rule.commission_profile_rule_id: target_of(rule) for rule in rules}


def target_of(rule: CommissionRule) -> str:
    if rule.is_default:
        return "Every other market"
    return rule.market_name or rule.market_id or rule.market_group_name or rule.market_group_id or ""


def _named(id: str, names: Mapping[str, str]) -> str:
    return names.get(id, "a rule that is gone") if id else "—"


def _ids(rules: list[CommissionRule]) -> list[str]:
    return [rule.commission_profile_rule_id for rule in rules if not rule.is_default]
