"""The runbook of each type of notification, as docs/runbooks.md has it."""

import re
from functools import cache

from django.conf import settings

HEADING = re.compile(r"^## (\w+)$", re.MULTILINE)


@cache
def paragraphs() -> dict[str, list[str]]:
    """By type: what it means, what to look at, what to do."""
    _, *parts = HEADING.split((settings.ROOT / "docs" / "runbooks.md").read_text())
    return {name: [" ".join(one.split()) for one in body.split("\n\n") if one.strip()] for name, body in zip(parts[::2], parts[1::2], strict=True)}
