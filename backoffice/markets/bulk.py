"""One change for many markets: seen first, then made for all of them or for none."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound, Stale
from backoffice.contracts.markets import MarketPatch, MarketPreview
from backoffice.markets import fields, models, references, rows, rules, storing

MOST = 5_000


def preview(actor: Actor, market_ids: list[str], patch: MarketPatch) -> list[MarketPreview]:  # noqa: ARG001  verbs are told who asks
    known = references.load()
    found = {row.market_id: row for row in models.Market.objects.filter(pk__in=_checked(market_ids)).prefetch_related("sessions")}
    if missing := [market_id for market_id in market_ids if market_id not in found]:
        raise NotFound(f"There is no market {missing[0]}.")
    return [_preview(found[market_id], patch, known) for market_id in dict.fromkeys(market_ids)]


def patch(actor: Actor, versions: dict[str, int], patch: MarketPatch) -> int:
    known = references.load()
    _checked(list(versions))
    # One fixed order of locks, so that two bulk changes cannot wait for each other.
    locked = models.Market.objects.filter(pk__in=versions).order_by("market_id").select_for_update()
    found = list(locked.prefetch_related("sessions"))
    if missing := sorted(set(versions) - {row.market_id for row in found}):
        raise NotFound(f"There is no market {missing[0]}.")
    for row in found:
        if row.version != versions[row.market_id]:
            raise Stale(version=row.version)
    return sum(_change(actor, row, patch, known) for row in found)


def _change(actor: Actor, row: models.Market, patch: MarketPatch, known: rules.References) -> bool:
    before = rows.as_fields(row)
    wanted = rules.settled(fields.patched(before, patch))
    if found := rules.faults(wanted, known):
        raise Invalid(f"{row.market_id} would not be valid.", fields={f"{row.market_id}.{name}": reasons for name, reasons in found.items()})
    return storing.store(actor, row, before, wanted)


def _preview(row: models.Market, patch: MarketPatch, known: rules.References) -> MarketPreview:
    before = rows.as_fields(row)
    wanted = rules.settled(fields.patched(before, patch))
    return MarketPreview(
        market_id=row.market_id,
        display_name=row.display_name,
        version=row.version,
        changes=fields.changes(before, wanted),
        errors=rules.faults(wanted, known),
    )


def _checked(market_ids: list[str]) -> list[str]:
    if not 1 <= len(market_ids) <= MOST:
        raise Invalid(f"Choose from 1 to {MOST} markets.", fields={"marketIds": [f"must name from 1 to {MOST} markets"]})
    return market_ids
