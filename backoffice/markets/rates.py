"""The hosted Rates: prices come in, and the rate of every asset to the root asset is worked out once for all readers."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.rates import NewPrice, Price, Rate, RootAsset
from backoffice.core import audit
from backoffice.markets import models, rules, worth

# One change of prices or of the root asset at a time: each works out all rates from what the one before it left.
LOCK = 4_217_003
MOST = 5_000
LONGEST_SOURCE = 50
# Feeds whose clock runs a little ahead are believed.
AHEAD = timedelta(minutes=1)


def root(actor: Actor) -> RootAsset | None:  # noqa: ARG001  verbs are told who asks
    asset_id = _root_id()
    return None if asset_id is None else RootAsset(asset_id=asset_id)


def set_root(actor: Actor, asset_id: str) -> None:
    _take_turn()
    current = _root_id()
    if current == asset_id:
        return
    if current is not None:
        detail = f"The root asset is {current} and stays it: rates of finished transfers are kept in it."
        raise Invalid(detail, code="root_asset_fixed", fields={"assetId": [f"is {current} already"]})
    _choose(actor, None, asset_id)


def replace_root(actor: Actor, asset_id: str) -> None:
    _take_turn()
    current = _root_id()
    if current != asset_id:
        _choose(actor, current, asset_id)


def find(actor: Actor) -> list[Rate]:  # noqa: ARG001  verbs are told who asks
    known = {row.asset_id: row for row in models.RootRate.objects.all()}
    return [_rate(asset_id, known.get(asset_id)) for asset_id in models.Asset.objects.order_by("id").values_list("id", flat=True)]


def prices(actor: Actor) -> list[Price]:  # noqa: ARG001  verbs are told who asks
    rows = models.RatePrice.objects.order_by("base_id", "quote_id")
    return [Price(base_asset_id=row.base_id, quote_asset_id=row.quote_id, price=row.price, source=row.source, at=row.at) for row in rows]


def set_prices(actor: Actor, prices: list[NewPrice]) -> None:
    now = timezone.now()
    if found := _faults(prices, now):
        raise Invalid("The prices are not valid.", fields=found)
    _take_turn()
    stored = {(row.base_id, row.quote_id): row for row in models.RatePrice.objects.all()}
    taken = [_row(price, now) for price in prices]
    # What was told late does not push out what is newer.
    taken = [row for row in taken if (old := stored.get((row.base_id, row.quote_id))) is None or row.at >= old.at]
    models.RatePrice.objects.bulk_create(
        taken, update_conflicts=True, unique_fields=["base_id", "quote_id"], update_fields=["price", "source", "at"], batch_size=1_000
    )
    before = {_pair(row): audit.as_text(stored[row.base_id, row.quote_id].price) for row in taken if (row.base_id, row.quote_id) in stored}
    audit.changed(actor, "rates", "prices", before, {_pair(row): audit.as_text(row.price) for row in taken})
    _work_out(now)


def _choose(actor: Actor, current: str | None, asset_id: str) -> None:
    if not models.Asset.objects.filter(pk=asset_id).exists():
        raise NotFound(f"There is no asset {asset_id}.")
    models.Asset.objects.filter(is_root=True).update(is_root=False)
    models.Asset.objects.filter(pk=asset_id).update(is_root=True)
    audit.changed(actor, "rates", "root_asset", {"assetId": current}, {"assetId": asset_id})
    _work_out(timezone.now())


def _work_out(now: datetime) -> None:
    root_id = _root_id()
    if root_id is None:
        return
    quoted = {(row.base_id, row.quote_id): worth.Quoted(row.price, row.source, row.at) for row in models.RatePrice.objects.all()}
    wanted = worth.of_all(models.Asset.objects.values_list("id", flat=True), root_id, quoted, now=now)
    models.RootRate.objects.exclude(pk__in=list(wanted)).delete()
    rows = [models.RootRate(asset_id=asset_id, **found._asdict()) for asset_id, found in sorted(wanted.items())]
    models.RootRate.objects.bulk_create(rows, update_conflicts=True, unique_fields=["asset"], update_fields=["rate", "path", "source", "at"])


def _faults(prices: list[NewPrice], now: datetime) -> rules.Faults:
    if len(prices) > MOST:
        return {"body": [f"has more than {MOST} prices"]}
    found: rules.Faults = {}
    assets = set(models.Asset.objects.values_list("id", flat=True))
    seen: set[tuple[str, str]] = set()
    for number, price in enumerate(prices):
        pair = (price.base_asset_id, price.quote_asset_id)
        for name, reason in _price_faults(price, assets, now):
            found.setdefault(f"[{number}].{name}", []).append(reason)
        if pair in seen:
            found.setdefault(f"[{number}].quoteAssetId", []).append("this pair is given twice")
        seen.add(pair)
    return found


def _price_faults(price: NewPrice, assets: set[str], now: datetime) -> list[tuple[str, str]]:
    named = {"baseAssetId": price.base_asset_id, "quoteAssetId": price.quote_asset_id}
    found = [(name, f"there is no asset {asset}") for name, asset in named.items() if asset not in assets]
    if price.base_asset_id == price.quote_asset_id:
        found.append(("quoteAssetId", "must differ from the base asset"))
    if reason := rules.amount_fault(price.price):
        found.append(("price", reason))
    elif price.price <= 0:
        found.append(("price", "must be greater than 0"))
    if not 0 < len(price.source) <= LONGEST_SOURCE or not price.source.isprintable():
        found.append(("source", f"must be 1 to {LONGEST_SOURCE} printable characters"))
    if price.at is not None and price.at > now + AHEAD:
        found.append(("at", "is a time to come"))
    return found


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _root_id() -> str | None:
    return models.Asset.objects.filter(is_root=True).values_list("id", flat=True).first()


def _row(price: NewPrice, now: datetime) -> models.RatePrice:
    return models.RatePrice(base_id=price.base_asset_id, quote_id=price.quote_asset_id, price=price.price, source=price.source, at=price.at or now)


def _pair(row: models.RatePrice) -> str:
    return f"{row.base_id}_{row.quote_id}"


def _rate(asset_id: str, row: models.RootRate | None) -> Rate:
    if row is None:
        return Rate(asset_id=asset_id, rate=None, path=None, source=None, at=None)
    return Rate(asset_id=asset_id, rate=row.rate, path=row.path, source=row.source, at=row.at)
