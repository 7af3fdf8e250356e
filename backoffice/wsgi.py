"""What the web server serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import resolve
from django.utils.module_loading import import_string

from backoffice.turnstile import Turnstile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
serve = Turnstile(get_wsgi_application())


def _load() -> None:
    """All of the code before anybody comes: under load the first requests of a new process would wait seconds for it."""
    resolve("/")
    for seam in ("back_api", "desk", "identity"):
        import_string(f"backoffice.services.{seam}")()


_load()


class WholeBody:
    """A body that fails when it ends early: the server passes a cut-off one on as if that were all, and half a market file would be applied."""

    def __init__(self, body: Any) -> None:
        self.body = body
        self.readline = body.readline

    def read(self, size: int) -> bytes:
        """Django asks for no more than what is left of Content-Length."""
        found: bytes = self.body.read(size)
        while len(found) < size:
            more = self.body.read(size - len(found))
            if not more:
                raise ConnectionResetError("The request ended before its body did.")
            found += more
        return found


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    environ["wsgi.input"] = WholeBody(environ["wsgi.input"])
    return serve(environ, start_response)
