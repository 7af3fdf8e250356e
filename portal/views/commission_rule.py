"""One rule of a profile: added, changed, removed; at once or in a draft."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from backoffice.contracts.commissions import CommissionRule, NewRule, RuleChange
from backoffice.contracts.errors import Invalid, Stale
from backoffice.services import back_api
from portal import catalog, respond
from portal.asked import number_of
from portal.forms.commissions import new_rule_draft, new_rule_form, placed, rule_draft, rule_fields, rule_form
from portal.forms.form import Field, Form
from portal.forms.merge import Merge
from portal.objects import demand
from portal.session import DeskRequest
from portal.views import commission_drafts
from portal.views.commission_names import pick_urls
from portal.views.commission_profiles import KIND, found_profile
from portal.views.commission_rules import target_of
from portal.worth import worth_of

CREATE, EDIT = "portal/commissions/rule_new.html", "portal/commissions/rule.html"
MOVED_ON = "Somebody changed the rules while you were writing this. Look at them, then add yours."


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest, profile_id: str) -> HttpResponse:
    demand(request.actor, "commission_rules.create")
    _, version, found = found_profile(request, profile_id, "Rules")
    fields = _fields(request, is_default=False)
    if request.method != "POST":
        form = replace(new_rule_form(fields, market_id=request.GET.get("market", "")), version=version)
        return _page(request, CREATE, found, form)
    form = Form.of_post(fields, request.POST)
    try:
        draft = new_rule_draft(form)
        if request.POST.get("act") == "draft":
            return commission_drafts.keep(request, commission_drafts.rule_added(profile_id, draft), f"A new rule in {found['name']}")
        back_api().commission_rules.create(request.actor, profile_id, NewRule(commission_profile_rule=draft), version=form.version)
    except Stale:
        return _page(request, CREATE, found, replace(form, version=version, general=MOVED_ON), status=412)
    except Invalid as refusal:
        return _page(request, CREATE, found, form.refused(placed(refusal)), status=400)
    return respond.redirect(request, KIND.url("show", profile_id), toast="The rule is added, behind the others.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, profile_id: str, rule_id: str) -> HttpResponse:
    demand(request.actor, "commission_rules.update")
    _, _, found = found_profile(request, profile_id, "Rules")
    rule = back_api().commission_rules.get(request.actor, profile_id, rule_id)
    found |= _of_rule(rule.value)
    fresh = rule_form(_fields(request, is_default=rule.value.is_default), rule.value, rule.version)
    if request.method != "POST":
        return _page(request, EDIT, found, fresh)
    form = Form.of_post(fresh.fields, request.POST)
    try:
        draft = rule_draft(form)
        if request.POST.get("act") == "draft":
            if form.version != rule.version:
                raise Stale(version=rule.version)
            edits = commission_drafts.rule_changed(rule_id, draft, is_default=rule.value.is_default)
            return commission_drafts.keep(request, edits, f"{target_of(rule.value)} in {found['name']}")
        change = RuleChange(commission_profile_rule=draft)
        back_api().commission_rules.update(request.actor, profile_id, rule_id, change, version=form.version or 0)
    except Stale:
        return catalog.merge(request, KIND, found, Merge.of(form, fresh))
    except Invalid as refusal:
        return _page(request, EDIT, found, form.refused(placed(refusal)), status=400)
    return respond.redirect(request, KIND.url("show", profile_id), toast=f"The rule for {target_of(rule.value)} is saved.")


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: DeskRequest, profile_id: str, rule_id: str) -> HttpResponse:
    demand(request.actor, "commission_rules.delete")
    _, _, found = found_profile(request, profile_id, "Rules")
    rule = back_api().commission_rules.get(request.actor, profile_id, rule_id)
    back_api().commission_rules.validate_delete(request.actor, profile_id, rule_id)
    status, detail = 200, "Its markets fall to the rules behind it. As a draft, the impact can be looked at first."
    if request.method == "POST":
        try:
            if request.POST.get("act") == "draft":
                return commission_drafts.keep(request, commission_drafts.rule_removed(rule_id), f"Without {target_of(rule.value)} in {found['name']}")
            version = number_of(request.POST.get("version", "")) or 0
            back_api().commission_rules.delete(request.actor, profile_id, rule_id, version=version)
            return respond.redirect(request, KIND.url("show", profile_id), toast=f"The rule for {target_of(rule.value)} is removed.")
        except Stale:
            status, detail = 412, "Somebody changed the rule since you were asked. Look at it again before you remove it."
    context = {
        **found,
        **_of_rule(rule.value),
        **commission_drafts.context_of(request.actor),
        "title": f"Remove the rule for {target_of(rule.value)}?",
        "detail": detail,
        "button": "Remove now",
        "version": rule.version,
        "back": KIND.url("show", profile_id),
    }
    return respond.page(request, "portal/commissions/remove.html", "question", context, status=status)


def _page(request: DeskRequest, template: str, found: dict[str, Any], form: Form, *, status: int = 200) -> HttpResponse:
    back = KIND.url("show", found["key"])
    context = {**found, "form": form, "picks": pick_urls(), "back": back, **commission_drafts.context_of(request.actor)}
    return respond.page(request, template, "", context, status=status)


def _fields(request: DeskRequest, *, is_default: bool) -> tuple[Field, ...]:
    api, actor = back_api(), request.actor
    return tuple(rule_fields(api.market_groups.find(actor), api.assets.find(actor), worth_of(actor).root, is_default=is_default))


def _of_rule(rule: CommissionRule) -> dict[str, Any]:
    return {"rule": rule, "target": target_of(rule)}
