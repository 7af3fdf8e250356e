"""Who follows what, from which severity on, and whether it comes by mail too."""

from django.db.models import Max
from django.utils import timezone

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid
from backoffice.contracts.notifications import DigestChoice, Following, Preferences, Subscription
from backoffice.contracts.timetable import zones
from backoffice.contracts.told import OPERATION_OF, NotificationType
from backoffice.core import audit
from backoffice.notifications import arrivals, models, seen

FOLLOWING: tuple[Following, ...] = (*models.SEVERITIES, "off")


def preferences(actor: Actor) -> Preferences:
    who = seen.reader(actor)
    chosen: dict[str, int] = dict(models.Subscription.objects.filter(reader_id=who).values_list("type", "least"))
    row = models.Reader.objects.filter(pk=who).first()
    return Preferences(
        subscriptions=[Subscription(type=type, following=FOLLOWING[chosen.get(type, 0)]) for type in types_of(actor)],
        digest=DigestChoice(rhythm=row.rhythm, at=row.digest_at, zone=row.zone) if row else DigestChoice(),
    )


def types_of(actor: Actor) -> list[NotificationType]:
    return [type for type, operation in OPERATION_OF.items() if actor.may(operation)]


def set_preferences(actor: Actor, preferences: Preferences) -> None:
    if preferences.digest.zone not in zones():
        raise Invalid("The digest cannot come like this.", fields={"zone": ["is not a time zone"]})
    # What arrived before the choice has its number by then, and is in no digest.
    arrivals.number()
    who = seen.reader(actor)
    before = _state(actor)
    for one in preferences.subscriptions:
        least = FOLLOWING.index(one.following)
        models.Subscription.objects.update_or_create(reader_id=who, type=one.type, defaults={"least": least})
    _choose(who, preferences.digest)
    audit.changed(actor, "notification_preferences", actor.id[:64], before, _state(actor))


def _choose(who: str, choice: DigestChoice) -> None:
    """A digest begins with the choice: the first one is not of everything that ever was."""
    row, is_new = models.Reader.objects.select_for_update(of=("self",)).get_or_create(pk=who)
    if is_new or row.rhythm == "Off":
        row.digest_number = models.AdminNotification.objects.aggregate(latest=Max("number"))["latest"] or 0
    if (row.rhythm, row.digest_at, row.zone) != (choice.rhythm, choice.at, choice.zone):
        row.digest_from = timezone.now()
    row.rhythm, row.digest_at, row.zone = choice.rhythm, choice.at.replace(second=0, microsecond=0, tzinfo=None), choice.zone
    row.save()


def _state(actor: Actor) -> dict[str, str | None]:
    now = preferences(actor)
    digest = {"digest": now.digest.rhythm, "digestAt": now.digest.at.isoformat("minutes"), "digestZone": now.digest.zone}
    return {**{one.type: one.following for one in now.subscriptions}, **digest}
