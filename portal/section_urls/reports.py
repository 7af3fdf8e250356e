"""Reports and what they are made from: runs, what is asked of a new one, templates with their schedules."""

from django.urls import path

from portal.views import report_acts, report_new, report_page, report_template_edit, report_templates, reports

urlpatterns = [
    path("reports/", reports.list_reports, name="reports-list"),
    path("reports/new/", report_new.create, name="reports-create"),
    path("reports/<str:report_id>/", report_page.show, name="reports-show"),
    path("reports/<str:report_id>/progress/", report_page.progress, name="reports-progress"),
    path("reports/<str:report_id>/pulse/", reports.pulse, name="reports-pulse"),
    path("reports/<str:report_id>/download/", report_acts.download, name="reports-download"),
    path("reports/<str:report_id>/again/", report_acts.again, name="reports-again"),
    path("reports/<str:report_id>/mail-again/", report_acts.mail_again, name="reports-mail-again"),
    path("reports/<str:report_id>/cancel/", report_acts.cancel, name="reports-cancel"),
    path("reports/<str:report_id>/delete/", report_acts.delete, name="reports-delete"),
    path("report-templates/", report_templates.list_templates, name="report-templates-list"),
    path("report-templates/new/", report_template_edit.create, name="report-templates-create"),
    path("report-templates/<str:template_id>/", report_templates.show, name="report-templates-show"),
    path("report-templates/<str:template_id>/edit/", report_template_edit.edit, name="report-templates-edit"),
    path("report-templates/<str:template_id>/run/", report_template_edit.run, name="report-templates-run"),
    path("report-templates/<str:template_id>/test/", report_template_edit.test, name="report-templates-test"),
    path("report-templates/<str:template_id>/delete/", report_template_edit.delete, name="report-templates-delete"),
]
