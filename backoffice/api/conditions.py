"""Entity tags: the version of an object in quotes, what a change may demand by If-Match and a read may skip by If-None-Match."""

import re

from django.http import HttpRequest

from backoffice.api.bodies import refused

TAG = re.compile(r'(?P<weak>W/)?"(?P<opaque>[\x21\x23-\x7e]*)"')
VERSION = re.compile(r"[0-9]{1,18}")
# No row ever has it: a well-formed tag that we never gave out is merely stale.
NEVER = -1


def tag_of(version: int) -> str:
    return f'"{version}"'


def demanded(request: HttpRequest) -> int | None:
    """The version that If-Match asks for; None for any. Refuses: Invalid."""
    header = request.META.get("HTTP_IF_MATCH")
    if header is None or header.strip() == "*":
        return None
    tag = TAG.fullmatch(header.strip())
    if tag is None:
        raise refused("If-Match", "Expected * or one entity tag in quotes, as an ETag header gave it.")
    is_ours = not tag.group("weak") and VERSION.fullmatch(tag.group("opaque"))
    return int(tag.group("opaque")) if is_ours else NEVER


def is_known(request: HttpRequest, tag: str) -> bool:
    """Does the caller say by If-None-Match that it has this very version?"""
    header = request.META.get("HTTP_IF_NONE_MATCH", "").strip()
    return header == "*" or any(found.group(0).removeprefix("W/") == tag for found in TAG.finditer(header))
