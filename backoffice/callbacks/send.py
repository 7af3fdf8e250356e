"""One exchange with a receiver: the stored bytes go out, a status comes back, and nothing it says leads anywhere else."""

import contextlib
import http.client
import re
import ssl
from collections.abc import Mapping
from typing import NamedTuple

from backoffice.callbacks import resolve
from backoffice.callbacks.line import Deadline, Incoming, Line, TooLong
from backoffice.callbacks.schedule import Failure
from backoffice.callbacks.urls import Target

SECONDS = 15.0
# The status decides; what follows it is only read so that the line can be used again, or to keep its head.
BODY_SECONDS = 1.0
MOST_BODY = 16 * 1024
KEPT = 1_024
USER_AGENT = "Meridian-Callbacks/1"
SECRETIVE = re.compile(
    r"(?i)\b(?:bearer|basic)\s+\S+|[\w-]*(?:token|secret|passw|api.?key|authorization|cookie|signature)[\w-]*[\"']?\s*[:=]\s*(?:(?:bearer|basic)\s+)?\S+"
    r"|whsec_\S+|[\w.+-]+@[\w-]+\.[\w.-]+|[A-Za-z0-9+/_=-]{24,}"
)


class Outcome(NamedTuple):
    """`failure` None: delivered. `is_refused`: by our own rules, so nothing was sent."""

    status: int | None
    reason: str
    answer: str = ""
    failure: Failure | None = None
    is_refused: bool = False


def refused(reason: str) -> Outcome:
    return Outcome(None, reason, failure=Failure(), is_refused=True)


class Sender:
    """Keeps its line open between messages to the same receiver."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.line: Line | None = None

    def send(self, target: Target, headers: Mapping[str, str], body: bytes) -> Outcome:
        deadline = Deadline(self.seconds)
        content = _request(target, headers, body)
        try:
            return self._exchange(target, content, deadline)
        except resolve.Forbidden as reason:
            return refused(str(reason))
        except resolve.Unknown as reason:
            return Outcome(None, str(reason), failure=Failure())
        except TimeoutError:
            return Outcome(None, "no answer in time", failure=Failure(timed_out=True))
        except ssl.SSLCertVerificationError as error:
            return Outcome(None, f"TLS: {error.verify_message}"[:200], failure=Failure())
        except ssl.SSLError as error:
            return Outcome(None, f"TLS: {error.reason or 'failed'}"[:200], failure=Failure())
        except (TooLong, http.client.HTTPException, ValueError):
            return Outcome(None, "the answer is not HTTP", failure=Failure())
        except OSError:
            return Outcome(None, "no connection", failure=Failure())

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def _exchange(self, target: Target, content: bytes, deadline: Deadline) -> Outcome:
        used = self.line
        if used is not None and used.key == (target.scheme, target.host, target.port):
            # A receiver may close a line that rests; what it says then is no answer to us, so the message goes out on a new one.
            with contextlib.suppress(ConnectionError, http.client.RemoteDisconnected, ssl.SSLEOFError):
                return self._over(used, content, deadline)
        self.close()
        self.line = Line(target, deadline)
        return self._over(self.line, content, deadline)

    def _over(self, line: Line, content: bytes, deadline: Deadline) -> Outcome:
        is_reusable = False
        try:
            line.send(content, deadline)
            incoming = line.answer(deadline)
            response = incoming.head()
            body, is_reusable = _rest(response, incoming)
            return _outcome(response, body)
        finally:
            if not is_reusable:
                self.close()


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    """Every header is ours: the URL was read strictly and gives nothing but the resource and the host."""
    lines = [f"POST {target.resource} HTTP/1.1", f"Host: {target.authority}", f"User-Agent: {USER_AGENT}", "Accept: */*"]
    lines += ["Accept-Encoding: identity", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _rest(response: http.client.HTTPResponse, incoming: Incoming) -> tuple[bytes, bool]:
    """The head of the body, and whether all of it was read so that the line is free."""
    try:
        incoming.deadline = incoming.deadline.within(BODY_SECONDS)
        body = response.read(MOST_BODY)
        return body, not response.read(1) and not response.will_close
    except (OSError, TooLong, http.client.HTTPException, ValueError):
        return b"", False


def _outcome(response: http.client.HTTPResponse, body: bytes) -> Outcome:
    status = response.status
    if 200 <= status <= 299:
        return Outcome(status, "")
    reason = "a redirect is never followed" if 300 <= status <= 399 else f"HTTP {status}"
    # The body of a redirect is as little to be trusted as its address; one that is compressed is not unpacked.
    keeps = status >= 400 and not response.getheader("Content-Encoding")
    return Outcome(status, reason, redacted(body) if keeps else "", Failure(status, retry_after=response.getheader("Retry-After")))


def redacted(body: bytes) -> str:
    text = "".join(character if character.isprintable() else " " for character in body[:KEPT].decode("utf-8", "replace"))
    return SECRETIVE.sub("***", text)[:KEPT].strip()
