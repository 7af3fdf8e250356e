"""Notifications."""

from django.urls import path

from portal.views import notification_preferences, notifications

urlpatterns = [
    path("notifications/", notifications.list_notifications, name="notifications-list"),
    path("notifications/badge/", notifications.badge, name="notifications-badge"),
    path("notifications/news/", notifications.news, name="notifications-news"),
    path("notifications/read/", notifications.read, name="notifications-read"),
    path("notifications/all-read/", notifications.read_all, name="notifications-read-all"),
    path("notifications/preferences/", notification_preferences.edit, name="notifications-preferences"),
    path("notifications/<str:notification_id>/", notifications.show, name="notifications-show"),
]
