"""Every page of the portal by its URL name, found by following links: a page that nothing leads to is as good as missing."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

NAMESPACE = "portal"
LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)"')
OUTSIDE = ("/static/", "/docs/", "/schema/")


def names() -> set[str]:
    """Of every address of the portal that one can ask for; what only takes a form's POST says so whatever its id."""
    return {f"{NAMESPACE}:{pattern.name}" for pattern in _patterns(get_resolver().url_patterns, is_ours=False)}


def _patterns(found: Iterable[URLPattern | URLResolver], *, is_ours: bool) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLResolver):
            yield from _patterns(one.url_patterns, is_ours=is_ours or one.namespace == NAMESPACE)
        elif is_ours:
            yield one


def takes_only_posts(client: Client, name: str) -> bool:
    pattern = next(one for one in _patterns(get_resolver().url_patterns, is_ours=False) if f"{NAMESPACE}:{one.name}" == name)
    return client.get(reverse(name, kwargs=dict.fromkeys(pattern.pattern.converters, 1))).status_code == 405


def pages(client: Client, starts: Iterable[str]) -> tuple[dict[str, str], set[str]]:
    """One address for each name that answers with a whole page, and the names that answer with something else: a file, a fragment, another page.

    `starts` come first, and each counts, whatever its name: what only some objects have hangs on them.
    """
    found: dict[str, str] = {}
    others: set[str] = set()
    queue, seen = deque([(path, True) for path in starts]), set[str]()
    while queue:
        path, is_start = queue.popleft()
        name = resolve(urlsplit(path).path).view_name
        if path in seen or (not is_start and name in found.keys() | others):
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code in (302, 303):
            others.add(name)
            queue.append((urljoin(path, answer["Location"]), False))
            continue
        assert answer.status_code in (200, 204), f"{path} answers {answer.status_code}"
        is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html") and b'id="content"' in answer.content
        if not is_page:
            others.add(name)
            continue
        found.setdefault(name, path)
        queue.extend((link, False) for link in _links(answer.content.decode()))
    return found, others - found.keys()


def _links(text: str) -> Iterator[str]:
    for link in LINK.findall(text):
        address = unescape(link)
        if not address.startswith(OUTSIDE) and resolve(urlsplit(address).path).namespace == NAMESPACE:
            yield address
