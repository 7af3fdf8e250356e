"""An account's statement as a file: CSV with plain numbers, or a PDF."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.template.loader import render_to_string

from backoffice.contracts.accounts import AccountDetails
from backoffice.contracts.errors import Invalid
from backoffice.contracts.ledger import Statement
from backoffice.contracts.users import User
from backoffice.core.sheets import instant, neutral
from backoffice.pdf.printing import pdf_of
from portal.worth import Worth

# Beyond this a PDF takes minutes and memory; the CSV has everything.
PDF_MOST = 1_000
HEADER = ("Time (UTC)", "Entry", "What", "Transfer", "Amount", "Balance after", "Asset", "Journal")


def as_csv(statement: Statement, account: AccountDetails, user: User) -> str:
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(["Account", neutral(account.account_name), account.account_id])
    lines.writerow(["Client", neutral(user.name or ""), neutral(user.email), neutral(user.user_id)])
    lines.writerow(["Period", instant(statement.start), instant(statement.end)])
    lines.writerow(["Opening balance", plain(statement.opening), statement.asset_id])
    lines.writerow(HEADER)
    for one in statement.entries:
        row = [instant(one.at), one.seq, one.kind, one.subject_id or "", plain(one.amount), plain(one.balance_after), one.asset_id, one.journal_id]
        lines.writerow(row)
    lines.writerow(["Closing balance", plain(statement.closing), statement.asset_id])
    return text.getvalue()


def as_pdf(statement: Statement, account: AccountDetails, user: User, worth: Worth) -> bytes:
    """Refuses: Invalid (too many entries), Unavailable."""
    if len(statement.entries) > PDF_MOST:
        many = f"The period has {len(statement.entries):,} entries and a PDF takes up to {PDF_MOST:,}: choose a shorter one, or CSV."
        raise Invalid(many)
    context = {"statement": statement, "account": account, "user": user, "worth": worth, "moved": moved(statement), "last": last_day(statement)}
    return pdf_of(render_to_string("portal/accounts/statement_paper.html", context))


def moved(statement: Statement) -> tuple[Decimal, Decimal]:
    """What came in and what went out."""
    amounts = [one.amount for one in statement.entries]
    return sum((one for one in amounts if one > 0), Decimal(0)), sum((one for one in amounts if one < 0), Decimal(0))


def last_day(statement: Statement) -> date:
    return (statement.end - timedelta(days=1)).date()


def plain(amount: Decimal) -> str:
    return format(amount, "f")


def period_of(first: str, last: str) -> tuple[datetime, datetime]:
    """Whole days in UTC, both included. Refuses: Invalid."""
    days, wrong = [], {}
    for name, text in (("first", first), ("last", last)):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            wrong[name] = ["Write a date."]
    if wrong:
        raise Invalid("Some fields need another look.", fields=wrong)
    start, end = (datetime.combine(day, time(), UTC) for day in days)
    if not start <= end or end.year >= 9999:
        raise Invalid("Some fields need another look.", fields={"last": ["The last day comes before the first."]})
    return start, end + timedelta(days=1)
