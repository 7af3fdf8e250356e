"""Why the back-API refuses. Doors turn these into status codes; nothing below a door knows HTTP."""

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """The request was understood and is not done; nothing has changed."""

    code = "refused"

    def __init__(self, detail: str, *, code: str = "", fields: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.fields: dict[str, list[str]] = {name: list(reasons) for name, reasons in (fields or {}).items()}


class Invalid(Refused):
    """The input is wrong; `fields` says where, by wire name."""

    code = "invalid"


class InUse(Invalid):
    """It cannot go while others need it; the detail names them."""

    code = "in_use"


class TooCostly(Invalid):
    """Answering would take the database too long; `advice` says what narrows the question."""

    code = "too_costly"

    def __init__(self, advice: str) -> None:
        super().__init__(f"This takes too long to find. {advice}", fields={"filters": [advice]})


class NotFound(Refused):
    """Absent, or out of the actor's scope: the two look alike."""

    code = "not_found"


class Unauthenticated(Refused):
    code = "unauthenticated"


class FactorNeeded(Refused):
    """The password was right, and this person has a second factor to show; `pending` is the id of what waits for it."""

    code = "factor_needed"

    def __init__(self, pending: str) -> None:
        super().__init__("A second factor is needed.")
        self.pending = pending


class NotPermitted(Refused):
    """The actor lacks the operation."""

    code = "not_permitted"

    def __init__(self, operation: str) -> None:
        super().__init__(f"This needs the operation {operation}.")
        self.operation = operation


class OutOfScope(NotPermitted):
    """The actor holds the operation, but within limits that this passes; the detail names them."""

    code = "out_of_scope"

    def __init__(self, operation: str, detail: str) -> None:
        super().__init__(operation)
        self.detail = detail
        self.args = (detail,)


class ConfirmationNeeded(Refused):
    """It is dangerous: the person must prove anew to be there, and repeat it."""

    code = "confirmation_needed"


class Held(Refused):
    """A policy holds the call until others approve of it; they carry it out then."""

    code = "approval_needed"

    def __init__(self, approval_id: str) -> None:
        super().__init__("This waits for the approval of somebody else.")
        self.approval_id = approval_id


class Conflict(Refused):
    code = "conflict"


class Stale(Refused):
    """Someone changed the object since the actor read it."""

    code = "stale"

    def __init__(self, *, version: int) -> None:
        super().__init__("Somebody changed this since you read it; read it again and repeat your change.")
        self.version = version


class TooMany(Refused):
    code = "too_many_requests"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(Refused):
    """A part the request needs is down or busy; repeating it later is safe."""

    code = "unavailable"
