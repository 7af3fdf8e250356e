"""What waits, in words: of each kind its icon, what and why, where it is looked at, and what can be done with it at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse

from backoffice.contracts.actor import Actor
from backoffice.contracts.inbox import InboxItem, InboxKind
from backoffice.guard import RULES
from portal.templatetags.desk import act_words
from portal.templatetags.money import waited

SOON = 0.75
KINDS: Mapping[InboxKind, tuple[str, str]] = {
    "BooksViolation": ("Books", "octagon-alert"),
    "Approval": ("Approvals", "user-check"),
    "Withdrawal": ("Withdrawals", "hourglass"),
    "SessionDisconnected": ("Sessions", "unplug"),
    "HostPaused": ("Paused hosts", "circle-pause"),
    "CallbackDead": ("Dead callbacks", "webhook"),
    "MarketFile": ("Files", "file-clock"),
    "ReportFailed": ("Failed reports", "file-x"),
    "MailFailed": ("Failed mails", "mail-x"),
    "ChangeSet": ("Change sets", "file-pen-line"),
    "MarketWithoutCalendar": ("No calendar", "calendar-x"),
    "CalendarGap": ("Calendar gaps", "calendar-off"),
}


class Told(NamedTuple):
    what: str
    why: str
    href: str


@dataclass(frozen=True, kw_only=True)
class InPlace:
    """An act on a row. `asks`: its address answers with a question first; without, it is done by its button. `missing` names an operation."""

    label: str
    href: str
    missing: str = ""
    asks: bool = True
    is_danger: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    item: InboxItem
    icon: str
    tone: str
    age: str
    target: str
    told: Told
    acts: Sequence[InPlace]
    snooze: str

    @property
    def key(self) -> str:
        return f"{self.item.kind}:{self.item.subject_id}"


def row_of(actor: Actor, item: InboxItem, amount: Callable[[str, str], str], then: str = "") -> Row:
    """`then` is the view of the inbox that an act comes back to."""
    tone = "bad" if item.lateness >= 1 else "wait" if item.lateness >= SOON else ""
    return Row(
        item=item,
        icon=KINDS[item.kind][1],
        tone=tone,
        age=waited(item.since),
        target=minutes_words(item.target_minutes),
        told=_approval(item) if item.kind == "Approval" else _withdrawal(item, amount) if item.kind == "Withdrawal" else TOLD[item.kind](item),
        acts=[_act(actor, then, *one) for one in _acts(item)],
        snooze=_back(reverse("portal:inbox-snooze") + "?" + urlencode({"kind": item.kind, "subject": item.subject_id}), then),
    )


def minutes_words(minutes: int) -> str:
    for unit, length in (("d", 1_440), ("h", 60)):
        if minutes % length == 0:
            return f"{minutes // length} {unit}"
    return f"{minutes} min"


def _act(actor: Actor, then: str, action: str, label: str, href: str, asks: bool, is_danger: bool) -> InPlace:
    operation = RULES[action].operation
    return InPlace(
        label=label, href=_back(href, then) if asks else href, missing="" if actor.may(operation) else operation, asks=asks, is_danger=is_danger
    )


def _back(href: str, then: str) -> str:
    return f"{href}{'&' if '?' in href else '?'}{urlencode({'then': then})}" if then else href


def _number(item: InboxItem, name: str) -> int:
    return int(item.facts.get(name) or 0)


def _approval(item: InboxItem) -> Told:
    facts = item.facts
    given, needed = _number(item, "given"), _number(item, "needed")
    so_far = f" · {given} of {needed} have approved" if needed > 1 else ""
    why = f"{facts['reason']}{so_far}" if facts["reason"] else f"No reason given{so_far}"
    return Told(f"{facts['maker']} {act_words(item.name)}: may it happen?", why, reverse("portal:approvals-show", args=[item.subject_id]))


def _withdrawal(item: InboxItem, amount: Callable[[str, str], str]) -> Told:
    facts = item.facts
    asset = facts["assetId"] or ""
    what = f"Withdrawal of {amount(facts['amount'] or '0', asset)} {asset} waits to be confirmed"
    return Told(what, f"{item.name} · {facts['account']}", reverse("portal:transfers-show", args=[item.subject_id]))


def _books(item: InboxItem) -> Told:
    why = f"{item.name or 'An invariant is violated.'} No money moves until they are reopened."
    return Told("The books are closed", why, reverse("portal:proof-show"))


def _session(item: InboxItem) -> Told:
    flows = "Orders" if item.facts["sessionKind"] == "Trading" else "Quotes"
    why = f"{flows} of {item.facts['provider']} do not flow."
    return Told(f"{item.name} is disconnected", why, reverse("portal:liquidity-show", args=[item.subject_id]))


def _host(item: InboxItem) -> Told:
    why = f"{_number(item, 'waiting'):,} wait until somebody resumes them."
    return Told(f"Callbacks to {item.name} are paused", why, reverse("portal:callbacks-list") + "?" + urlencode({"host": item.name}))


def _callback(item: InboxItem) -> Told:
    dead, one = _number(item, "dead"), item.facts["one"]
    here = reverse("portal:callbacks-list") + "?" + urlencode({"state": "Dead", "host": item.name})
    what = f"{dead:,} callback{' has' if dead == 1 else 's have'} died at {item.name}"
    return Told(what, item.facts["reason"] or "Nobody was told.", reverse("portal:callbacks-show", args=[one]) if one else here)


def _file(item: InboxItem) -> Told:
    facts, href = item.facts, reverse("portal:files-show", args=[item.subject_id])
    if facts["stage"] == "Failed":
        return Told(f"{item.name} failed", f"{facts['reason'] or 'Its page says why.'} · by {facts['by']}", href)
    why = f"{facts['created']} to create, {facts['updated']} to update, {facts['errors']} with faults · by {facts['by']}"
    return Told(f"{item.name} waits to be applied", why, href)


def _report(item: InboxItem) -> Told:
    why = f"{item.facts['reason'] or 'Its page says why.'} · by {item.facts['by']}"
    return Told(f"The report {item.name} could not be made", why, reverse("portal:reports-show", args=[item.subject_id]))


def _mail(item: InboxItem) -> Told:
    more = _number(item, "count") - 1
    whom = f"{item.facts['recipient']} and {more} more" if more else item.facts["recipient"]
    href = reverse("portal:reports-show", args=[item.subject_id])
    return Told(f"The report {item.name} could not be mailed to {whom}", item.facts["reason"] or "Its page says why.", href)


def _change_set(item: InboxItem) -> Told:
    facts, href = item.facts, reverse("portal:commissions-change", args=[item.subject_id])
    if facts["status"] == "Failed":
        return Told(f"{item.name} could not be applied", facts["reason"] or "Its page says why.", href)
    impact = "known" if facts["impact"] == "Done" else "not looked at yet"
    return Told(f"{item.name} waits as a draft", f"{_number(item, 'changes'):,} changed · by {facts['by']} · its impact is {impact}", href)


def _market(item: InboxItem) -> Told:
    count, group = _number(item, "count"), item.facts["groupId"]
    what = f"{count:,} market{' has' if count == 1 else 's have'} no calendar"
    names = f"{item.facts['first']} and {count - 1:,} more" if count > 1 else item.facts["first"]
    within = f" in {item.name}" if item.name else ""
    query = {"has_calendar": "false", **({"group": group} if group else {})}
    return Told(what + within, f"{names}: disabled until one is assigned.", reverse("portal:markets-list") + "?" + urlencode(query))


def _calendar(item: InboxItem) -> Told:
    href = reverse("portal:calendars-show", args=[item.subject_id])
    if item.facts["gap"] == "NeverOpens":
        return Told(f"The calendar {item.name} never opens", "Markets use it, and it has no hours.", href)
    return Told(f"The calendar {item.name} has no holidays ahead", f"Its last special day was {item.facts['last']}; markets use it.", href)


TOLD: Mapping[InboxKind, Callable[[InboxItem], Told]] = {
    "BooksViolation": _books,
    "SessionDisconnected": _session,
    "HostPaused": _host,
    "CallbackDead": _callback,
    "MarketFile": _file,
    "ReportFailed": _report,
    "MailFailed": _mail,
    "ChangeSet": _change_set,
    "MarketWithoutCalendar": _market,
    "CalendarGap": _calendar,
}


def _acts(item: InboxItem) -> list[tuple[str, str, str, bool, bool]]:
    """Action of the guard, label, address, whether it asks, whether it is a danger; the first one is what the key does."""

    def at(name: str, *args: str) -> str:
        return reverse(f"portal:{name}", args=args or (item.subject_id,))

    match item.kind:
        case "Approval":
            return [
                ("approvals.approve", "Approve", at("approvals-approve"), True, False),
                ("approvals.deny", "Deny", at("approvals-deny"), True, True),
            ]
        case "Withdrawal":
            return [
                ("transfers.confirm", "Confirm", at("transfers-confirm"), True, False),
                ("transfers.cancel", "Cancel", at("transfers-cancel"), True, True),
            ]
        case "HostPaused":
            return [("callbacks.resume_host", "Resume", at("callbacks-resume"), True, False)]
        case "CallbackDead":
            if one := item.facts["one"]:
                return [("callbacks.replay", "Send again", at("callbacks-replay", one), True, False)]
            all_of = reverse("portal:callbacks-replay-failed") + "?" + urlencode({"host": item.name, "since": "month"})
            return [("callbacks.replay_failed", "Send all again", all_of, True, False)]
        case "MarketFile":
            apply = ("market_files.apply", "Apply", at("files-apply"), True, False)
            discard = ("market_files.discard", "Discard", at("files-discard"), True, True)
            return [apply, discard] if item.facts["stage"] == "Previewed" and _number(item, "created") + _number(item, "updated") else [discard]
        case "ReportFailed":
            return [("reports.again", "Run again", at("reports-again"), False, False)]
        case "MailFailed":
            return [("report_mail.again", "Mail again", at("reports-mail-again"), False, False)]
        case _:
            return []
