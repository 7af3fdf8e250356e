"""Every page of the portal, section by section."""

from django.urls import include, path

from portal.views import errors, home, inbox, live, market_bulk, market_edit, market_prices, markets, palette, preferences, saved_views, sign_in

app_name = "portal"

urlpatterns = [
    path("", home.show, name="home"),
    path("inbox/pulse/", inbox.pulse, name="inbox-pulse"),
    path("inbox/claim/", inbox.claim, name="inbox-claim"),
    path("inbox/release/", inbox.release, name="inbox-release"),
    path("inbox/snooze/", inbox.snooze, name="inbox-snooze"),
    path("inbox/wake/", inbox.wake, name="inbox-wake"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/factor/", sign_in.factor, name="sign-in-factor"),
    path("sign-in/passkey/", sign_in.passkey, name="sign-in-passkey"),
    path("sign-in/passkey/challenge/", sign_in.passkey_challenge, name="sign-in-passkey-challenge"),
    path("sign-in/issuer/", sign_in.issuer, name="sign-in-issuer"),
    path("sign-in/issuer/answer/", sign_in.issuer_answer, name="sign-in-issuer-answer"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("me/", include("portal.section_urls.own")),
    path("preferences/", preferences.save, name="preferences"),
    path("palette/", palette.search, name="palette"),
    path("live/", live.since, name="live"),
    path("events/", live.no_stream, name="events"),
    path("views/", saved_views.save, name="views-save"),
    path("views/<str:view_id>/delete/", saved_views.delete, name="views-delete"),
    path("csp-reports/", errors.csp_report, name="csp-reports"),
    path("markets/", markets.list_markets, name="markets-list"),
    path("markets/new/", market_edit.create, name="markets-create"),
    path("markets/export/", markets.export, name="markets-export"),
    path("markets/bulk/", market_bulk.edit, name="markets-bulk"),
    path("markets/<str:market_id>/", markets.show, name="markets-show"),
    path("markets/<str:market_id>/prices/", market_prices.show, name="markets-prices"),
    path("markets/<str:market_id>/prices.csv", market_prices.download, name="markets-prices-file"),
    path("markets/<str:market_id>/edit/", market_edit.edit, name="markets-edit"),
    path("markets/<str:market_id>/status/<str:status>/", market_edit.change_status, name="markets-status"),
    path("markets/<str:market_id>/timeline/", markets.timeline, name="markets-timeline"),
    path("", include("portal.section_urls.notifications")),
    path("", include("portal.section_urls.money")),
    path("", include("portal.section_urls.commissions")),
    path("", include("portal.section_urls.catalog")),
    path("", include("portal.section_urls.history")),
    path("", include("portal.section_urls.reports")),
    path("", include("portal.section_urls.mail")),
    path("", include("portal.section_urls.files")),
    path("", include("portal.section_urls.settings")),
    path("", include("portal.section_urls.approvals")),
    path("", include("portal.section_urls.guidance")),
]
