"""The hosted Ledger: reads only; what writes are the database's own functions, called by those whose money it is."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.ledger import Balance, Entry, Hold, JournalDetail, JournalEntry, Statement
from backoffice.contracts.paging import Page
from backoffice.ledger import models
from backoffice.markets.models import RootRate

STATEMENT_MOST = 50_000
LONGEST_LINE = 4
LONGEST_PERIOD = timedelta(days=3_700)


def balances(actor: Actor, account_id: str) -> list[Balance]:  # noqa: ARG001  verbs are told who asks
    rates = dict(RootRate.objects.values_list("asset_id", "rate"))
    return [_balance(row, rates.get(row.asset_id)) for row in models.Balance.objects.filter(account_id=account_id).order_by("asset_id")]


def balance_at(actor: Actor, account_id: str, asset_id: str, at: datetime) -> Decimal:  # noqa: ARG001  verbs are told who asks
    last = _entries(account_id, asset_id).filter(at__lt=at).order_by("-seq").values_list("balance_after", flat=True).first()
    return last or Decimal(0)


def entries(actor: Actor, account_id: str, *, asset_id: str | None = None, after: str | None = None, limit: int = 50) -> Page[Entry]:  # noqa: ARG001  verbs are told who asks
    """Ids of journals are made in the order of time, so they and their lines are the key of the page."""
    rows = _entries(account_id, asset_id)
    if after is not None:
        journal_id, _, line = after.partition(".")
        if not (line.isdecimal() and len(line) <= LONGEST_LINE):
            raise Invalid("This is not the end of an earlier page.", fields={"after": ["Expected the `next` of an earlier page."]})
        rows = rows.filter(journal_id__lte=journal_id).exclude(journal_id=journal_id, line__gte=int(line))
    found = list(rows.select_related("journal").order_by("-journal_id", "-line")[: limit + 1])
    shown = found[:limit]
    more = f"{shown[-1].journal_id}.{shown[-1].line}" if len(found) > limit else None
    return Page(items=[_entry(row) for row in shown], next=more)


def holds(actor: Actor, account_id: str) -> list[Hold]:  # noqa: ARG001  verbs are told who asks
    rows = models.Hold.objects.filter(account_id=account_id, closed_at=None).order_by("opened_at", "subject_id")
    return [_hold(row) for row in rows]


def statement(actor: Actor, account_id: str, asset_id: str, *, start: datetime, end: datetime) -> Statement:
    if not start < end <= start + LONGEST_PERIOD:
        raise Invalid("The period is not valid.", fields={"end": [f"Expected a moment after the start, within {LONGEST_PERIOD.days} days of it."]})
    # One query, so one snapshot; what was before follows from the first entry itself.
    period = _entries(account_id, asset_id).filter(at__gte=start, at__lt=end).select_related("journal").order_by("seq")
    found = list(period[: STATEMENT_MOST + 1])
    if len(found) > STATEMENT_MOST:
        raise Invalid("The period is too long.", fields={"end": [f"It has more than {STATEMENT_MOST} entries; choose a shorter one."]})
    before = _after(found[0]) - found[0].amount if found else balance_at(actor, account_id, asset_id, start)
    closing = _after(found[-1]) if found else before
    shown = [_entry(row) for row in found]
    return Statement(account_id=account_id, asset_id=asset_id, start=start, end=end, opening=before, closing=closing, entries=shown)


def journal(actor: Actor, journal_id: str) -> JournalDetail:  # noqa: ARG001  verbs are told who asks
    row = models.Journal.objects.filter(pk=journal_id).first()
    if row is None:
        raise NotFound(f"There is no journal {journal_id}.")
    lines = models.Entry.objects.filter(journal_id=journal_id).order_by("line")
    return JournalDetail(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        reverses_id=row.reverses_id,
        at=row.at,
        entries=[JournalEntry(line=line.line, account_id=line.account_id, asset_id=line.asset_id, amount=line.amount) for line in lines],
    )


def _entries(account_id: str, asset_id: str | None) -> QuerySet[models.Entry]:
    rows = models.Entry.objects.filter(account_id=account_id, seq__isnull=False)
    return rows if asset_id is None else rows.filter(asset_id=asset_id)


def _balance(row: models.Balance, rate: Decimal | None) -> Balance:
    return Balance(
        asset_id=row.asset_id,
        total=row.total,
        locked=row.locked,
        available=row.total - row.locked,
        rate_to_root=rate,
        total_in_root=None if rate is None else row.total * rate,
    )


def _hold(row: models.Hold) -> Hold:
    return Hold(kind=row.kind, subject_id=row.subject_id, asset_id=row.asset_id, amount=row.amount, opened_at=row.opened_at)


def _entry(row: models.Entry) -> Entry:
    return Entry(
        journal_id=row.journal_id,
        kind=row.journal.kind,
        subject_id=row.journal.subject_id,
        asset_id=row.asset_id,
        amount=row.amount,
        seq=row.seq or 0,
        balance_after=_after(row),
        at=row.at,
    )


def _after(row: models.Entry) -> Decimal:
    return row.balance_after or Decimal(0)
