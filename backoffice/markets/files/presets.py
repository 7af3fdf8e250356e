"""Mappings kept under a name."""

from uuid import uuid4

import msgspec

from backoffice.contracts.actor import Actor
from backoffice.contracts.errors import Invalid, NotFound
from backoffice.contracts.market_files import MappingPreset, NewMappingPreset
from backoffice.core import audit, ids
from backoffice.markets import models
from backoffice.markets.files import map

NAME_MOST = 50


def presets(actor: Actor) -> list[MappingPreset]:  # noqa: ARG001  verbs are told who asks
    return [_shown(row) for row in models.MappingPreset.objects.order_by("name")]


def save_preset(actor: Actor, draft: NewMappingPreset) -> MappingPreset:
    name = draft.name.strip()
    if not 1 <= len(name) <= NAME_MOST:
        raise Invalid("The preset is not valid.", fields={"name": [f"must have 1 to {NAME_MOST} characters"]})
    if not draft.mapping.sources:
        raise Invalid("The preset is not valid.", fields={"sources": ["must not be empty"]})
    stored = msgspec.to_builtins(map.check(draft.mapping))
    before = models.MappingPreset.objects.select_for_update().filter(name=name).first()
    row, _ = models.MappingPreset.objects.update_or_create(
        name=name, defaults={"mapping": stored}, create_defaults={"id": uuid4(), "mapping": stored}
    )
    audit.changed(actor, "mapping_preset", str(row.pk), _state(before), _state(row))
    return _shown(row)


def delete_preset(actor: Actor, preset_id: str) -> None:
    row = models.MappingPreset.objects.filter(pk=ids.known(preset_id)).first()
    if row is None:
        raise NotFound(f"There is no mapping preset {preset_id}.")
    audit.changed(actor, "mapping_preset", str(row.pk), _state(row), {})
    row.delete()


def _state(row: models.MappingPreset | None) -> dict[str, str | None]:
    return {} if row is None else {"name": row.name, "mapping": msgspec.json.encode(row.mapping).decode()}


def _shown(row: models.MappingPreset) -> MappingPreset:
    return MappingPreset(id=str(row.pk), name=row.name, mapping=map.decoded(row.mapping))
