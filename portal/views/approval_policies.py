"""Approval policies: which calls wait for how many others, who these may be, and which calls one would hold."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.contracts.actor import Actor
from backoffice.contracts.approvals import ApprovalPolicyDraft
from backoffice.contracts.errors import Invalid, Stale
from backoffice.guard import permitted
from backoffice.services import back_api, desk
from portal import respond
from portal.forms.form import Field, Form
from portal.objects import demand
from portal.session import DeskRequest
from portal.templatetags.desk import act_words

LIST = "portal:approval-policies-list"


@require_safe
def list_policies(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "approval_policies.update")
    context = {"policies": desk().approval_policies.find(request.actor), "crumbs": [*_crumbs(), ("Policies", "")]}
    return respond.page(request, "portal/approvals/policies.html", "", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: DeskRequest) -> HttpResponse:
    demand(request.actor, "approval_policies.create")
    fields = _fields(request.actor)
    if request.method != "POST":
        start = ApprovalPolicyDraft(name="", covers=request.GET.get("covers", ""))
        return _page(request, Form(fields=fields, values=Form.of_value(fields, start).values), None)
    form = Form.of_post(fields, request.POST)
    try:
        made = desk().approval_policies.create(request.actor, form.read(ApprovalPolicyDraft))
    except Invalid as refusal:
        return _page(request, form.refused(refusal), None, status=400)
    return respond.redirect(request, reverse("portal:approval-policies-show", args=[made.id]), toast="The policy is made. It holds within seconds.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, policy_id: str) -> HttpResponse:
    demand(request.actor, "approval_policies.update")
    found, fields = desk().approval_policies.get(request.actor, policy_id), _fields(request.actor)
    if request.method != "POST":
        return _page(request, Form.of_value(fields, found.value, found.version), policy_id)
    form = Form.of_post(fields, request.POST)
    try:
        desk().approval_policies.update(request.actor, policy_id, form.read(ApprovalPolicyDraft), version=form.version)
    except Invalid as refusal:
        return _page(request, form.refused(refusal), policy_id, status=400)
    except Stale as refusal:
        now = desk().approval_policies.get(request.actor, policy_id)
        return _page(request, _lost(Form.of_value(fields, now.value, now.version), refusal), policy_id, status=412)
    return respond.redirect(request, request.path, toast="Saved. It holds within seconds.")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: DeskRequest, policy_id: str) -> HttpResponse:
    demand(request.actor, "approval_policies.delete")
    found = desk().approval_policies.get(request.actor, policy_id)
    back = reverse("portal:approval-policies-show", args=[policy_id])
    if request.method == "POST":
        desk().approval_policies.delete(request.actor, policy_id, version=Form.of_post((), request.POST).version)
        return respond.redirect(request, reverse(LIST), toast=f"The policy {found.value.name} is removed.")
    question = {
        "title": f"Remove {found.value.name}?",
        "detail": "What it holds already keeps waiting; nothing new is held by it.",
        "button": "Remove",
        "action": request.path,
        "hidden": [("version", str(found.version))],
        "back": back,
        "is_danger": True,
        "crumbs": [*_crumbs(), ("Policies", reverse(LIST)), (found.value.name, back), ("Remove", "")],
    }
    return respond.page(request, "components/confirm.html", "question", question)


def _page(request: DeskRequest, form: Form, policy_id: str | None, *, status: int = 200) -> HttpResponse:
    covered = desk().approval_policies.covered(request.actor)
    covers = form.values.get("covers", "")
    held = covered.get(covers) or [verb for verbs in covered.values() for verb in verbs if verb == covers]
    context = {
        "form": form,
        "policy_id": policy_id,
        "button": "Save" if policy_id else "Make the policy",
        "held": [(verb, act_words(verb)) for verb in held],
        "back": reverse(LIST),
        "crumbs": [*_crumbs(), ("Policies", reverse(LIST)), (form.values.get("name") or "New policy", "")],
    }
    return respond.page(request, "portal/approvals/policy.html", "", context, status=status)


def _lost(form: Form, refusal: Stale) -> Form:
    """A policy is short: what is true now is shown, and is changed again."""
    return form.refused(Invalid(refusal.detail))


def _fields(actor: Actor) -> list[Field]:
    covered: Mapping[str, list[str]] = desk().approval_policies.covered(actor)
    whole = [(operation, f"{operation}: all of it") for operation in covered]
    verbs = [(verb, f"{verb}: {act_words(verb)}") for found in covered.values() for verb in found]
    view = actor.may("view-common")
    roles = [(role.id, role.name) for role in desk().roles.find(actor)] if permitted(actor, "roles.find") else []
    choices: dict[str, Any] = {
        "assetIds": [(one.id, one.id.upper()) for one in back_api().assets.find(actor)] if view else [],
        "marketGroupIds": [(one.market_group_id, one.name) for one in back_api().market_groups.find(actor)] if view else [],
        "accountGroupIds": [(one.account_group_id, one.name) for one in back_api().account_groups.find(actor)] if view else [],
    }
    when, who = "Only when", "Who"
    return [
        Field(name="name", label="Name", is_required=True),
        Field(name="covers", label="Holds", kind="choice", choices=[("", "Choose"), *whole, *verbs], is_required=True),
        Field(name="isActive", label="It holds calls", kind="flag"),
        Field(name="amountFrom", label="The amount is from", kind="decimal", group=when, hint="In the root asset; without a rate it counts as above"),
        Field(name="assetIds", label="It is about one of these assets", kind="choices", choices=choices["assetIds"], group=when),
        Field(name="marketGroupIds", label="And one of these market groups", kind="choices", choices=choices["marketGroupIds"], group=when),
        Field(name="accountGroupIds", label="And one of these account groups", kind="choices", choices=choices["accountGroupIds"], group=when),
        Field(name="makerRoles", label="Who asks has one of these roles", kind="choices", choices=roles, group=when),
        Field(name="approversNeeded", label="Others who must approve", kind="whole", is_required=True, group=who, hint="1 to 5"),
        Field(name="approverRoles", label="They have one of these roles", kind="choices", choices=roles, group=who),
        Field(name="excludedRoles", label="And none of these", kind="choices", choices=roles, group=who),
        Field(name="expiresAfterMinutes", label="Minutes until it expires", kind="whole", is_required=True, group=who),
    ]


def _crumbs() -> list[tuple[str, str]]:
    return [("Approvals", reverse("portal:approvals-list"))]
