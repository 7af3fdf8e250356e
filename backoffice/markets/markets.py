"""The hosted Markets: reading, and single changes under the row's lock."""

from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.markets import ListedMarket, ListedName, Market, MarketCreated, MarketQuery, MarketSettings, NewMarket
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Versioned
from backoffice.core import audit, versions
from backoffice.markets import fields, listing, models, references, rows, rules, storing
from backoffice.markets.bulk import patch, preview

__all__ = ["create", "find", "get", "names", "patch", "preview", "update"]


def names(actor: Actor) -> list[ListedName]:  # noqa: ARG001  verbs are told who asks
    found = models.Market.objects.order_by("market_id").values_list("market_id", "display_name", "full_name")
    return [ListedName(market_id=market_id, display_name=display, full_name=full) for market_id, display, full in found]


def find(actor: Actor, query: MarketQuery) -> Page[ListedMarket]:  # noqa: ARG001  verbs are told who asks
    return listing.find(query)


def get(actor: Actor, market_id: str) -> Versioned[Market]:  # noqa: ARG001  verbs are told who asks
    row = rows.whole(models.Market.objects.filter(pk=market_id)).first()
    if row is None:
        raise NotFound(f"There is no market {market_id}.")
    return Versioned(value=rows.as_market(row), version=row["version"])


def create(actor: Actor, draft: NewMarket) -> MarketCreated:
    wanted = rules.settled(fields.of_draft(draft))
    found = rules.joined(rules.faults(wanted, references.load()), storing.name_taken(wanted))
    if models.Market.objects.filter(pk=wanted.market_id).exists():
        raise Invalid(
            f"The market {wanted.market_id} exists already.", code="market_exists", fields={"baseAssetId": [f"{wanted.market_id} exists already"]}
        )
    storing.refuse(found)
    now = timezone.now()
    row = models.Market(market_id=wanted.market_id, created_at=now, updated_at=now, **storing.columns(wanted))
    row.save(force_insert=True)
    storing.link(row, wanted)
    audit.changed(actor, "market", row.market_id, {}, fields.state(wanted))
    return MarketCreated(market_id=row.market_id)


def update(actor: Actor, market_id: str, change: MarketSettings, *, version: int | None = None) -> None:
    row = versions.lock(models.Market.objects.prefetch_related("sessions"), market_id, version=version, name="market")
    before = rows.as_fields(row)
    wanted = rules.settled(fields.of_settings(change, type=before.type, base_asset_id=before.base_asset_id, quote_asset_id=before.quote_asset_id))
    storing.refuse(rules.joined(rules.faults(wanted, references.load()), storing.name_taken(wanted)))
    storing.store(actor, row, before, wanted)
