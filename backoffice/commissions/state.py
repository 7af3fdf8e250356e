"""The whole rule book from one state to another, at once: what drafts of changes are applied and undone by.

    before = state.snapshot()            # kept with the draft
    state.replace(actor, before, after)  # later, maybe days later

Only what differs between the two is touched, field by field, and only where it still is as it was `before`.
"""

from collections.abc import Iterable

from django.db.models import F
from django.utils import timezone

from backoffice.accounts.models import Account, AccountGroup, User
from backoffice.commissions import checks, defaults, merge, sound, storing
from backoffice.commissions.book import snapshot
from backoffice.commissions.models import AssignmentList, Profile
from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Conflict, Invalid
from backoffice.contracts.rule_book import BookProfile, BookRule, RuleBook
from backoffice.core import audit
from backoffice.markets.models import Asset, Market, MarketGroup

__all__ = ["check", "replace", "snapshot"]


def check(wanted: RuleBook) -> None:
    """Refuses: Invalid (`fields` as in sound.py)."""
    found = sound.faults(wanted, _known(wanted))
    if found:
        reasons = "; ".join(f"{name}: {', '.join(said)}" for name, said in list(found.items())[:3])
        raise Invalid(f"The commission rules would not be valid: {reasons}.", fields=found)


def replace(actor: Actor, before: RuleBook, after: RuleBook) -> RuleBook:
    """The book as it is then. Inside the caller's transaction.

    Refuses: Conflict (`moved_since`; `fields` names what is no longer as it was before, and how), Invalid (as `check`).
    """
    _lock(before, after)
    now = snapshot()
    moved = merge.moved(before, after, now)
    if moved:
        named = ", ".join(list(moved)[:5]) + (" and others" if len(moved) > 5 else "")
        raise Conflict(f"Others have changed since what this changes: {named}.", code="moved_since", fields=moved)
    wanted = merge.merged(before, after, now)
    check(wanted)
    _store(actor, now, wanted)
    return snapshot()


def _lock(before: RuleBook, after: RuleBook) -> None:
    """Profiles by id, then the list of assignments: the order of everybody who takes several."""
    defaults.ready()
    list(Profile.objects.select_for_update().filter(pk__in=merge.profiles_touched(before, after)).order_by("pk"))
    if before.assignments != after.assignments:
        AssignmentList.objects.select_for_update().get()


def _store(actor: Actor, now: RuleBook, wanted: RuleBook) -> None:
    old, new = {one.id: one for one in now.profiles}, {one.id: one for one in wanted.profiles}
    gone = [id for id in old if id not in new]
    for id in new:
        _store_profile(actor, old.get(id), new[id])
    for id in (*new, *gone):
        storing.store_rules(actor, id, _of(now, id), _of(wanted, id))
    storing.store_assignments(actor, now.assignments, wanted.assignments)
    Profile.objects.filter(pk__in=gone).delete()
    for id in gone:
        audit.changed(actor, "commission_profile", id, {"name": old[id].name}, {})


def _store_profile(actor: Actor, old: BookProfile | None, new: BookProfile) -> None:
    if old is None:
        Profile.objects.create(id=new.id, name=new.name)
    elif old.name != new.name:
        Profile.objects.filter(pk=new.id).update(name=new.name, version=F("version") + 1, updated_at=timezone.now())
    audit.changed(actor, "commission_profile", new.id, {"name": old.name} if old else {}, {"name": new.name})


def _of(found: RuleBook, profile_id: str) -> list[BookRule]:
    return [rule for rule in found.rules if rule.profile_id == profile_id]


def _known(wanted: RuleBook) -> sound.Known:
    """Of what there is, what the book names."""
    rules, assignments = wanted.rules, wanted.assignments
    assets = list(Asset.objects.values_list("id", "scale", "is_root"))
    return sound.Known(
        assets=checks.Assets(scales={id: scale for id, scale, _ in assets}, root=next((id for id, _, is_root in assets if is_root), None)),
        markets=_found(Market, (rule.market_id for rule in rules)),
        market_groups=_found(MarketGroup, (rule.market_group_id for rule in rules)),
        users=_found(User, (one.user_id for one in assignments)),
        accounts=_found(Account, (one.account_id for one in assignments)),
        account_groups=_found(AccountGroup, (one.account_group_id for one in assignments)),
    )


def _found(rows: type[Market | MarketGroup | User | Account | AccountGroup], ids: Iterable[str | None]) -> frozenset[str]:
    return frozenset(rows._default_manager.filter(pk__in={id for id in ids if id is not None}).values_list("pk", flat=True))
