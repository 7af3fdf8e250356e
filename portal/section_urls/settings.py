"""Who may do what, and what they did: operators, roles, API clients, sign-ins, the audit trail."""

from django.urls import path

from portal.views import access, api_clients, as_of, audit, client_callbacks, operators, roles, sign_ins

urlpatterns = [
    path("settings/operators/", operators.list_operators, name="operators-list"),
    path("settings/operators/new/", operators.create, name="operators-create"),
    path("settings/operators/<str:operator_id>/", operators.edit, name="operators-show"),
    path("settings/operators/<str:operator_id>/password/", operators.set_password, name="operators-password"),
    path("settings/operators/<str:operator_id>/factors/reset/", operators.reset_factors, name="operators-reset-factors"),
    path("settings/sign-ins/", sign_ins.list_sign_ins, name="sign-ins-list"),
    path("settings/sign-ins/<str:sign_in_id>/end/", sign_ins.end, name="sign-ins-end"),
    path("settings/access/", access.ask, name="access-ask"),
    path("settings/access/roles/", access.matrix, name="access-matrix"),
    path("settings/access/review/", access.review, name="access-review"),
    path("settings/roles/", roles.list_roles, name="roles-list"),
    path("settings/roles/new/", roles.create, name="roles-create"),
    path("settings/roles/<str:role_id>/", roles.edit, name="roles-show"),
    path("settings/roles/<str:role_id>/delete/", roles.delete, name="roles-delete"),
    path("settings/api-clients/", api_clients.list_clients, name="api-clients-list"),
    path("settings/api-clients/new/", api_clients.create, name="api-clients-create"),
    path("settings/api-clients/<str:client_id>/", api_clients.edit, name="api-clients-show"),
    path("settings/api-clients/<str:client_id>/rotate/", api_clients.rotate, name="api-clients-rotate"),
    path("settings/api-clients/<str:client_id>/change-over/", api_clients.change_over, name="api-clients-change-over"),
    path("settings/api-clients/<str:client_id>/end-previous/", api_clients.end_previous, name="api-clients-end-previous"),
    path("settings/api-clients/<str:client_id>/revoke/", api_clients.revoke, name="api-clients-revoke"),
    path("settings/api-clients/<str:client_id>/callbacks/", client_callbacks.show, name="api-clients-callbacks"),
    path("settings/api-clients/<str:client_id>/callbacks/secret/", client_callbacks.make_secret, name="api-clients-callback-secret"),
    path("settings/api-clients/<str:client_id>/callbacks/secret/end/", client_callbacks.end_previous, name="api-clients-callback-secret-end"),
    path("settings/audit/", audit.list_records, name="audit-list"),
    path("settings/audit/as-of/<str:kind>/<str:object_id>/", as_of.show, name="audit-as-of"),
]
