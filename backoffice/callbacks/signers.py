"""What sending needs to know of an API client: where its callbacks may go, and the secrets that sign them now."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Now

from backoffice.callbacks import models, sealing

log = logging.getLogger(__name__)
VALID = Q(valid_until=None) | Q(valid_until__gt=Now())


class Signer(NamedTuple):
    allowed_hosts: Sequence[str]
    secrets: Sequence[bytes]


def of(client_ids: Collection[str]) -> Mapping[str, Signer]:
    """Asked for each batch, so that what is taken away is gone within seconds. The current secret signs first."""
    hosts = dict(models.ClientSettings.objects.filter(pk__in=client_ids).values_list("pk", "allowed_hosts"))
    secrets: dict[str, list[bytes]] = defaultdict(list)
    for row in models.Secret.objects.filter(VALID, client_id__in=client_ids).order_by("-created_at", "-pk"):
        try:
            secrets[row.client_id].append(sealing.opened(row.key_id, bytes(row.sealed), row.client_id))
        except sealing.Locked:
            log.error("a callback secret of client %s cannot be opened: its key %s is missing", row.client_id, row.key_id)
    return {client_id: Signer(hosts.get(client_id, ()), secrets[client_id]) for client_id in client_ids}
