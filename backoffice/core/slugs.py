"""Ids that people read: given by the caller, or made from the name."""

import re
import unicodedata

from django.db import models

from backoffice.contracts.errors import Invalid

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST = 40


def new_id(rows: type[models.Model], given: str | None, name: str, *, field: str) -> str:
    """A free id. Refuses: Invalid when the given one is malformed or taken, or the name gives none."""
    slug = given if given is not None else _of(name)
    if len(slug) > LONGEST or not SLUG.fullmatch(slug):
        raise Invalid("The id is not valid.", fields={field: [f"must be up to {LONGEST} lower-case Latin letters, digits and single hyphens"]})
    if not rows._default_manager.filter(pk=slug).exists():
        return slug
    if given is not None:
        raise Invalid(f"{slug} exists already.", code="exists", fields={field: [f"{slug} exists already"]})
    return next(free for number in range(2, 1000) if not rows._default_manager.filter(pk=(free := f"{slug[:36]}-{number}")).exists())


def name_fault(rows: type[models.Model], name: str, *, but: str | None = None, longest: int = 50) -> list[str]:
    """Why a name is refused: empty, too long, unprintable, or another row's."""
    if not name.strip() or len(name) > longest or name != name.strip() or not name.isprintable():
        return [f"must be 1 to {longest} printable characters without outer blanks"]
    taken = rows._default_manager.filter(name=name).exclude(pk=but).exists()
    return [f"{name} is taken"] if taken else []


def _of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")
