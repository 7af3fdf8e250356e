"""The hosted AuditChain."""

from collections.abc import Sequence

from backoffice.chain import heads, linking, models, verifying
from backoffice.contracts.actor import Actor
from backoffice.contracts.audit_chain import ChainHead, ChainReport, ChainState


def state(actor: Actor) -> ChainState:  # noqa: ARG001  verbs are told who asks
    last = models.Link.objects.order_by("-number").first()
    kept = models.State.objects.filter(pk=1).first()
    head = models.Head.objects.order_by("-number").first()
    return ChainState(
        number=last.number if last else 0,
        hash=bytes(last.hash).hex() if last else "",
        waiting_seconds=linking.waiting_since(kept).total_seconds() if kept else None,
        settled_at=kept.settled_at if kept else None,
        last_head=heads.value(head) if head else None,
    )


def verify(actor: Actor, *, heads: Sequence[ChainHead] = (), key: str | None = None) -> ChainReport:  # noqa: ARG001  as above
    return verifying.verify(heads, key)


def extend(actor: Actor) -> int:  # noqa: ARG001  as above
    return linking.extend()


def export_head(actor: Actor) -> ChainHead | None:  # noqa: ARG001  as above
    linking.extend()
    return heads.export()


def export_due(actor: Actor) -> bool:  # noqa: ARG001  as above
    return heads.export_due()


def mail_heads(actor: Actor) -> int:  # noqa: ARG001  as above
    return heads.mail()
