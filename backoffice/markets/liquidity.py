"""The hosted LiquiditySessions."""

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.liquidity import LiquiditySession, LiquiditySessionChange, NewLiquiditySession
from backoffice.contracts.value import Versioned
from backoffice.core import audit, slugs, versions
from backoffice.markets import in_use, models, rules
from backoffice.notifications.post import post


def find(actor: Actor) -> list[LiquiditySession]:  # noqa: ARG001  verbs are told who asks
    return [_session(row) for row in models.LiquiditySession.objects.order_by("id")]


def get(actor: Actor, session_id: str) -> Versioned[LiquiditySession]:  # noqa: ARG001  verbs are told who asks
    row = models.LiquiditySession.objects.filter(pk=session_id).first()
    if row is None:
        raise NotFound(f"There is no liquidity session {session_id}.")
    return Versioned(value=_session(row), version=row.version)


def create(actor: Actor, draft: NewLiquiditySession) -> LiquiditySession:
    _refuse(draft.name, draft.liquidity_provider_id, but=None)
    row = models.LiquiditySession(
        id=slugs.new_id(models.LiquiditySession, draft.id, draft.name, field="id"),
        kind=draft.kind,
        name=draft.name,
        status=draft.status,
        liquidity_provider_id=draft.liquidity_provider_id,
    )
    row.save(force_insert=True)
    audit.changed(actor, "liquidity_session", row.id, {}, audit.as_state(_session(row)))
    return _session(row)


def update(actor: Actor, session_id: str, change: LiquiditySessionChange, *, version: int | None = None) -> None:
    row = versions.lock(models.LiquiditySession.objects.all(), session_id, version=version, name="liquidity session")
    _refuse(change.name, change.liquidity_provider_id, but=row.pk)
    before, was_connected = audit.as_state(_session(row)), row.status == "Connected"
    row.name, row.status, row.liquidity_provider_id = change.name, change.status, change.liquidity_provider_id
    if (after := audit.as_state(_session(row))) != before:
        row.version += 1
        row.save(force_update=True)
        audit.changed(actor, "liquidity_session", row.id, before, after)
        if was_connected and row.status == "Disconnected":
            _tell(row)


def delete(actor: Actor, session_id: str, *, version: int | None = None) -> None:
    row = versions.lock(models.LiquiditySession.objects.all(), session_id, version=version, name="liquidity session")
    in_use.refuse(f"The liquidity session {row.name}", models.Market.objects.filter(sessions=row))
    row.delete()
    audit.changed(actor, "liquidity_session", session_id, audit.as_state(_session(row), without=["id"]), {})


def _tell(row: models.LiquiditySession) -> None:
    markets = models.Market.objects.filter(sessions=row).count()
    post("SessionDisconnected", "warning", {"sessionId": row.id, "name": row.name, "kind": row.kind, "markets": markets})


def _session(row: models.LiquiditySession) -> LiquiditySession:
    return LiquiditySession(
        id=row.id,
        kind=row.kind,
        name=row.name,
        status=row.status,
        liquidity_provider_id=row.liquidity_provider_id,
    )


def _refuse(name: str, provider: str, *, but: str | None) -> None:
    found: rules.Faults = {}
    if reasons := slugs.name_fault(models.LiquiditySession, name, but=but):
        found["name"] = reasons
    if not provider.strip() or len(provider) > 40 or not provider.isprintable():
        found["liquidityProviderId"] = ["must be 1 to 40 printable characters"]
    if found:
        raise Invalid("The liquidity session is not valid.", fields=found)
