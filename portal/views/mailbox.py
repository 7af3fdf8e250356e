"""The mailbox: mails that went into a folder instead of to anybody, shown as a mail program shows them. Only a desk that sends none has it."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from backoffice.services import back_api
from portal.objects import demand
from portal.session import DeskRequest

ACTION = "report_mail.mails"
# Nothing in a mail may do anything, or reach for anything that did not come with it.
INERT = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}
# Its links open in the whole window: a frame of this page is no place for the desk.
HEAD, HEAD_WITH_TARGET = "<head>", '<head><base target="_top">'


@require_safe
def list_mails(request: DeskRequest) -> HttpResponse:
    demand(request.actor, ACTION)
    return render(request, "portal/mail/list.html", {"mails": back_api().report_mail.mails(request.actor), "crumbs": [("Mailbox", "")]})


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its types know no views with arguments
def show(request: DeskRequest, mail_id: str) -> HttpResponse:
    mail = back_api().report_mail.mail(request.actor, mail_id)
    files = [part for part in mail.parts if not part.is_inline]
    crumbs = [("Mailbox", reverse("portal:mailbox-list")), (mail.subject, "")]
    return render(request, "portal/mail/show.html", {"mail": mail, "files": files, "crumbs": crumbs})


@require_safe
@xframe_options_sameorigin
@csp(INERT)  # type: ignore[arg-type]  # its types know no views with arguments
def body(request: DeskRequest, mail_id: str) -> HttpResponse:
    mail = back_api().report_mail.mail(request.actor, mail_id)
    return HttpResponse(mail.html.replace(HEAD, HEAD_WITH_TARGET, 1))


@require_safe
def file(request: DeskRequest, mail_id: str, number: int) -> HttpResponse:
    found = back_api().report_mail.mail_file(request.actor, mail_id, number)
    response = HttpResponse(found.content, content_type=found.kind)
    response["Content-Disposition"] = str(content_disposition_header(True, found.name))
    return response


@require_safe
def original(request: DeskRequest, mail_id: str) -> FileResponse:
    found = back_api().report_mail.kept_mail(request.actor, mail_id)
    return FileResponse(found.path.open("rb"), as_attachment=True, filename=found.name, content_type="message/rfc822")
