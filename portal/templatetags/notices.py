"""Tags of notifications: what their data holds, and paragraphs of runbooks."""

import re
from typing import Any

import msgspec
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from backoffice.contracts import told

register = template.Library()
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@register.filter
def told_facts(data: told.Data) -> list[tuple[str, str]]:
    """Name and value of each field that says something."""
    plain: dict[str, Any] = msgspec.to_builtins(data)
    return [(name, _text(value)) for name, value in plain.items() if name != "type" and value not in (None, "", [])]


@register.filter
def with_code(paragraph: str) -> SafeString:
    """A paragraph of ours, what stands between backticks as code; links to other documents are their words."""
    parts = CODE.split(LINK.sub(r"\1", paragraph))
    pieces = [format_html("<code>{}</code>", part) if number % 2 else part for number, part in enumerate(parts)]
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return " ".join(str(one) for one in value.values()) if isinstance(value, dict) else str(value)
