"""Help on everything."""

from django.urls import path

from portal.views import help

urlpatterns = [
    path("help/", help.show, name="help"),
]
