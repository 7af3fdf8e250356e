"""Keeps the parts of the desk alive: a part that dies is started again, later each time it dies soon."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from backoffice.embedded.failures import Failed
from backoffice.embedded.processes import Part

LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0


@dataclass
class Watched:
    part: Part
    started_at: float
    deaths: int = 0
    again_at: float | None = None


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.watched: list[Watched] = []

    def adopt(self, part: Part) -> None:
        """Watch a part that already runs."""
        self.watched.append(Watched(part, time.monotonic()))

    def start(self, part: Part) -> None:
        part.start()
        self.adopt(part)

    def look(self) -> None:
        """One round: notice the dead and start again those whose pause is over."""
        for one in self.watched:
            if one.again_at is None:
                self._notice(one)
            elif time.monotonic() >= one.again_at:
                self._start_again(one)

    def _notice(self, one: Watched) -> None:
        status = one.part.poll()
        if status is None:
            return
        steady = time.monotonic() - one.started_at > STEADY_SECONDS
        one.deaths = 1 if steady else one.deaths + 1
        pause = 0.0 if one.deaths == 1 else min(2.0 ** (one.deaths - 2), LONGEST_PAUSE_SECONDS)
        one.again_at = time.monotonic() + pause
        self.say(f"{one.part.name} died ({_reason(status)}); starting it again {f'in {pause:.0f} s' if pause else 'now'}")

    def _start_again(self, one: Watched) -> None:
        one.again_at, one.started_at = None, time.monotonic()
        try:
            one.part.start()
        except Failed as failure:
            one.deaths += 1
            one.again_at = time.monotonic() + LONGEST_PAUSE_SECONDS
            self.say(f"{one.part.name}: {failure}")


def _reason(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
