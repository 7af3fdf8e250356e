"""What one would open first on the same tables: Django's admin with the middleware and the changelists that it makes by itself."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, path, reverse

ADDRESSES = "bench.portal_plain"
# As `startproject` writes it.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class Open(AdminSite):
    """Whoever is signed in may see everything: asking for permissions one by one is spared."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated


class Plain(ModelAdmin):  # type: ignore[type-arg]  # takes none at run time
    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  for whomever
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  for whomever
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002  for whatever it is
        return True

    has_change_permission = has_delete_permission = has_view_permission

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse):
            answer.using = "plain"
        return answer


site = Open()
urlpatterns: list[URLPattern | URLResolver] = []


def can_list(label: str) -> bool:
    """Django's admin refuses keys of several columns."""
    return not apps.get_model(label)._meta.is_composite_pk


class Changelists:
    """The admin of some tables, and a browser that is signed in to it."""

    def __init__(self, labels: Iterable[str], username: str) -> None:
        site.register([apps.get_model(label) for label in set(labels) if can_list(label)], Plain)
        # Only now: an address of the admin allows the apps that were registered before it was made.
        urlpatterns.append(path("admin/", site.urls))
        self.client = Client()
        with override_settings(ROOT_URLCONF=ADDRESSES, MIDDLEWARE=MIDDLEWARE):
            self.client.force_login(get_user_model().objects.get(username=username))
            # Its handler keeps the middleware of the first request.
            self.client.get("/admin/nothing/")

    def show(self, label: str, *, rows: int, columns: int) -> None:
        """From now on as many rows and columns as the list of the desk shows, the first that the table has."""
        model = apps.get_model(label)
        shown = site.get_model_admin(model)
        shown.list_per_page = max(1, rows)  # type: ignore[misc]  # read from the instance all the same
        shown.list_display = [field.name for field in model._meta.concrete_fields][: max(1, columns)]

    def address(self, label: str) -> str:
        """Empty for a table that it cannot list."""
        if not can_list(label):
            return ""
        meta = apps.get_model(label)._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", urlconf=ADDRESSES)

    def ask(self, address: str) -> bytes:
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.content
