"""The URL patterns, out of the route table."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import URLPattern, path, re_path

from backoffice.api import docs
from backoffice.api.resource import Resource, Unknown
from backoffice.api.routes import ROUTES, Route

PARAMETER = re.compile(r"{(\w+)}")


def _patterns() -> Iterable[URLPattern]:
    # "{" sorts behind every letter, so that markets/list is found before markets/{marketId}.
    for template, routes in groupby(sorted(ROUTES, key=lambda route: route.path), key=lambda route: route.path):
        yield re_path("^" + PARAMETER.sub(r"(?P<\1>[^/]+)", template[1:]) + r"\Z", _resource(template, list(routes)).as_view())


def _resource(template: str, routes: list[Route]) -> type[Resource]:
    methods: dict[str, Any] = {route.method.lower(): Resource.answer for route in routes}
    is_open = all(route.operation is None for route in routes)
    opened: dict[str, Any] = {"authentication_classes": (), "throttle_classes": ()} if is_open else {}
    table = {"routes": {route.method: route for route in routes}, "parameters": tuple(PARAMETER.findall(template))}
    return type("Resource", (Resource,), table | methods | opened)


urlpatterns = [
    *_patterns(),
    path("schema/", docs.schema),
    path("docs/", docs.page),
    re_path(r"^(?:back-api|api|frontoffice|notification|auth)/", Unknown.as_view()),
]
