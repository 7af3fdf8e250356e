"""Callbacks: events told to the systems that asked for them, signed, at least once, in order per subject."""

from datetime import datetime
from typing import Annotated, Literal, Protocol

from msgspec import Meta

from backoffice.contracts.actor import Actor
from backoffice.contracts.paging import Page
from backoffice.contracts.value import Value, Versioned

# Waiting: for its first try, its next one, or its turn. Delivered and Dead end, until somebody replays it.
CallbackState = Literal["Waiting", "Delivered", "Dead"]
# Refused: by our own rules, before anything was sent.
AttemptOutcome = Literal["Delivered", "Failed", "Refused"]
MOST_AT_ONCE = 1_000


class Callback(Value, frozen=True, kw_only=True):
    """One event's message to one URL. `seq` is the event's place among those of its subject (a transfer)."""

    webhook_id: str
    subject_id: str
    seq: int
    type: str
    client_id: str
    host: str
    url: str
    state: CallbackState
    attempts: int
    is_in_flight: bool
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    dead_reason: str | None


class CallbackAttempt(Value, frozen=True, kw_only=True):
    """One try. `answer` is the head of what the receiver said, for those who may see it; never headers, never an address."""

    number: int
    at: datetime
    milliseconds: int
    outcome: AttemptOutcome
    status: int | None
    reason: str
    answer: str | None


class CallbackDetail(Value, frozen=True, kw_only=True):
    """`body` is what is sent, to the letter; `tries` are in their order."""

    callback: Callback
    body: str
    tries: list[CallbackAttempt]


class CallbackQuery(Value, frozen=True, kw_only=True):
    """Newest first; `after` is the `next` of an earlier page. `search`: a webhook or subject id, or a part of a host.
    Times are from on, up to but without to."""

    search: str | None = None
    created_from: Annotated[datetime, Meta(tz=True)] | None = None
    created_to: Annotated[datetime, Meta(tz=True)] | None = None
    state: CallbackState | None = None
    host: str | None = None
    client_id: str | None = None
    subject_id: str | None = None
    after: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1_000)] = 50


class ReplayRequest(Value, frozen=True, kw_only=True):
    webhook_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class ReplayResult(Value, frozen=True, kw_only=True):
    """`reason` says why one is not sent again."""

    webhook_id: str
    is_queued: bool
    reason: str | None = None


class ReplayFailed(Value, frozen=True, kw_only=True):
    """Every callback that died since then; of one host, or of all."""

    since: Annotated[datetime, Meta(tz=True)]
    host: str | None = None


class Replayed(Value, frozen=True, kw_only=True):
    count: int


class CallbackHost(Value, frozen=True, kw_only=True):
    """How a receiving host fares; `delivered_day` counts those of the last 24 hours."""

    host: str
    waiting: int
    delivered_day: int
    dead: int
    failing_since: datetime | None
    paused_at: datetime | None
    oldest_waiting_at: datetime | None
    last_status: int | None


class CallbackSettings(Value, frozen=True, kw_only=True):
    """An API client's callbacks: where they may go, and since when its secret signs; the previous one signs too until then."""

    client_id: str
    allowed_hosts: list[str]
    has_secret: bool
    secret_made_at: datetime | None
    previous_secret_until: datetime | None


class AllowedHosts(Value, frozen=True, kw_only=True):
    """Exact hosts such as `pay.example.com` or `pay.example.com:8443`, or one level of wildcard, `*.example.com`."""

    allowed_hosts: list[str]


class CallbackSecret(Value, frozen=True, kw_only=True):
    """Shown once; kept sealed."""

    client_id: str
    secret: str
    previous_secret_until: datetime | None


class Callbacks(Protocol):
    def find(self, actor: Actor, query: CallbackQuery) -> Page[Callback]:
        """Refuses: Invalid (an `after` that no page gave)."""

    def get(self, actor: Actor, webhook_id: str) -> CallbackDetail:
        """Refuses: NotFound."""

    def of_subject(self, actor: Actor, subject_id: str) -> list[CallbackDetail]:
        """Those of one transfer, by seq; none for one without."""

    def replay(self, actor: Actor, webhook_ids: list[str]) -> list[ReplayResult]:
        """Send again now: the same id, the same bytes, a fresh schedule. One that is delivered only when it is asked for alone.

        Refuses: Invalid (none, or more than MOST_AT_ONCE).
        """

    def replay_failed(self, actor: Actor, *, since: datetime, host: str | None = None) -> int:
        """Every callback that died since then, again; how many."""

    def hosts(self, actor: Actor) -> list[CallbackHost]:
        """Hosts with callbacks that wait, died or were delivered lately, by name."""

    def resume_host(self, actor: Actor, host: str) -> None:
        """Send to a paused host again. Refuses: NotFound (no such host)."""

    def settings(self, actor: Actor, client_id: str) -> Versioned[CallbackSettings]:
        """Refuses: NotFound (no such API client)."""

    def allow_hosts(self, actor: Actor, client_id: str, hosts: list[str], *, version: int | None = None) -> None:
        """Replace the list of hosts. Refuses: NotFound, Stale, Invalid."""

    def make_secret(self, actor: Actor, client_id: str) -> CallbackSecret:
        """The first one, or one that takes over: the previous one signs beside it for a while. Refuses: NotFound."""

    def end_previous_secret(self, actor: Actor, client_id: str) -> None:
        """It stops signing at once. Refuses: NotFound (none signs any more)."""

    def deliver(self, actor: Actor) -> int:
        """The worker's part: send what is due until nothing is; how many attempts were made."""

    def clean(self, actor: Actor) -> int:
        """For the worker: remove what has been kept long enough; how many rows."""
