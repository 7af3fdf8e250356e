"""Who listens: the sign-in that a browser's session names, as the portal wrote it there."""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import NamedTuple

from django.conf import settings
from django.db import close_old_connections

from backoffice.services import identity

# As the portal's sessions have it.
SIGN_IN = "sign_in"


class Visitor(NamedTuple):
    sign_in_id: str
    operator_id: str


def visitor(cookies: str) -> Visitor | None:
    """Nobody is seen by listening: a page that is left open ends like any other. Refuses: django.db.Error."""
    close_old_connections()
    try:
        sent = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(sent.value if sent else None)
    sign_in_id = session.get(SIGN_IN)
    actor = identity().actor_of_sign_in(sign_in_id, trace_id="", is_seen=False) if sign_in_id else None
    return Visitor(sign_in_id, actor.id) if actor else None


def still_there(sign_in_ids: set[str]) -> set[str]:
    """Refuses: django.db.Error."""
    close_old_connections()
    return identity().live_sign_ins(sign_in_ids)
