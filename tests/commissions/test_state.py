"""A whole rule book from one state to another: field by field, refused where somebody else was there, undone by going back."""

import threading
from random import Random
from typing import Any

import msgspec
import pytest
from django.db import connection

from backoffice.commissions import state
from backoffice.contracts.actor import Actor
from backoffice.contracts.commissions import CommissionProfileChange, NewCommissionProfile, RulePriority
from backoffice.contracts.errors import Conflict, Invalid, Refused
from backoffice.contracts.market_groups import NewMarketGroup
from backoffice.contracts.rule_book import BookAssignment, BookProfile, BookRule, RuleBook
from backoffice.core import audit
from backoffice.services import BackApi, back_api
from tests.api.callers import OWNER
from tests.commissions import model
from tests.commissions.conftest import add_rule, assign, change_rule, fee, listed

GOLD = "cfd.xau_usd"


def recorded() -> Actor:
    return audit.open_record(OWNER, "commission_changes.apply")


def without_versions(book: RuleBook) -> Any:
    return [
        sorted((msgspec.structs.replace(one, version=0) for one in part), key=lambda one: one.id)
        for part in (book.profiles, book.rules, book.assignments)
    ]


def edited(book: RuleBook, rule: str, **changes: Any) -> RuleBook:
    return msgspec.structs.replace(book, rules=tuple(msgspec.structs.replace(one, **changes) if one.id == rule else one for one in book.rules))


@pytest.fixture
def rules(api: BackApi, accounts: dict[str, str]) -> dict[str, str]:
    """Of the default profile: metals, fx; of vip: gold. anna is assigned vip."""
    api.commission_profiles.create(OWNER, NewCommissionProfile(name="VIP"))
    found = {"metals": add_rule("metals"), "fx": add_rule("fx"), "gold": add_rule(GOLD, profile="vip")}
    assign("vip", user_id="anna")
    return found


def test_everything_can_change_at_once_and_back_again(rules: dict[str, str]) -> None:
    before = state.snapshot()
    metals, fx = rules["metals"], rules["fx"]
    kept = [one for one in before.rules if one.profile_id != "vip" and one.id != metals]
    after = RuleBook(
        profiles=(BookProfile(id="default", name="Standard", is_default=True), BookProfile(id="pro", name="Pro")),
        rules=(
            *(msgspec.structs.replace(one, priority=2) if one.id == fx else one for one in kept),
            BookRule(id="new-gold", profile_id="default", priority=1, market_id=GOLD, fee=fee(lot="4")),
            BookRule(id="pro-rest", profile_id="pro", priority=None, fee=fee("0.05", least="1")),
        ),
        assignments=(BookAssignment(id="vips", priority=1, account_group_id="vip", profile_id="pro"), *before.assignments[-1:]),
    )
    applied = state.replace(recorded(), before, after)
    assert without_versions(applied) == without_versions(after)
    assert listed() == [(1, GOLD), (2, "fx"), (3, "default")]
    assert without_versions(state.replace(recorded(), after, before)) == without_versions(before)


def test_each_object_is_in_the_trail(rules: dict[str, str], trail: Any) -> None:
    before = state.snapshot()
    state.replace(recorded(), before, edited(before, rules["fx"], fee=fee("0.2")))
    assert trail("commission_rule", rules["fx"])[-1] == ({"fee.spot.size": "0.1"}, {"fee.spot.size": "0.2"})
    assert len(trail("commission_rule", rules["metals"])) == 1


def test_what_it_does_not_touch_stays_as_others_left_it(rules: dict[str, str], api: BackApi) -> None:
    before = state.snapshot()
    change_rule(rules["metals"], "metals", fee("0.7"))
    change_rule(rules["fx"], "fx", fee("0.1", cfd="0.5"))
    api.commission_profiles.update(OWNER, "vip", CommissionProfileChange(name="Very important"))
    state.replace(recorded(), before, edited(before, rules["fx"], fee=fee("0.2")))
    found = {rule.id: rule.fee for rule in state.snapshot().rules}
    assert (found[rules["metals"]], found[rules["fx"]]) == (fee("0.7"), fee("0.2", cfd="0.5"))
    assert api.commission_profiles.get(OWNER, "vip").value.name == "Very important"


def test_what_has_moved_is_refused_by_name(rules: dict[str, str], api: BackApi) -> None:
    before = state.snapshot()
    after = edited(edited(before, rules["fx"], fee=fee("0.2")), rules["gold"], fee=fee("0.3"))
    change_rule(rules["fx"], "fx", fee("0.4"))
    api.commission_rules.delete(OWNER, "vip", rules["gold"])
    with pytest.raises(Conflict) as refused:
        state.replace(recorded(), before, after)
    assert refused.value.code == "moved_since"
    assert refused.value.fields == {
        "Default: the rule of fx": ["its fee on spot markets has changed since"],
        f"VIP: the rule of {GOLD}": ["has been deleted since"],
    }
    assert next(rule.fee for rule in state.snapshot().rules if rule.id == rules["fx"]) == fee("0.4")


def test_an_order_that_has_changed_is_refused(rules: dict[str, str], api: BackApi) -> None:
    before = state.snapshot()
    after = edited(edited(before, rules["fx"], priority=1), rules["metals"], priority=2)
    add_rule("empty", priority=1)
    with pytest.raises(Conflict) as refused:
        state.replace(recorded(), before, after)
    assert refused.value.fields == {"Default": ["the order of its rules has changed since"]}


def test_a_book_that_would_not_be_whole_is_refused(rules: dict[str, str]) -> None:
    before = state.snapshot()
    vip_gone = msgspec.structs.replace(before, profiles=before.profiles[:1], rules=tuple(one for one in before.rules if one.profile_id == "default"))
    no_default = msgspec.structs.replace(before, rules=tuple(one for one in before.rules if not one.is_default))
    cases = (
        (vip_gone, {f"assignments[{before.assignments[0].id}]": ["there is no commission profile vip"]}),
        (no_default, {f"profiles[{id}]": ["exactly one of its rules must be the default"] for id in ("default", "vip")}),
        (edited(before, rules["fx"], priority=1), {"profiles[default]": ["the priorities of its rules must be 1 to n, each once"]}),
        (edited(before, rules["fx"], market_group_id="metals"), {f"rules[{rules['metals']}]": ["another rule of the profile names the same"]}),
        (edited(before, rules["fx"], market_group_id="none"), {f"rules[{rules['fx']}].marketGroupId": ["there is no market group none"]}),
        (edited(before, rules["fx"], fee=fee("101")), {f"rules[{rules['fx']}].fee.spot.size": ["must be from 0 to 100 percent"]}),
    )
    for after, faults in cases:
        with pytest.raises(Invalid) as refused:
            state.replace(recorded(), before, after)
        assert list(refused.value.fields.values()) == list(faults.values())
    assert without_versions(state.snapshot()) == without_versions(before)


@pytest.mark.parametrize("seed", range(12))
def test_between_any_two_books_and_back(api: BackApi, seed: int) -> None:
    chance = Random(seed)
    start = named_here(model.random_book(chance))
    state.replace(recorded(), state.snapshot(), whole(start))
    for _ in range(3):
        before, after = state.snapshot(), whole(named_here(model.random_book(chance)))
        assert without_versions(state.replace(recorded(), before, after)) == without_versions(after)
        assert without_versions(state.replace(recorded(), state.snapshot(), before)) == without_versions(before)


def named_here(book: RuleBook) -> RuleBook:
    """A random book with what this desk has: its first markets and groups for the model's, and nobody assigned. Ids often repeat, to be changed."""
    markets = dict(zip(model.MARKETS, ("cfd.xau_usd", "cfd.eur_jpy", "spot.btc_usd", "spot.btc_eur"), strict=False))
    rules = [
        msgspec.structs.replace(rule, market_id=markets.get(rule.market_id or ""))
        for rule in book.rules
        if rule.is_default or rule.market_group_id in ("metals", "fx", "empty") or rule.market_id in markets
    ]
    numbered: dict[str, int] = {}
    for profile in book.profiles:
        own = sorted((rule for rule in rules if rule.profile_id == profile.id and not rule.is_default), key=lambda rule: rule.priority or 0)
        numbered |= {rule.id: number for number, rule in enumerate(own, start=1)}
    return msgspec.structs.replace(book, rules=tuple(msgspec.structs.replace(rule, priority=numbered.get(rule.id)) for rule in rules), assignments=())


def whole(book: RuleBook) -> RuleBook:
    """With the default profile and assignment of every desk."""
    profiles = [msgspec.structs.replace(one, id="default", name="Default") if one.is_default else one for one in book.profiles]
    rules = [msgspec.structs.replace(one, profile_id="default") if one.profile_id == "p0" else one for one in book.rules]
    return msgspec.structs.replace(book, profiles=tuple(profiles), rules=tuple(rules), assignments=state.snapshot().assignments)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_leave_one_order_without_gaps() -> None:
    """Threads add, move and delete at the same time; whatever was refused, the list is 1 to n."""
    api = back_api()
    for number in range(8):
        api.market_groups.create(OWNER, model_group(number))
    api.commission_rules.find(OWNER, "default")
    failures: list[BaseException] = []

    def work(number: int) -> None:
        chance = Random(number)
        try:
            for _ in range(12):
                attempt(chance)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    numbers = [rule.priority for rule in api.commission_rules.find(OWNER, "default").value]
    assert numbers == list(range(1, len(numbers) + 1))
    state.check(state.snapshot())


def model_group(number: int) -> Any:
    return NewMarketGroup(market_group_id=f"g{number}", name=f"Group {number}")


def attempt(chance: Random) -> None:
    api = back_api()
    rules = [rule for rule in api.commission_rules.find(OWNER, "default").value if not rule.is_default]
    try:
        if not rules or chance.random() < 0.4:
            add_rule(f"g{chance.randrange(8)}", fee(), priority=chance.choice([None, 1]))
        elif chance.random() < 0.5:
            api.commission_rules.delete(OWNER, "default", chance.choice(rules).commission_profile_rule_id)
        else:
            order = chance.sample(rules, len(rules))
            wishes = [RulePriority(commission_profile_rule_id=rule.commission_profile_rule_id, priority=n) for n, rule in enumerate(order, start=1)]
            api.commission_rules.set_priorities(OWNER, "default", wishes)
    except Refused as refusal:
        if refusal.code not in ("invalid", "stale_priorities", "not_found"):
            raise
