"""In whose name a template is made, when its owner has left or may no longer."""

from backoffice.contracts.actor import Actor
from backoffice.core import audit
from backoffice.reports.models import Report, Template


def passed_on(actor: Actor, report: Report) -> None:
    """Whoever a due report was made for in the owner's stead owns its template from now on, unless somebody else took it meanwhile."""
    if report.due_at is None or report.template_id is None or (report.owner_kind, report.owner_id) == (actor.kind, actor.id):
        return
    row = Template.objects.filter(pk=report.template_id, owner_kind=report.owner_kind, owner_id=report.owner_id).first()
    if row is not None:
        Template.objects.filter(pk=row.pk).update(owner_kind=actor.kind, owner_id=actor.id, owner_name=actor.name)
        audit.changed(actor, "report_template", str(row.pk), {"owner": row.owner_name}, {"owner": actor.name})
