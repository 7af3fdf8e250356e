"""Writing one market: its row, its links to liquidity sessions, its line in the audit trail."""

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.core import audit
from backoffice.markets import fields, models, rules


def store(actor: Actor, row: models.Market, before: fields.MarketFields, wanted: fields.MarketFields) -> bool:
    """Write what differs to a locked row; whether anything did."""
    if wanted == before:
        return False
    models.Market.objects.filter(pk=row.pk).update(version=row.version + 1, updated_at=timezone.now(), **columns(wanted))
    if (before.trading_session_ids, before.market_data_session_ids) != (wanted.trading_session_ids, wanted.market_data_session_ids):
        models.MarketSession.objects.filter(market=row).delete()
        link(row, wanted)
    audit.changed(actor, "market", row.market_id, fields.state(before), fields.state(wanted))
    return True


def columns(wanted: fields.MarketFields) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in fields.COLUMNS}


def link(row: models.Market, wanted: fields.MarketFields) -> None:
    sessions = (*wanted.trading_session_ids, *wanted.market_data_session_ids)
    models.MarketSession.objects.bulk_create(models.MarketSession(market=row, session_id=session) for session in sessions)


def name_taken(wanted: fields.MarketFields) -> rules.Faults:
    holder = models.Market.objects.filter(display_name=wanted.display_name).exclude(pk=wanted.market_id).values_list("market_id", flat=True).first()
    return {"displayName": [f"is the display name of {holder}"]} if holder else {}


def refuse(found: rules.Faults) -> None:
    if found:
        raise Invalid("The market is not valid.", fields=found)
