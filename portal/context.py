"""What every page's frame needs: who looks, where they may go, how they like it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal import navigation

# What a browser may ask for by cookie; anything else counts as the first one.
THEMES, DENSITIES, CLOCKS = ("system", "light", "dark"), ("compact", "cosy"), ("local", "utc", "market")
CHOICES = {"theme": THEMES, "density": DENSITIES, "clock": CLOCKS}


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "navigation": navigation.sections_for(actor, request.path) if actor else [],
        "commands": navigation.acts_for(actor) if actor else [],
        "environment": "" if settings.PRODUCTION else settings.DESK_ENV.capitalize(),
        "look": look_of(request),
    }


def look_of(request: HttpRequest) -> dict[str, str]:
    """Theme, density and clock, from cookies: known before the first byte, so nothing flashes."""
    wanted = {name: request.COOKIES.get(f"desk_{name}", "") for name in CHOICES}
    return {name: wanted[name] if wanted[name] in choices else choices[0] for name, choices in CHOICES.items()}
