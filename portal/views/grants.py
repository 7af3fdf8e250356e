"""What pages that hand out rights share: how a refusal reads there."""

from dataclasses import replace

from backoffice.contracts.errors import Invalid, NotPermitted, OutOfScope, Stale
from portal.forms.form import Form


def placed(form: Form, refusal: Invalid | NotPermitted, field: str) -> Form:
    """The form with the refusal; one that hands out more than the actor holds belongs to `field`."""
    if isinstance(refusal, Invalid):
        return form.refused(refusal)
    if isinstance(refusal, OutOfScope):
        return form.refused(Invalid("Some fields need another look.", fields={field: [refusal.detail]}))
    reason = f"Nobody hands out more than they hold: this includes {refusal.operation}, which you do not have."
    return form.refused(Invalid("Some fields need another look.", fields={field: [reason]}))


def lost(form: Form, refusal: Stale) -> Form:
    """My values stay in the form, which now is about the newer version; what that one says stands in the timeline beside it."""
    words = "Somebody saved a change meanwhile; the timeline shows it. These are your values: check them, then save again."
    return replace(form, version=refusal.version, general=words)
