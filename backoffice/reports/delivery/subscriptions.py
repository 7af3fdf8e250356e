"""Who wants no more mails: of one template, or, of a report that has none, of any."""

from django.db.models import Q, QuerySet

from backoffice.contracts.actor import Actor
from backoffice.contracts.report_mail import Subscription
from backoffice.core import audit
from backoffice.reports.delivery import links
from backoffice.reports.models import Delivery, Unsubscribed


def subscription(actor: Actor, token: str) -> Subscription:  # noqa: ARG001  verbs are told who asks
    return _told(links.delivery(token))


def unsubscribe(actor: Actor, token: str) -> Subscription:
    delivery = links.delivery(token)
    if not is_ended(delivery):
        Unsubscribed.objects.bulk_create([Unsubscribed(template=delivery.report.template, recipient=_key(delivery))], ignore_conflicts=True)
        audit.changed(actor, "report_subscription", _key(delivery), _state(delivery, "subscribed"), _state(delivery, "unsubscribed"))
    return _told(delivery)


def subscribe(actor: Actor, token: str) -> Subscription:
    delivery = links.delivery(token)
    if _ended(delivery).delete()[0]:
        audit.changed(actor, "report_subscription", _key(delivery), _state(delivery, "unsubscribed"), _state(delivery, "subscribed"))
    return _told(delivery)


def is_ended(delivery: Delivery) -> bool:
    return _ended(delivery).exists()


def _ended(delivery: Delivery) -> QuerySet[Unsubscribed]:
    of = Q(template=None) if delivery.report.template_id is None else Q(template=None) | Q(template=delivery.report.template_id)
    return Unsubscribed.objects.filter(of, recipient=_key(delivery))


def _key(delivery: Delivery) -> str:
    return delivery.recipient.casefold()


def _state(delivery: Delivery, state: str) -> dict[str, str | None]:
    template = delivery.report.template
    return {"template": None if template is None else template.name, "state": state}


def _told(delivery: Delivery) -> Subscription:
    template = delivery.report.template
    return Subscription(recipient=delivery.recipient, template_name=None if template is None else template.name, is_ended=is_ended(delivery))
