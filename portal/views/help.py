"""All help on one page: what the panel behind ? says of each section."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from portal import respond
from portal.guidance import TOPICS
from portal.session import DeskRequest


@require_safe
def show(request: DeskRequest) -> HttpResponse:
    return respond.page(request, "portal/home/help.html", "", {"topics": TOPICS, "crumbs": [("Help", "")]})
