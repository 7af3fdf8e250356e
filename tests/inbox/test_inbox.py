"""What waits comes to whoever may see it, the latest first; claims and snoozes are told, and end by themselves."""

from datetime import timedelta
from typing import get_args

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backoffice.contracts.actor import Actor, Scope
from backoffice.contracts.errors import Conflict, Invalid, NotFound, NotPermitted
from backoffice.contracts.inbox import Inbox, InboxKind, Snooze
from backoffice.contracts.operations import ALL, OWN
from backoffice.core.models import AuditRecord
from backoffice.inbox.models import Mark, Target
from backoffice.inbox.sources import SOURCES
from backoffice.services import back_api
from tests.inbox import things
from tests.money import bank
from tests.portal.desk_people import make_catalogue, make_market

pytestmark = pytest.mark.django_db
# One for the roles of approvers, one for all that waits.
MOST_QUERIES = 2


def person(name: str, *operations: str, scopes: dict[str, list[Scope]] | None = None) -> Actor:
    held = frozenset({*(operations or ALL), OWN})
    return Actor(kind="operator", id=name.lower(), name=name, door="portal", operations=held, scopes=scopes or {})


ANA, BEN = person("Ana"), person("Ben")


def found(actor: Actor = ANA, kind: InboxKind | None = None, *, is_snoozed: bool = False) -> Inbox:
    return back_api().inbox.find(actor, kind=kind, is_snoozed=is_snoozed)


def names(inbox: Inbox) -> list[tuple[str, str]]:
    return [(item.kind, item.name) for item in inbox.items]


def a_withdrawal(account: str | None = None) -> str:
    if account is None:
        bank.open_bank()
        account = bank.open_account()
    bank.deposit(account, "100")
    return bank.withdraw(account, "40.50").transfer_id


def test_nothing_waits_on_an_empty_desk(db: None) -> None:
    assert found() == Inbox(items=[], counts={}, snoozed=0, mark=found(BEN).mark)


def test_every_kind_that_there_is_comes_in() -> None:
    make_catalogue()
    things.everything()
    inbox = found()
    wanted = set(get_args(InboxKind)) - {"Withdrawal", "Approval"}
    assert set(inbox.counts) == wanted
    assert inbox.counts["MarketFile"] == 2
    assert ("SessionDisconnected", "LP orders") in names(inbox)
    assert ("BooksViolation", "Money is missing.") in names(inbox)


def test_a_withdrawal_waits_until_it_is_decided() -> None:
    made = a_withdrawal()
    (item,) = found().items
    assert (item.kind, item.subject_id, item.name) == ("Withdrawal", made, "Anna")
    assert item.facts == {"amount": "40.5", "assetId": "usd", "account": "Main", "isHeld": "false"}
    account = back_api().transfers.detail(bank.OWNER, made).account_id
    back_api().transfers.confirm(bank.OWNER, bank.decision(account, back_api().transfers.get(bank.OWNER, made)))
    assert found().items == []


def test_the_latest_by_its_own_target_comes_first() -> None:
    things.change_set(minutes=2 * 1_440)
    things.dead_callback(minutes=90)
    things.file(minutes=60)
    assert [item.kind for item in found().items] == ["CallbackDead", "ChangeSet", "MarketFile"]
    lateness = [round(item.lateness, 2) for item in found().items]
    assert lateness == [1.5, 0.67, 0.25]
    back_api().inbox.set_targets(ANA, {"ChangeSet": 60})
    assert found().items[0].kind == "ChangeSet"
    assert found().items[0].target_minutes == 60


@pytest.mark.parametrize("kind", [kind for kind in SOURCES if kind not in ("Withdrawal", "Approval")])
def test_each_kind_is_seen_with_its_operation_and_with_no_other(kind: InboxKind) -> None:
    make_catalogue()
    things.everything()
    operation = SOURCES[kind].operation
    assert kind in found(person("One", operation)).counts
    others = [name for name in ALL if name != operation]
    inbox = found(person("Rest", *others))
    assert kind not in inbox.counts
    assert all(item.kind != kind for item in inbox.items)
    item = found(ANA, kind).items[0]
    with pytest.raises(NotFound):
        back_api().inbox.claim(person("Rest", *others), kind, item.subject_id)


def test_what_is_out_of_reach_is_absent() -> None:
    made = a_withdrawal()
    things.dead_callback("far.example.com", subject=made)
    everywhere, nowhere = Scope(account_groups=frozenset({"retail"})), Scope(account_groups=frozenset({"vip"}))
    assert set(found(person("In", "view-transfers", scopes={"view-transfers": [nowhere, everywhere]})).counts) == {"Withdrawal", "CallbackDead"}
    out = person("Out", "view-transfers", scopes={"view-transfers": [nowhere]})
    assert found(out).items == []
    with pytest.raises(NotFound):
        back_api().inbox.get(out, "Withdrawal", made)


def test_markets_out_of_reach_are_absent() -> None:
    make_catalogue()
    make_market(calendar_id=None)
    assert found(person("Out", "view-common", scopes={"view-common": [Scope(market_groups=frozenset({"fx"}))]})).items == []
    assert found(person("In", "view-common", scopes={"view-common": [Scope(market_groups=frozenset({"metals"}))]})).counts == {
        "MarketWithoutCalendar": 1
    }


@pytest.mark.parametrize(
    ("operation", "kinds"),
    [("manage-markets", {"MarketFile"}), ("manage-commission-rules", {"ChangeSet"}), ("view-reports", {"ReportFailed", "MailFailed"})],
)
def test_what_speaks_of_all_groups_is_absent_within_some(operation: str, kinds: set[InboxKind]) -> None:
    things.failed_mail(things.failed_report())
    file, change_set = things.file(), things.change_set()
    within = {operation: [Scope(market_groups=frozenset({"fx"}), account_groups=frozenset({"retail"}))]}
    assert set(found(person("Whole", operation)).counts) == kinds
    limited = person("Limited", operation, scopes=within)
    assert found(limited).items == []
    for kind, subject in (("MarketFile", file), ("ChangeSet", change_set)):
        with pytest.raises(NotFound):
            back_api().inbox.get(limited, kind, subject)  # type: ignore[arg-type]  # a kind of the list


def test_a_report_made_again_waits_no_more() -> None:
    things.failed_report("Daily")
    things.failed_report("Weekly")
    back = things.failed_report("Daily")
    assert [item.subject_id for item in found().items if item.name == "Daily"] == [back]


def test_old_failures_and_those_that_somebody_stopped_wait_for_nobody() -> None:
    things.failed_report(minutes=4 * 1_440)
    things.failed_report(cancelled_by="Ana")
    things.file("Failed", minutes=8 * 1_440)
    assert found().items == []


def test_a_calendar_that_never_opens_is_a_gap_only_when_markets_use_it() -> None:
    make_catalogue()
    from_now = timezone.now().date() + timedelta(days=40)
    assert found().items == []
    things.open_market()
    things.CalendarOverride.objects.create(calendar_id="london", date=from_now)
    assert found().items == []
    connection.cursor().execute("DELETE FROM markets_calendarinterval")
    (item,) = found().items
    assert (item.kind, item.facts["gap"]) == ("CalendarGap", "NeverOpens")


def test_who_works_at_it_is_told_and_nobody_else_takes_it() -> None:
    things.dead_callback()
    inbox = back_api().inbox
    inbox.claim(ANA, "CallbackDead", "crm.example.com")
    item = found(BEN).items[0]
    assert (item.claimed_by, item.is_claimed_by_me) == ("Ana", False)
    assert found(ANA).items[0].is_claimed_by_me
    for act in (inbox.claim, inbox.release):
        with pytest.raises(Conflict, match="Ana works at this"):
            act(BEN, "CallbackDead", "crm.example.com")
    with pytest.raises(Conflict):
        inbox.snooze(BEN, "CallbackDead", "crm.example.com", Snooze(until=things.ago(-60), reason="Later"))
    inbox.claim(ANA, "CallbackDead", "crm.example.com")
    inbox.release(ANA, "CallbackDead", "crm.example.com")
    inbox.claim(BEN, "CallbackDead", "crm.example.com")
    assert found(ANA).items[0].claimed_by == "Ben"


def test_a_claim_expires() -> None:
    things.dead_callback()
    back_api().inbox.claim(ANA, "CallbackDead", "crm.example.com")
    Mark.objects.update(claimed_until=things.ago(1))
    assert found().items[0].claimed_by is None
    back_api().inbox.claim(BEN, "CallbackDead", "crm.example.com")
    assert found().items[0].claimed_by == "Ben"


def test_what_is_put_off_comes_back_at_its_time() -> None:
    things.dead_callback()
    inbox = back_api().inbox
    inbox.claim(ANA, "CallbackDead", "crm.example.com")
    inbox.snooze(ANA, "CallbackDead", "crm.example.com", Snooze(until=things.ago(-60), reason=" They move house "))
    assert (found().items, found().counts, found().snoozed) == ([], {}, 1)
    (item,) = found(BEN, is_snoozed=True).items
    assert (item.snoozed_by, item.snooze_reason, item.claimed_by) == ("Ana", "They move house", None)
    Mark.objects.update(snoozed_until=things.ago(1))
    assert found(BEN).items[0].snoozed_until is None
    inbox.snooze(BEN, "CallbackDead", "crm.example.com", Snooze(until=things.ago(-60), reason="Again"))
    inbox.wake(ANA, "CallbackDead", "crm.example.com")
    assert (len(found().items), found().snoozed) == (1, 0)


@pytest.mark.parametrize(
    ("snooze", "field"),
    [
        (Snooze(until=things.ago(1), reason="Why not"), "until"),
        (Snooze(until=things.ago(-60 * 24 * 31), reason="Why not"), "until"),
        (Snooze(until=things.ago(-5), reason="  "), "reason"),
        (Snooze(until=things.ago(-5), reason="x" * 201), "reason"),
    ],
)
def test_snoozes_say_until_when_and_why(snooze: Snooze, field: str) -> None:
    things.dead_callback()
    # Made when the tests were collected; what it is to be is soon or long ago.
    with pytest.raises(Invalid) as refused:
        back_api().inbox.snooze(ANA, "CallbackDead", "crm.example.com", snooze)
    assert set(refused.value.fields) >= {field}


def test_what_waits_no_more_cannot_be_claimed() -> None:
    things.dead_callback()
    with pytest.raises(NotFound):
        back_api().inbox.claim(ANA, "CallbackDead", "other.example.com")
    with pytest.raises(NotFound):
        back_api().inbox.claim(ANA, "Nothing", "crm.example.com")  # type: ignore[arg-type]  a word that is no kind


def test_every_mark_is_on_record() -> None:
    things.dead_callback()
    inbox = back_api().inbox
    inbox.claim(ANA, "CallbackDead", "crm.example.com")
    inbox.claim(ANA, "CallbackDead", "crm.example.com")
    inbox.release(ANA, "CallbackDead", "crm.example.com")
    inbox.snooze(ANA, "CallbackDead", "crm.example.com", Snooze(until=things.ago(-60), reason="Later"))
    inbox.set_targets(ANA, {"Withdrawal": 30})
    records = {record.action: list(record.changes.all()) for record in AuditRecord.objects.filter(action__startswith="inbox.").order_by("-pk")}
    assert records["inbox.snooze"][0].after["snoozeReason"] == "Later"
    assert records["inbox.release"][0].before == {"claimedBy": "Ana"}
    assert (records["inbox.set_targets"][0].before, records["inbox.set_targets"][0].after) == ({"Withdrawal": "60"}, {"Withdrawal": "30"})


def test_targets_are_for_whoever_runs_the_desk() -> None:
    with pytest.raises(NotPermitted):
        back_api().inbox.set_targets(person("Rest", *(name for name in ALL if name != "manage-operators")), {"Withdrawal": 5})
    for wrong in ({"Withdrawal": 0}, {"Withdrawal": 1_000_000}, {"Lunch": 5}):
        with pytest.raises(Invalid):
            back_api().inbox.set_targets(ANA, wrong)  # type: ignore[arg-type]  a word that is no kind
    assert not Target.objects.exists()


def test_the_database_refuses_half_a_mark() -> None:
    now = timezone.now()
    whole = {"claimed_by": "operator:a", "claimed_name": "A", "claimed_until": now}
    snoozed = {"snoozed_name": "A", "snoozed_until": now, "snooze_reason": "Later"}
    for wrong in ({**whole, "claimed_name": None}, {**snoozed, "snooze_reason": ""}, {**snoozed, "snoozed_until": None}, {**whole, **snoozed}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mark.objects.create(kind="Withdrawal", subject_id="x", **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(kind="Lunch", subject_id="x", **whole)


def test_the_mark_is_another_one_when_anything_is() -> None:
    things.dead_callback()
    marks = [found().mark]
    assert found().mark == marks[0]
    for change in (
        lambda: things.dead_callback(),
        lambda: things.file(),
        lambda: back_api().inbox.claim(ANA, "CallbackDead", "crm.example.com"),
        lambda: back_api().inbox.set_targets(ANA, {"CallbackDead": 5}),
    ):
        change()
        marks.append(found().mark)
    assert len(set(marks)) == 5


def test_it_is_one_statement_however_much_waits() -> None:
    bank.open_bank()
    account = bank.open_account()
    for number in range(12):
        a_withdrawal(account)
        things.dead_callback(f"host{number}.example.com")
        things.file(name=f"{number}.csv")
        things.failed_mail(things.failed_report(f"Report {number}"))
    with CaptureQueriesContext(connection) as asked:
        inbox = found()
    assert len(asked) <= MOST_QUERIES
    assert [inbox.counts[kind] for kind in ("Withdrawal", "CallbackDead", "MarketFile", "ReportFailed", "MailFailed")] == [12] * 5
    assert len(msgspec.json.encode(inbox)) < 60_000
