"""The hosted CommissionProfiles."""

from typing import cast
from uuid import uuid4

import msgspec
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from backoffice.commissions import book, defaults, reach, storing
from backoffice.commissions.match import MarketFacts
from backoffice.commissions.models import Assignment, Profile
from backoffice.commissions.rules import lock
from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionProfile, CommissionProfileChange, Coverage, NewCommissionProfile
from backoffice.contracts.errors import InUse, Invalid, NotFound
from backoffice.contracts.markets import MarketType
from backoffice.contracts.rule_book import NO_FEES, BookRule
from backoffice.contracts.value import Versioned
from backoffice.core import audit, slugs
from backoffice.markets.models import Market

NAMED = 10


def find(actor: Actor) -> list[CommissionProfile]:  # noqa: ARG001  verbs are told who asks
    defaults.ready()
    return [_profile(row) for row in _counted().order_by("-is_default", "name")]


def get(actor: Actor, profile_id: str) -> Versioned[CommissionProfile]:  # noqa: ARG001  verbs are told who asks
    defaults.ready()
    row = _counted().filter(pk=profile_id).first()
    if row is None:
        raise NotFound(f"There is no commission profile {profile_id}.")
    return Versioned(value=_profile(row), version=row.version)


def create(actor: Actor, draft: NewCommissionProfile) -> CommissionProfile:
    defaults.ready()
    _refuse(slugs.name_fault(Profile, draft.name))
    rules = [BookRule(id="", profile_id="", priority=None, fee=NO_FEES)] if draft.copy_of is None else book.rules(draft.copy_of)
    if not rules:
        raise Invalid("The commission profile is not valid.", fields={"copyOf": [f"there is no commission profile {draft.copy_of}"]})
    row = Profile(id=slugs.new_id(Profile, draft.commission_profile_id, draft.name, field="commissionProfileId"), name=draft.name)
    row.save(force_insert=True)
    audit.changed(actor, "commission_profile", row.pk, {}, {"name": row.name})
    storing.insert_rules(actor, [msgspec.structs.replace(rule, id=str(uuid4()), profile_id=row.pk, version=1) for rule in rules])
    return get(actor, row.pk).value


def update(actor: Actor, profile_id: str, change: CommissionProfileChange, *, version: int | None = None) -> None:
    row = lock(profile_id, version=version)
    _refuse(slugs.name_fault(Profile, change.name, but=row.pk))
    if change.name != row.name:
        Profile.objects.filter(pk=row.pk).update(name=change.name, version=F("version") + 1, updated_at=timezone.now())
        audit.changed(actor, "commission_profile", row.pk, {"name": row.name}, {"name": change.name})


def delete(actor: Actor, profile_id: str, *, version: int | None = None) -> None:
    row = lock(profile_id, version=version)
    if row.is_default:
        raise Invalid("The default commission profile cannot be deleted: it is for everybody whom no assignment names.", code="default_profile")
    _refuse_assigned(row)
    storing.store_rules(actor, row.pk, book.rules(row.pk), [])
    Profile.objects.filter(pk=row.pk).delete()
    audit.changed(actor, "commission_profile", row.pk, {"name": row.name}, {})


def coverage(actor: Actor, profile_id: str) -> Coverage:
    shown = get(actor, profile_id).value
    rows = Market.objects.values_list("market_id", "type", "market_group_id")
    markets = [MarketFacts(market_id, cast(MarketType, kind), group_id) for market_id, kind, group_id in rows]
    rules = reach.of(book.rules(profile_id), markets)
    return Coverage(commission_profile_id=shown.commission_profile_id, market_count=len(markets), rules=rules)


def _counted() -> QuerySet[Profile]:
    return Profile.objects.annotate(rule_count=Count("rules", distinct=True), assignment_count=Count("assignments", distinct=True))


def _profile(row: Profile) -> CommissionProfile:
    return CommissionProfile(
        commission_profile_id=row.pk,
        name=row.name,
        is_default=row.is_default,
        rule_count=row.rule_count,  # type: ignore[attr-defined]  # annotated by _counted
        assignment_count=row.assignment_count,  # type: ignore[attr-defined]  # annotated by _counted
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Invalid("The commission profile is not valid.", fields={"name": reasons})


def _refuse_assigned(row: Profile) -> None:
    """Refuses: InUse, naming up to ten of those who have it."""
    assigned = list(Assignment.objects.filter(profile=row).order_by("priority")[: NAMED + 1])
    if assigned:
        more = " and others" if len(assigned) > NAMED else ""
        raise InUse(f"The commission profile {row.name} is assigned to {', '.join(map(_who, assigned[:NAMED]))}{more}.")


def _who(row: Assignment) -> str:
    named = {"user": row.user_id, "account": row.account_id, "account group": row.account_group_id}
    return next((f"the {what} {id}" for what, id in named.items() if id is not None), "everybody else")
