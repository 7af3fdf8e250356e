"""Pages of assets, market groups, liquidity sessions, calendars and categories."""

from django.urls import path

from portal.views import assets, calendar_edit, calendars, categories, groups, liquidity

urlpatterns = [
    path("assets/", assets.list_assets, name="assets-list"),
    path("assets/new/", assets.create, name="assets-create"),
    path("assets/<str:asset_id>/", assets.show, name="assets-show"),
    path("assets/<str:asset_id>/edit/", assets.edit, name="assets-edit"),
    path("assets/<str:asset_id>/timeline/", assets.timeline, name="assets-timeline"),
    path("groups/", groups.list_groups, name="groups-list"),
    path("groups/new/", groups.create, name="groups-create"),
    path("groups/<str:group_id>/", groups.show, name="groups-show"),
    path("groups/<str:group_id>/edit/", groups.edit, name="groups-edit"),
    path("groups/<str:group_id>/delete/", groups.delete, name="groups-delete"),
    path("groups/<str:group_id>/timeline/", groups.timeline, name="groups-timeline"),
    path("liquidity/", liquidity.list_sessions, name="liquidity-list"),
    path("liquidity/new/", liquidity.create, name="liquidity-create"),
    path("liquidity/<str:session_id>/", liquidity.show, name="liquidity-show"),
    path("liquidity/<str:session_id>/edit/", liquidity.edit, name="liquidity-edit"),
    path("liquidity/<str:session_id>/delete/", liquidity.delete, name="liquidity-delete"),
    path("liquidity/<str:session_id>/timeline/", liquidity.timeline, name="liquidity-timeline"),
    path("calendars/", calendars.list_calendars, name="calendars-list"),
    path("calendars/new/", calendar_edit.create, name="calendars-create"),
    path("calendars/<str:calendar_id>/", calendars.show, name="calendars-show"),
    path("calendars/<str:calendar_id>/edit/", calendar_edit.edit, name="calendars-edit"),
    path("calendars/<str:calendar_id>/delete/", calendar_edit.delete, name="calendars-delete"),
    path("calendars/<str:calendar_id>/timeline/", calendars.timeline, name="calendars-timeline"),
    path("categories/", categories.show, name="categories-show"),
    path("categories/edit/", categories.edit, name="categories-edit"),
    path("categories/timeline/", categories.timeline, name="categories-timeline"),
]
