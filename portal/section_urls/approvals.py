"""Four eyes: calls that wait for others, the policies that hold them, and how long things may wait in the inbox."""

from django.urls import path

from portal.views import approval, approval_policies, approvals, inbox

urlpatterns = [
    path("approvals/", approvals.list_approvals, name="approvals-list"),
    path("approvals/<str:approval_id>/", approval.show, name="approvals-show"),
    path("approvals/<str:approval_id>/approve/", approval.approve, name="approvals-approve"),
    path("approvals/<str:approval_id>/deny/", approval.deny, name="approvals-deny"),
    path("approvals/<str:approval_id>/cancel/", approval.cancel, name="approvals-cancel"),
    path("approvals/<str:approval_id>/break-glass/", approval.break_glass, name="approvals-break-glass"),
    path("approvals/<str:approval_id>/result/", approval.result, name="approvals-result"),
    path("settings/approval-policies/", approval_policies.list_policies, name="approval-policies-list"),
    path("settings/approval-policies/new/", approval_policies.create, name="approval-policies-create"),
    path("settings/approval-policies/<str:policy_id>/", approval_policies.edit, name="approval-policies-show"),
    path("settings/approval-policies/<str:policy_id>/delete/", approval_policies.delete, name="approval-policies-delete"),
    path("settings/inbox/", inbox.targets, name="inbox-targets"),
]
