"""The desk's Own: what operators do about themselves, whatever their roles."""

import re

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.desk import Role, SavedView, SavedViewDraft, SignIn
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.core import audit, versions
from backoffice.operators import brakes, models, operators, passwords, rules
from backoffice.operators import roles as all_roles
from backoffice.operators import sign_ins as stays

SECTION = re.compile(r"[a-z][a-z0-9_-]{0,39}")
LONGEST_QUERY = 2_000
MOST_VIEWS = 100


def change_password(actor: Actor, current: str, new: str, *, keep: str | None = None) -> None:
    """Ends the other sign-ins, all of them unless `keep` names one. Refuses: Invalid, TooMany.

    A wrong guess must stay counted when the call is refused, so the transaction opens only behind it.
    """
    limits = [brakes.limit("own password", _person(actor), most=10)]
    mark = brakes.take(limits)
    seen = models.Operator.objects.filter(pk=_person(actor)).first()
    if seen is None or not rules.is_possible_password(current) or not seen.check_password(current):
        raise Invalid("The current password is wrong.", fields={"current": ["is wrong"]})
    brakes.give_back(limits, mark)
    faults = passwords.faults(new, seen, operators.operations_of(seen.roles.all())) or (["is the one you have"] if new == current else [])
    rules.refuse("The new password is not good enough.", {"new": faults})
    with transaction.atomic():
        recorded = audit.open_record(actor, "own.change_password")
        row = versions.lock(models.Operator.objects.all(), seen.pk, version=seen.version, name="operator")
        operators.replace_password(recorded, row, new)
        stays.end(recorded, row.sign_ins.exclude(pk=keep))


def sign_ins(actor: Actor, *, current: str) -> list[SignIn]:
    return stays.shown(stays.live(timezone.now()).filter(operator=_person(actor)), current=current)


def end_sign_in(actor: Actor, sign_in_id: str) -> None:
    stays.end_one(actor, models.SignIn.objects.filter(operator=_person(actor)), sign_in_id)


def end_other_sign_ins(actor: Actor, *, keep: str) -> int:
    return stays.end(actor, models.SignIn.objects.filter(operator=_person(actor)).exclude(pk=keep))


def views(actor: Actor, section: str) -> list[SavedView]:
    rows = models.SavedView.objects.filter(Q(owner=_person(actor)) | Q(shared_with__in=_held(actor)), section=section)
    return [_view(actor, row) for row in rows.order_by("name", "id")]


def save_view(actor: Actor, draft: SavedViewDraft) -> SavedView:
    _refuse(actor, draft)
    mine = models.SavedView.objects.filter(owner=_person(actor), section=draft.section)
    if draft.is_default:
        mine.exclude(name=draft.name).update(is_default=False)
    if draft.is_role_default:
        others = models.SavedView.objects.filter(section=draft.section, shared_with=draft.shared_with, is_role_default=True)
        others.exclude(owner=_person(actor), name=draft.name).update(is_role_default=False)
    row = _replaced(mine, draft)
    before = _state(row) if row else {}
    row = row or models.SavedView(owner_id=actor.id, section=draft.section, name=draft.name)
    row.name, row.query, row.shared_with_id = draft.name, draft.query, draft.shared_with
    row.is_default, row.is_role_default, row.is_pinned = draft.is_default, draft.is_role_default, draft.is_pinned
    row.save()
    audit.changed(actor, "saved_view", row.id, before, _state(row))
    return _view(actor, row)


def _replaced(mine: QuerySet[models.SavedView], draft: SavedViewDraft) -> models.SavedView | None:
    """The view that the draft is of: that of its id, else that of its name."""
    locked = mine.select_for_update(of=("self",))
    if draft.view_id is None:
        return locked.filter(name=draft.name).first()
    row = locked.filter(pk=draft.view_id).first()
    if row is None:
        raise NotFound(f"You have no view {draft.view_id}.")
    if mine.filter(name=draft.name).exclude(pk=row.pk).exists():
        raise Invalid("The view is not valid.", fields={"name": ["is that of another view of yours"]})
    return row


def pinned(actor: Actor) -> list[SavedView]:
    return [_view(actor, row) for row in models.SavedView.objects.filter(owner=_person(actor), is_pinned=True).order_by("name", "id")]


def delete_view(actor: Actor, view_id: str) -> None:
    row = models.SavedView.objects.select_for_update(of=("self",)).filter(pk=view_id, owner=_person(actor)).first()
    if row is None:
        raise NotFound(f"You have no view {view_id}.")
    row.delete()
    audit.changed(actor, "saved_view", view_id, _state(row), {})


def roles(actor: Actor) -> list[Role]:
    return [all_roles.shown(row) for row in all_roles.counted().filter(pk__in=_held(actor)).order_by("name")]


def email(actor: Actor) -> str:
    return models.Operator.objects.filter(pk=_person(actor)).values_list("email", flat=True).first() or ""


def _held(actor: Actor) -> QuerySet[models.Role]:
    return models.Role.objects.filter(operators=_person(actor)).order_by()


def _person(actor: Actor) -> str:
    """The operator's id. A program has no own sign-ins or views, and no operator has this one."""
    return actor.id if actor.kind == "operator" else ""


def _refuse(actor: Actor, draft: SavedViewDraft) -> None:
    mine = models.SavedView.objects.filter(owner=_person(actor), section=draft.section).exclude(name=draft.name)
    is_held = draft.shared_with is None or _held(actor).filter(pk=draft.shared_with).exists()
    is_for_nobody = draft.is_role_default and draft.shared_with is None
    is_query = len(draft.query) <= LONGEST_QUERY and draft.query.isprintable()
    faults = {
        "section": [] if SECTION.fullmatch(draft.section) else ["must be the name of a section"],
        "name": rules.text_faults(draft.name, longest=50),
        "query": [] if is_query else [f"must be a query string of up to {LONGEST_QUERY} characters"],
        "sharedWith": ([] if is_held else ["must be a role that you hold"]) + (["is missing, so that nobody opens with it"] if is_for_nobody else []),
    }
    rules.refuse("The view is not valid.", faults)
    if actor.kind != "operator":
        raise Invalid("Only operators keep views.")
    if mine.count() >= MOST_VIEWS:
        raise Invalid(f"You have {MOST_VIEWS} views here already; delete one first.", code="limit")


def _state(row: models.SavedView) -> dict[str, str | None]:
    return {
        "section": row.section,
        "name": row.name,
        "query": row.query,
        "sharedWith": row.shared_with_id,
        "isDefault": audit.as_text(row.is_default),
        "isRoleDefault": audit.as_text(row.is_role_default),
        "isPinned": audit.as_text(row.is_pinned),
    }


def _view(actor: Actor, row: models.SavedView) -> SavedView:
    """Somebody else's default is not the default of whoever they share it with."""
    is_own = row.owner_id == actor.id
    return SavedView(
        id=row.id,
        section=row.section,
        name=row.name,
        query=row.query,
        shared_with=row.shared_with_id,
        is_default=row.is_default and is_own,
        is_role_default=row.is_role_default,
        is_pinned=row.is_pinned and is_own,
        is_own=is_own,
    )
