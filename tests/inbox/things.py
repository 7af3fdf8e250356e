"""One waiting thing of each kind, put where it waits."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from backoffice.callbacks.models import Callback, Host
from backoffice.commission_changes.models import ChangeSet
from backoffice.ledger.models import Gate
from backoffice.markets.models import CalendarOverride, LiquiditySession, Market, MarketFile
from backoffice.reports.models import Delivery, Report
from tests.portal.desk_people import make_market

NUMBERS = iter(range(1, 10_000))
NO_RULES = {"profiles": [], "rules": [], "assignments": []}


def ago(minutes: int) -> Any:
    return timezone.now() - timedelta(minutes=minutes)


def dead_callback(host: str = "crm.example.com", *, minutes: int = 10, subject: str | None = None) -> str:
    number = next(NUMBERS)
    row = Callback(
        webhook_id=f"msg_{number}", subject_id=subject or f"{number:026}", seq=9, client_id="gateway", url=f"https://{host}/", host=host,
        type="transfer.completed", body=b"{}", state="Dead", attempts=9, next_attempt_at=None, created_at=ago(minutes + 60),
        finished_at=ago(minutes), dead_reason="503 for days",
    )  # fmt: skip
    # They tell of events that never were.
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        Callback.objects.bulk_create([row])
        cursor.execute("SET session_replication_role = DEFAULT")
    return row.webhook_id


def paused_host(host: str = "gone.example.com", *, minutes: int = 10) -> None:
    Host.objects.create(host=host, paused_at=ago(minutes))


def file(stage: str = "Previewed", *, name: str = "lp.csv", minutes: int = 10, **more: Any) -> str:
    counted = {"created": 3, "updated": 2, "errors": 1} | more
    row = MarketFile.objects.create(
        id=uuid4(), direction="Import", name=name, format="Csv", stage=stage, actor_kind="operator", actor_id="x", actor_name="Imke", **counted
    )
    MarketFile.objects.filter(pk=row.pk).update(updated_at=ago(minutes))
    return str(row.pk)


def failed_report(name: str = "Daily", *, minutes: int = 10, **more: Any) -> str:
    row = Report.objects.create(
        id=uuid4(), name=name, source="Transfers", format="Csv", time_zone="UTC", window="AllTime", status="Failed",
        status_reason="The disk is full.",
        owner_kind="operator", owner_id="x", maker_kind="operator", maker_id="x", created_by="Rita", expires_at=ago(-1_000), finished_at=ago(minutes),
        **more,
    )  # fmt: skip
    return str(row.pk)


def failed_mail(report: str, recipient: str = "a@example.com", *, minutes: int = 10) -> None:
    Delivery.objects.create(
        report_id=report, recipient=recipient, state="Failed", next_attempt_at=None, finished_at=ago(minutes), reason="550 no such mailbox"
    )


def change_set(name: str = "Summer", *, minutes: int = 10, **more: Any) -> str:
    values: dict[str, Any] = {"edits": [], "before": NO_RULES, "after": NO_RULES, "change_count": 4, "created_by": "Carl"} | more
    row = ChangeSet.objects.create(id=uuid4(), name=name, **values)
    ChangeSet.objects.filter(pk=row.pk).update(updated_at=ago(minutes))
    return str(row.pk)


def broken_session() -> None:
    LiquiditySession.objects.filter(pk="lp-orders").update(status="Disconnected")


def open_market() -> None:
    """As if it had all that a market needs to be opened."""
    Market.objects.filter(pk=make_market("eur", subtype="Fx")).update(status="Open")


def closed_books() -> None:
    Gate.objects.update_or_create(defaults={"closed_at": ago(10), "reason": "Money is missing."})


def everything() -> None:
    """All but withdrawals and approvals, which have ways of their own. Needs the small catalogue."""
    dead_callback()
    paused_host()
    file()
    file("Failed", name="broken.csv", stage_reason="No header")
    failed_mail(failed_report())
    change_set()
    broken_session()
    closed_books()
    make_market(calendar_id=None)
    open_market()
    CalendarOverride.objects.create(calendar_id="london", date=ago(60 * 24 * 30).date(), name="Bank holiday")
