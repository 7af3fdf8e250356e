"""Mails of reports: the mailbox of a desk that sends none, and the link that ends a subscription."""

from django.urls import path

from portal.views import mailbox, subscription

urlpatterns = [
    path("mailbox/", mailbox.list_mails, name="mailbox-list"),
    path("mailbox/<str:mail_id>/", mailbox.show, name="mailbox-show"),
    path("mailbox/<str:mail_id>/body/", mailbox.body, name="mailbox-body"),
    path("mailbox/<str:mail_id>/mail.eml", mailbox.original, name="mailbox-original"),
    path("mailbox/<str:mail_id>/files/<int:number>/", mailbox.file, name="mailbox-file"),
    path("subscription/<str:token>/", subscription.show, name="subscription"),
]
