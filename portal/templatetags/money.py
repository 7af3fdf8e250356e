"""Template tags of money: amounts with the decimals of their asset, how long something has waited, names of house accounts."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.contracts.ledger import Entry, Hold
from portal.templatetags.desk import time
from portal.worth import Worth

register = template.Library()

# A withdrawal that waits longer than the first is late, longer than the second is overdue.
LATE, OVERDUE = timedelta(hours=1), timedelta(hours=4)
SUBJECTS = {
    "Deposit": "portal:transfers-show",
    "Withdrawal": "portal:transfers-show",
    "Trade": "portal:executions-show",
    "Order": "portal:orders-show",
}
HOUSE = {"external": "Outside world", "fees": "Fees", "trading": "Trading", "suspense": "Suspense"}


@register.simple_tag(takes_context=True)
def amount(context: Context, value: Decimal, asset_id: str) -> str:
    worth: Worth = context.get("worth") or Worth()
    return worth.text(value, asset_id)


@register.simple_tag(takes_context=True)
def signed(context: Context, value: Decimal, asset_id: str) -> SafeString:
    """What comes and what goes, told apart by sign and colour."""
    text = amount(context, value, asset_id)
    return format_html('<span class="{}">{}{}</span>', "neg" if value < 0 else "pos" if value else "muted", "+" if value > 0 else "", text)


@register.simple_tag(takes_context=True)
def in_root(context: Context, value: Decimal | None) -> str:
    worth: Worth = context.get("worth") or Worth()
    return worth.root_text(value)


@register.simple_tag(takes_context=True)
def more_or_less(context: Context, old: Decimal | None, new: Decimal | None) -> SafeString:
    """The difference in the root asset, told apart by sign and colour; a dash where one side is not known."""
    if old is None or new is None:
        return format_html('<span class="muted">{}</span>', "—")
    change = new - old
    return format_html(
        '<span class="{}">{}{}</span>', "neg" if change < 0 else "pos" if change else "muted", "+" if change > 0 else "", in_root(context, change)
    )


@register.filter
def waited(since: datetime) -> str:
    """How long ago, in the two largest units."""
    minutes = max(0, int((timezone.now() - since).total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if not days + hours + rest:
        return "under 1 min"
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


@register.filter
def lateness(since: datetime) -> str:
    """The tone of something that waits: nothing, wait, bad."""
    age = timezone.now() - since
    return "bad" if age > OVERDUE else "wait" if age > LATE else ""


@register.simple_tag
def age(since: datetime) -> SafeString:
    """How long it waits; late and overdue are words too, for who does not see the colour."""
    tone = lateness(since)
    word = {"bad": "Overdue: ", "wait": "Late: "}.get(tone, "")
    return format_html('<span class="age {}"><span class="sr">{}</span>{}</span>', tone, word, waited(since))


@register.filter
def account_words(account_id: str) -> str:
    """House accounts by name: external:usd is the outside world."""
    kind, colon, _ = account_id.partition(":")
    return HOUSE.get(kind, account_id) if colon else account_id


@register.filter
def subject_href(moved: Entry | Hold) -> str:
    """The page of what moved or holds the money; nothing where there is none."""
    page = SUBJECTS.get(moved.kind)
    return reverse(page, args=[moved.subject_id]) if page and moved.subject_id else ""


@register.filter
def answer_class(status: int | None) -> str:
    """A status as its class, 204 -> 2xx; a dash when no answer came."""
    return f"{status // 100}xx" if status else "—"


@register.filter
def event_words(event: str) -> str:
    """transfer.awaiting_confirmation -> awaiting confirmation."""
    return event.partition(".")[2].replace("_", " ") or event


@register.simple_tag
def due(at: datetime | None) -> SafeString:
    """The next try: a moment to come, or now."""
    return time(at) if at and at > timezone.now() else format_html("{}", "now")
