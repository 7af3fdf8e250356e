"""What is one's own: sessions, password, second factors."""

from django.urls import path

from portal.views import own, own_factors

urlpatterns = [
    path("", own.show, name="own-show"),
    path("confirm/", own.confirm, name="own-confirm"),
    path("password/", own.change_password, name="own-password"),
    path("sign-ins/end-others/", own.end_other_sign_ins, name="own-end-other-sign-ins"),
    path("sign-ins/<str:sign_in_id>/end/", own.end_sign_in, name="own-end-sign-in"),
    path("factors/authenticator/", own_factors.begin_authenticator, name="own-authenticator"),
    path("factors/authenticator/add/", own_factors.add_authenticator, name="own-authenticator-add"),
    path("factors/authenticator/remove/", own_factors.remove_authenticator, name="own-authenticator-remove"),
    path("factors/passkeys/new/", own_factors.begin_passkey, name="own-passkeys-new"),
    path("factors/passkeys/add/", own_factors.add_passkey, name="own-passkeys-add"),
    path("factors/passkeys/<str:passkey_id>/rename/", own_factors.rename_passkey, name="own-passkeys-rename"),
    path("factors/passkeys/<str:passkey_id>/remove/", own_factors.remove_passkey, name="own-passkeys-remove"),
    path("factors/codes/", own_factors.make_recovery_codes, name="own-recovery-codes"),
]
