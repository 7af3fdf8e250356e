"""One lane: a batch of messages to one host, sent one after another. It knows no database; what came of each goes to a queue."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from random import SystemRandom

from django.utils import timezone

from backoffice.callbacks import claims, schedule, send, signing, urls
from backoffice.callbacks.claims import Job
from backoffice.callbacks.marks import Result
from backoffice.callbacks.signers import Signer
from backoffice.core.crashes import crash

log = logging.getLogger(__name__)
RNG = SystemRandom()
# A host that takes so long for a failure gets no more of the batch: the rest waits its turn again instead of behind a closed door.
LONG_FAILURE_SECONDS = 2.0


def run(batch: Sequence[Job], signers: Mapping[str, Signer], tell: Callable[[Result], None], *, seconds: float = send.SECONDS) -> list[Job]:
    """Those that were not sent."""
    began = time.monotonic()
    sender = send.Sender(seconds)
    try:
        for place, job in enumerate(batch):
            if time.monotonic() - began > claims.LANE_SECONDS:
                return list(batch[place:])
            result = _attempt(sender, job, signers.get(job.client_id))
            tell(result)
            failure = result.outcome.failure
            if failure is not None and (failure.is_busy or result.milliseconds > LONG_FAILURE_SECONDS * 1000):
                return list(batch[place + 1 :])
    finally:
        sender.close()
    return []


def _attempt(sender: send.Sender, job: Job, signer: Signer | None) -> Result:
    at, began = timezone.now(), time.monotonic()
    try:
        outcome = _sent(sender, job, signer)
    except Exception:
        # A fault of ours counts as a failed attempt: raised, it would keep all behind it in the lane from being sent.
        log.exception("callback %s could not be sent", job.webhook_id)
        outcome = send.Outcome(None, "sending failed here", failure=schedule.Failure())
    milliseconds = round((time.monotonic() - began) * 1000)
    if outcome.failure is None:
        return Result(job, outcome, at, milliseconds, None, None)
    now = timezone.now()
    gap = schedule.next_gap(outcome.failure, attempts=job.attempts + 1, since_first=now - job.created_at, now=now, rng=RNG)
    gone = "the receiver wants no more of it (HTTP 410)" if outcome.failure.status == schedule.GONE else None
    dead_reason = None if gap is not None else gone or f"{schedule.MOST_ATTEMPTS} attempts failed, the last with: {outcome.reason}"[:200]
    return Result(job, outcome, at, milliseconds, gap, dead_reason)


def _sent(sender: send.Sender, job: Job, signer: Signer | None) -> send.Outcome:
    """Everything is asked again: the row may be old, and the list of hosts shorter by now."""
    try:
        target = urls.parse(job.url)
    except urls.BadUrl as reason:
        return send.refused(str(reason))
    if signer is None or not urls.is_allowed(target.authority, signer.allowed_hosts):
        return send.refused("the host is not on the client's list")
    if not signer.secrets:
        return send.refused("the client has no secret to sign with")
    headers = signing.headers(job.webhook_id, job.body, signer.secrets, at=timezone.now())
    crash("callback_before_send")
    outcome = sender.send(target, headers, job.body)
    crash("callback_after_send")
    return outcome
