"""The hosted MarketGroups."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.market_groups import MarketGroup, MarketGroupChange, NewMarketGroup
from backoffice.contracts.value import Versioned
from backoffice.core import audit, slugs, versions
from backoffice.markets import in_use, models


def find(actor: Actor) -> list[MarketGroup]:  # noqa: ARG001  verbs are told who asks
    return [_group(row) for row in _counted().order_by("name")]


def get(actor: Actor, market_group_id: str) -> Versioned[MarketGroup]:  # noqa: ARG001  verbs are told who asks
    row = _counted().filter(pk=market_group_id).first()
    if row is None:
        raise NotFound(f"There is no market group {market_group_id}.")
    return Versioned(value=_group(row), version=row.version)


def create(actor: Actor, draft: NewMarketGroup) -> MarketGroup:
    _refuse(slugs.name_fault(models.MarketGroup, draft.name))
    row = models.MarketGroup(id=slugs.new_id(models.MarketGroup, draft.market_group_id, draft.name, field="marketGroupId"), name=draft.name)
    row.save(force_insert=True)
    audit.changed(actor, "market_group", row.id, {}, {"name": row.name})
    return MarketGroup(market_group_id=row.id, name=row.name, market_count=0)


def update(actor: Actor, market_group_id: str, change: MarketGroupChange, *, version: int | None = None) -> None:
    row = versions.lock(models.MarketGroup.objects.all(), market_group_id, version=version, name="market group")
    _refuse(slugs.name_fault(models.MarketGroup, change.name, but=row.pk))
    if change.name != row.name:
        models.MarketGroup.objects.filter(pk=row.pk).update(name=change.name, version=row.version + 1)
        audit.changed(actor, "market_group", row.id, {"name": row.name}, {"name": change.name})


def delete(actor: Actor, market_group_id: str, *, version: int | None = None) -> None:
    row = versions.lock(models.MarketGroup.objects.all(), market_group_id, version=version, name="market group")
    in_use.refuse(f"The market group {row.name}", models.Market.objects.filter(market_group=row))
    row.delete()
    audit.changed(actor, "market_group", market_group_id, {"name": row.name}, {})


def _counted() -> QuerySet[models.MarketGroup]:
    """Counted one by one: within limits these tables are queries, which PostgreSQL does not group by a key alone."""
    own = models.Market.objects.filter(market_group=OuterRef("pk")).order_by().values("market_group").annotate(n=Count("pk")).values("n")
    return models.MarketGroup.objects.annotate(market_count=Coalesce(Subquery(own, output_field=IntegerField()), 0))


def _group(row: models.MarketGroup) -> MarketGroup:
    return MarketGroup(market_group_id=row.id, name=row.name, market_count=row.market_count)  # type: ignore[attr-defined]  # annotated by _counted


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Invalid("The market group is not valid.", fields={"name": reasons})
